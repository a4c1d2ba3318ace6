"""What the simulated Contentstack stores: plain records, no behaviour (CS §2)."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True)
class Account:
    """A person's login, which outlives memberships. Times are ISO text, `locked_until` is seconds."""

    uid: str
    email: str
    username: str
    first_name: str
    last_name: str
    created_at: str
    updated_at: str
    password: str | None = None
    active: bool = True
    idp_user: bool = False
    tfa_type: str | None = None
    totp_secret: str | None = None
    totp_last_step: int = -1
    sms_code: str | None = None
    failed_attempts: int = 0
    locked_until: float | None = None
    last_login_at: str | None = None
    password_updated_at: str | None = None
    password_reset_required: bool = False
    authtokens: list[str] = field(default_factory=list)
    organizations: dict[str, None] = field(default_factory=dict)


@dataclass(slots=True)
class Share:
    """One membership or invitation. `user_uid` is None until it is accepted (CS §2 trap 1)."""

    uid: str
    org_uid: str
    email: str
    user_uid: str | None
    org_roles: list[str]
    invited_by: str
    invited_at: str
    status: str
    acceptance_token: str
    created_at: str
    updated_at: str
    message: str | None = None
    access_without_sso: bool = False
    pending_stacks: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class OrgRole:
    """A role of the organization. `view` lets its holder read users without managing them (CS §4.3)."""

    uid: str
    org_uid: str
    name: str
    description: str
    created_at: str
    updated_at: str
    admin: bool = False
    view: bool = False
    default: bool = False


@dataclass(slots=True)
class StackRole:
    """A role inside one stack; `manages` is `all`, `added` (only people whom they added) or `none`."""

    uid: str
    name: str
    description: str
    created_at: str
    updated_at: str
    manages: str = "none"


@dataclass(slots=True)
class Stack:
    """A stack with its roles, and its collaborators as user uid -> role uids. The owner is a collaborator."""

    uid: str
    api_key: str
    org_uid: str
    name: str
    owner_uid: str
    created_at: str
    updated_at: str
    roles: dict[str, StackRole] = field(default_factory=dict)
    users: dict[str, list[str]] = field(default_factory=dict)
    added_by: dict[str, str] = field(default_factory=dict)
    management_tokens: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Team:
    """A team; its roles add to those that its people hold directly (CS §3.8)."""

    uid: str
    name: str
    organization_role: str | None
    users: list[str]
    stack_roles: dict[str, list[str]]
    created_at: str
    created_by: str
    updated_at: str
    updated_by: str


@dataclass(slots=True)
class Group:
    """A SCIM group, mapped to an organization role or to none (CS §3.9)."""

    uid: str
    name: str
    members: list[str]
    created_at: str
    updated_at: str
    org_role: str | None = None


@dataclass(slots=True)
class Sso:
    """An organization's SSO switches (CS §4.4). `whitelist` holds case-folded e-mails."""

    enabled: bool = False
    strict: bool = False
    roles_enabled: bool = False
    whitelist: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Organization:
    """One organization and everything in it. `version` moves on every change of its shares."""

    uid: str
    name: str
    plan_id: str
    owner_uid: str
    created_at: str
    updated_at: str
    expires_on: str
    features: dict[str, int]
    is_transfer_set: bool = False
    enabled: bool = True
    is_over_usage_allowed: bool = False
    sso: Sso = field(default_factory=Sso)
    mfa_required: bool = False
    allowed_domains: list[str] = field(default_factory=list)
    roles: dict[str, OrgRole] = field(default_factory=dict)
    shares: dict[str, Share] = field(default_factory=dict)
    by_email: dict[str, Share] = field(default_factory=dict)
    by_user: dict[str, Share] = field(default_factory=dict)
    role_users: dict[str, dict[str, None]] = field(default_factory=dict)
    stacks: dict[str, Stack] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    scim_tokens: list[str] = field(default_factory=list)
    logs: deque[Json] = field(default_factory=lambda: deque(maxlen=50_000))
    version: int = 0
    sorted_shares: dict[str, tuple[int, list[Share]]] = field(default_factory=dict)


@dataclass(slots=True)
class OAuthApp:
    """An app of Developer Hub: `standard` or `m2m` (CS §1.6)."""

    uid: str
    org_uid: str
    name: str
    client_id: str
    client_secret: str
    redirect_uris: list[str]
    scopes: list[str]
    kind: str = "standard"


@dataclass(slots=True)
class Authorization:
    """A consent of one person (or an installation) to one app; tokens die with it. `public` ones use PKCE."""

    uid: str
    app_uid: str
    user_uid: str | None
    kind: str
    scopes: list[str]
    created_at: str
    public: bool = False


@dataclass(slots=True)
class AuthCode:
    """An authorization code: one use, 60 seconds (CS §1.6)."""

    authorization: Authorization
    redirect_uri: str
    challenge: str | None
    expires: float


@dataclass(slots=True)
class AccessToken:
    """A Bearer token: 3600 seconds (CS §1.6)."""

    authorization: Authorization
    expires: float


@dataclass(slots=True)
class Mail:
    """One message in the outbox: what Contentstack would have sent. `token` is the secret of its link."""

    at: str
    to: str
    kind: str
    subject: str
    token: str | None = None
