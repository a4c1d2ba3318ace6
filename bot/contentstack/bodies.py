"""Pydantic models of the API's bodies: everything is hostile until it passed here (CS §2, §3).

Uids are demanded, all else is optional: Contentstack leaves fields out, adds others, and spells some twice.
A text that is no text counts as empty; a row without its uid is no row.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _rows(value: Any) -> list[Any]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _uids(value: Any) -> tuple[str, ...]:
    """Uids as a list of texts, of objects with a ``uid``, or as a single text (CS §3.2.1, §3.8)."""
    items = value if isinstance(value, list | tuple) else [value]
    found = (item.get("uid") if isinstance(item, dict) else item for item in items)
    return tuple(dict.fromkeys(uid for uid in found if isinstance(uid, str) and uid))


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


Text = Annotated[str, BeforeValidator(_text)]
Uid = Annotated[str, StringConstraints(min_length=1)]
Uids = Annotated[tuple[str, ...], BeforeValidator(_uids)]
Object = Annotated[dict[str, Any], BeforeValidator(_object)]
Count = Annotated[int | None, BeforeValidator(_count)]
Flag = Annotated[bool | None, BeforeValidator(_flag)]


class Body(BaseModel):
    """A body or a part of one; unknown fields are ignored."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)


class Identified(Body):
    """A row of a list: without its uid it is none."""

    uid: Uid


class UserDetails(Body):
    """What ``include_user_details`` may add, as far as its names are known (CS §3.2.1)."""

    first_name: Text = ""
    last_name: Text = ""
    tfa_status: Any = None
    last_login_at: Any = None
    metadata: Object = Field(default_factory=dict)


class ShareRow(UserDetails, Identified):
    """One membership or invitation (CS §2, §3.2.1); the update time has two spellings (trap 2)."""

    email: Uid
    user_uid: Annotated[str | None, BeforeValidator(lambda value: _text(value) or None)] = None
    org_roles: Uids = ()
    status: Text = ""
    invited_by: Annotated[str, BeforeValidator(lambda value: "".join(_uids(value)[:1]))] = ""
    invited_at: Text = ""
    created_at: Text = ""
    updated_at: Annotated[str, BeforeValidator(_text)] = Field(
        default="", validation_alias=AliasChoices("updated_at", "update_at")
    )
    is_owner: Flag = None
    access_without_sso: Flag = None
    details: Annotated[
        UserDetails | None, BeforeValidator(lambda value: value if _object(value) else None)
    ] = Field(default=None, validation_alias=AliasChoices("user", "user_details"))

    def told(self, name: str) -> tuple[bool, Any]:
        """Whether a detail was told at all, beside the share or inside its user, and what."""
        for holder in (self, self.details):
            if holder is not None and name in holder.model_fields_set:
                return True, getattr(holder, name)
        return False, None


class RoleRow(Identified):
    """An organization role; ``admin`` is present only when true (CS §3.1.3)."""

    name: Text = ""
    admin: Flag = None


class StackRow(Identified):
    """A stack of the organization (CS §3.1.4)."""

    name: Text = ""
    api_key: Text = ""
    owner_uid: Text = ""


class StackRoleRow(Identified):
    """A role of a stack with the accounts that hold it (CS §3.1.5)."""

    name: Text = ""
    users: Uids = ()


class StackUserRow(Identified):
    """A collaborator of a stack (CS §3.1.5): the documented source of names and of ``idp_user``."""

    first_name: Text = ""
    last_name: Text = ""
    metadata: Object = Field(default_factory=dict)


class TeamRow(Identified):
    """A team; its organization roles have two spellings (CS §3.8)."""

    uid: Uid = Field(validation_alias=AliasChoices("uid", "_id"))
    name: Text = ""
    users: Uids = ()
    org_roles: Annotated[tuple[str, ...], BeforeValidator(_uids)] = Field(
        default=(), validation_alias=AliasChoices("organizationRoles", "organizationRole")
    )
    mappings: Annotated[list[Any], BeforeValidator(_rows)] = Field(
        default_factory=list, validation_alias=AliasChoices("stackRoleMapping", "stackRoleMappings")
    )


class FeatureRow(Identified):
    """One feature of the plan with its limit (CS §3.1.2)."""

    limit: Count = None


class OrganizationRow(Identified):
    """The organization (CS §3.1.1, §3.1.2)."""

    name: Text = ""
    owner_uid: Text = ""
    settings: Object = Field(default_factory=dict)
    plan: Object = Field(default_factory=dict)


class AccountRow(Identified):
    """The caller's own profile with his organizations (CS §1.5)."""

    email: Text = ""
    organizations: Annotated[list[Any], BeforeValidator(_rows)] = Field(default_factory=list)
