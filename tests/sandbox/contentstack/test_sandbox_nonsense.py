"""Whatever is sent, a handler answers or refuses; it never breaks."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.sandbox.contentstack import seed
from bot.sandbox.contentstack.call import Call, Route
from bot.sandbox.contentstack.clock import ManualClock
from bot.sandbox.contentstack.errors import ApiError
from bot.sandbox.contentstack.routes import all_routes
from bot.sandbox.contentstack.server import ContentstackSandbox

WRITES = [route for route in all_routes() if route.method != "GET"]
KEYS = [
    "user",
    "users",
    "share",
    "stacks",
    "emails",
    "email",
    "roles",
    "message",
    "org_roles",
    "user_uids",
    "name",
    "organizationRole",
    "stackRoleMapping",
    "stackApiKey",
    "Operations",
    "op",
    "path",
    "value",
    "active",
    "password",
    "members",
    "displayName",
    "userName",
    "transfer_to",
    "first_name",
    "tfa_token",
    "reset_password_token",
]
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from(
        ["", "x", "replace", "members", seed.MIA, seed.MEMBER_ROLE, seed.SHOP, "@", "a@example.com"]
    ),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*KEYS, seed.MIA]), inner, max_size=3)
    ),
    max_leaves=8,
)
SHAPED = st.fixed_dictionaries(
    {},
    optional={
        "share": st.fixed_dictionaries({"users": VALUES}, optional={"stacks": VALUES, "message": VALUES})
        | st.fixed_dictionaries(
            {
                "users": st.just({"a@example.com": [seed.MEMBER_ROLE]}),
                "stacks": VALUES | st.dictionaries(st.just("a@example.com"), VALUES),
            }
        ),
        "user": st.fixed_dictionaries(
            {}, optional={"email": VALUES, "password": VALUES, "tfa_token": VALUES}
        ),
        "name": st.just("Team") | VALUES,
        "users": VALUES,
        "stackRoleMapping": st.lists(
            st.fixed_dictionaries({}, optional={"stackApiKey": VALUES, "roles": VALUES})
        ),
        "Operations": st.lists(
            st.fixed_dictionaries(
                {"op": st.sampled_from(["add", "replace", "remove"]), "path": st.just("members") | VALUES},
                optional={"value": VALUES},
            ),
            max_size=3,
        ),
        "emails": st.lists(VALUES, max_size=3),
        "roles": VALUES,
        "user_uids": VALUES,
        "organizationRole": st.just(seed.MEMBER_ROLE) | VALUES,
        "displayName": VALUES,
        "members": VALUES,
        "userName": st.just("n@example.com") | VALUES,
    },
)
BODIES = SHAPED | st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4)


@pytest.fixture(scope="module")
def world() -> ContentstackSandbox:
    return ContentstackSandbox(clock=ManualClock(), members=32)


@pytest.mark.parametrize("route", WRITES, ids=lambda route: f"{route.method} {route.path}")
def test_nonsense_is_answered(world: ContentstackSandbox, route: Route) -> None:
    """Any JSON object to any writing route: a reply or an ApiError, no other exception."""

    @settings(max_examples=15, database=None, suppress_health_check=list(HealthCheck))
    @given(body=BODIES)
    def send(body: dict[str, Any]) -> None:
        state = world.load(32)
        org = state.organizations[seed.ORG_UID]
        mia = state.account(seed.MIA)
        params = {
            "org": seed.ORG_UID,
            "share": next(iter(org.shares)),
            "team": next(iter(org.teams)),
            "user": mia.uid if mia is not None else "",
            "id": mia.uid if mia is not None else "",
            "stack": seed.SHOP,
            "role": seed.MEMBER_ROLE,
            "action": "unlock",
            "token": "x",
            "app": seed.APP_UID,
        }
        headers = {"authtoken": seed.BOT_AUTHTOKEN, "api_key": seed.SHOP, "organization_uid": seed.ORG_UID}
        if route.family == "scim":
            headers = {"authorization": f"Bearer {seed.SCIM_TOKEN}"}
        call = Call(state, route.method, route.path, "http://x", params, {}, headers, body)
        with suppress(ApiError):
            route.handle(call)

    send()
