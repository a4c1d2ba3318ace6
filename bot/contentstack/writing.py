"""Each request as Contentstack wants it, and what its answer tells of single people (CS §3.3 - §3.7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from bot.contentstack.bodies import Identified, ShareRow, Uids
from bot.contentstack.client import Ask
from bot.contentstack.endpoints import Results, Template
from bot.contentstack.errors import Reply
from bot.contentstack.parse import rows
from bot.domain.requests import (
    FromTemplate,
    Invite,
    RemoveShares,
    Request,
    SendPasswordReset,
    SetStackRoles,
    ShareStack,
    Target,
    UnshareStack,
)
from bot.ports.contentstack import Answer, Rejected

NO_ACCOUNT = "has no account yet: the invitation is still pending"
Read = Callable[[Mapping[str, object]], Answer]


@dataclass(frozen=True, slots=True)
class Wire:
    """A request ready to send, how to read a 2xx, and whom it cannot be sent for (share uid -> why)."""

    ask: Ask
    read: Read
    left_out: Mapping[str, str]
    success: frozenset[int] | None = None

    def answer(self, reply: Reply) -> Answer:
        """What a 2xx tells; people who were left out stand as failed."""
        document = reply.document if isinstance(reply.document, Mapping) else {}
        told = self.read(document)
        notice = document.get("notice")
        return replace(
            told,
            status=reply.status,
            notice=notice if isinstance(notice, str) else "",
            request_id=reply.request_id,
            failed={**self.left_out, **told.failed},
        )


class _RolesRow(Identified):
    roles: Uids = ()


@dataclass(frozen=True)
class Writer:
    """Builds requests for one organization; ``api_keys`` are those of the stacks mentioned, by stack uid."""

    organization_uid: str
    api_keys: Mapping[str, str]
    template: Template | None = None
    probing: bool = False

    def wire(self, request: Request) -> Wire:
        """The request as it is sent; ``Rejected`` where it cannot be sent for anybody."""
        match request:
            case RemoveShares():
                return self._remove(request)
            case SetStackRoles():
                return self._set_stack_roles(request)
            case ShareStack():
                return self._share_stack(request)
            case UnshareStack():
                body = {"email": request.target.email}
                return self._plain("/v3/stacks/unshare", body, self._api_key(request.stack_uid))
            case SendPasswordReset():
                user = {"user": {"email": request.target.email}}
                return self._plain("/v3/user/forgot_password", user, anonymous=True)
            case Invite():
                return self._invite(request)
            case FromTemplate():
                return self._from_template(request)
            case _:
                assert_never(request)

    def _remove(self, request: RemoveShares) -> Wire:
        ask = Ask("DELETE", self._shares, body={"emails": [target.email for target in request.targets]})
        return Wire(ask, lambda document: _named(request.targets, document), {})

    def _set_stack_roles(self, request: SetStackRoles) -> Wire:
        targets, left_out = _with_account(request.targets)
        roles = {target.user_uid: list(request.roles[target.share_uid]) for target in targets}
        ask = Ask(
            "POST",
            "/v3/stacks/users/roles",
            body={"users": roles},
            api_key=self._api_key(request.stack_uid),
        )

        def read(document: Mapping[str, object]) -> Answer:
            told = {row.uid: set(row.roles) for row in rows(_RolesRow, _list(document.get("users")))}
            return _confirmed(t for t in targets if told.get(t.user_uid or "") == set(roles[t.user_uid]))

        return Wire(ask, read, left_out)

    def _share_stack(self, request: ShareStack) -> Wire:
        body = {
            "emails": [target.email for target in request.targets],
            "roles": {target.email: list(request.roles[target.share_uid]) for target in request.targets},
        }
        return self._plain("/v3/stacks/share", body, self._api_key(request.stack_uid))

    def _invite(self, request: Invite) -> Wire:
        email = request.target.email
        stacks = {self._api_key(uid): list(roles) for uid, roles in request.stacks.items()}
        share: dict[str, object] = {"users": {email: list(request.org_roles)}}
        if stacks:
            share["stacks"] = {email: stacks}
        ask = Ask("POST", self._shares, body={"share": share})
        return Wire(ask, lambda document: _named(request.targets, document), {})

    def _from_template(self, request: FromTemplate) -> Wire:
        template = self.template
        if template is None:
            raise ValueError("a request from a template needs its template")
        targets: tuple[Target, ...] = request.targets
        left_out: dict[str, str] = {}
        if template.needs_account:
            targets, left_out = _with_account(request.targets)
        if len(targets) > template.batch:
            raise ValueError(f"{len(targets)} people in one call, the template allows {template.batch}")
        path, body = template.filled(self.organization_uid, replace(request, targets=tuple(targets)))
        ask = Ask(template.method, path, body=body, probing=self.probing)
        results = template.results
        return Wire(
            ask,
            lambda document: _told(results, targets, document) if results else Answer(0),
            left_out,
            frozenset(template.success),
        )

    def _plain(
        self, path: str, body: Mapping[str, object], api_key: str = "", *, anonymous: bool = False
    ) -> Wire:
        """A call whose answer is a notice and nothing else."""
        ask = Ask("POST", path, body=body, api_key=api_key, anonymous=anonymous)
        return Wire(ask, lambda _: Answer(0), {})

    @property
    def _shares(self) -> str:
        return f"/v3/organizations/{self.organization_uid}/share"

    def _api_key(self, stack_uid: str) -> str:
        if stack_uid not in self.api_keys:
            raise Rejected("this stack is no longer in the organization")
        return self.api_keys[stack_uid]


def _with_account(targets: Sequence[Target]) -> tuple[tuple[Target, ...], dict[str, str]]:
    """Those who can be addressed by their account, and why the others cannot."""
    left_out = {target.share_uid: NO_ACCOUNT for target in targets if target.user_uid is None}
    reachable = tuple(target for target in targets if target.user_uid is not None)
    if not reachable:
        raise Rejected(NO_ACCOUNT)
    return reachable, left_out


def _named(targets: Sequence[Target], document: Mapping[str, object]) -> Answer:
    """Whom the ``shares`` of an answer name, compared by e-mail; the rest is to be read again (CS §3.4)."""
    told = {row.email.casefold() for row in rows(ShareRow, _list(document.get("shares")))}
    return _confirmed(target for target in targets if target.email.casefold() in told)


def _told(results: Results, targets: Sequence[Target], document: Mapping[str, object]) -> Answer:
    """What a template's answer tells of single people; a status that is not foreseen counts as failed."""
    found: object = document
    for key in results.list.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    by_key = {str(getattr(target, results.key)).casefold(): target.share_uid for target in targets}
    groups: dict[str, dict[str, str]] = {"ok": {}, "skipped": {}, "failed": {}}
    for row in _list(found):
        if isinstance(row, Mapping):
            share_uid = by_key.get(str(row.get(results.person or results.key)).casefold())
            if share_uid is not None:
                status = str(row.get(results.status))
                groups[_group(results, status)][share_uid] = str(row.get(results.reason) or status)
    return Answer(0, skipped=groups["skipped"], failed=groups["failed"], confirmed=frozenset(groups["ok"]))


def _group(results: Results, status: str) -> str:
    if status in results.ok:
        return "ok"
    return "skipped" if status in results.skipped else "failed"


def _confirmed(targets: Iterable[Target]) -> Answer:
    return Answer(0, confirmed=frozenset(target.share_uid for target in targets))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
