from __future__ import annotations

import pytest

from bot.contentstack.client import Credential
from bot.contentstack.credentials import (
    REGIONS,
    SSO_ONLY,
    LoggedIn,
    LoginRefused,
    NoToken,
    SecondFactorNeeded,
    SecondFactorWrong,
    log_in,
    log_out,
)
from bot.ports.contentstack import CredentialRefused, RateLimited, Unavailable
from bot.sandbox.contentstack import seed, totp
from bot.sandbox.contentstack.faults import Kind
from tests.contentstack.support import Bench, canned


async def test_a_password_becomes_a_token_and_the_token_can_be_given_back(bench: Bench) -> None:
    """CS §1.4: log in, use, log out, refused."""
    result = await log_in(bench.url + "/v3", "na", seed.GRACE, seed.PASSWORD)
    assert isinstance(result, LoggedIn)
    assert (result.email, result.user_uid) == (seed.GRACE, bench.target(seed.GRACE).user_uid)
    assert (await bench.api(token=result.authtoken).account()).email == seed.GRACE
    await log_out(bench.url, result.authtoken)
    with pytest.raises(CredentialRefused):
        await log_out(bench.url, result.authtoken)


async def test_the_second_factor_is_asked_for_and_checked(bench: Bench) -> None:
    """CS §1.4: 294 with its kind, a wrong code, then the right one."""
    asked = await log_in(bench.url, "na", seed.MFA_USER, seed.PASSWORD)
    wrong = await log_in(bench.url, "na", seed.MFA_USER, seed.PASSWORD, "000000")
    assert (asked, wrong) == (
        SecondFactorNeeded("totp_authenticator"),
        SecondFactorWrong("Invalid verification code"),
    )
    secret = bench.sandbox.state.accounts[bench.target(seed.MFA_USER).user_uid or ""].totp_secret
    assert secret is not None
    code = totp.code(secret, totp.step_at(bench.sandbox.clock.time()))
    assert isinstance(await log_in(bench.url, "na", seed.MFA_USER, seed.PASSWORD, code), LoggedIn)


async def test_single_sign_on_gives_no_token_and_is_explained(bench: Bench) -> None:
    """CS §1.4: 200 without an authtoken is no success."""
    bench.sandbox.state.organizations[seed.ORG_UID].sso.enabled = True
    assert await log_in(bench.url, "na", seed.GRACE, seed.PASSWORD) == NoToken(SSO_ONLY)


async def test_a_wrong_password_mentions_the_region(bench: Bench) -> None:
    """CS §1.1: a right password looks wrong in another region."""
    result = await log_in(bench.url, "eu", seed.GRACE, "wrong")
    assert isinstance(result, LoginRefused)
    assert result.detail == "Looks like your email or password is invalid. You have 4 login attempt(s) left."
    assert "belongs to the region eu" in result.hint


async def test_a_code_does_not_hide_a_wrong_password(bench: Bench) -> None:
    """104 stays about the password, whatever code came along."""
    assert isinstance(await log_in(bench.url, "na", seed.GRACE, "wrong", "123456"), LoginRefused)


async def test_a_login_without_a_user_is_not_understood() -> None:
    """A 200 of something in between is no login."""
    async with canned({"/v3/user-session": (200, {"notice": "hello"})}) as url:
        with pytest.raises(Unavailable):
            await log_in(url, "na", seed.GRACE, seed.PASSWORD)


@pytest.mark.parametrize(
    ("kind", "error"),
    [(Kind.BAD_GATEWAY, Unavailable), (Kind.RATE_LIMIT, RateLimited), (Kind.DROP_BEFORE, Unavailable)],
)
async def test_trouble_is_not_taken_for_a_refusal(bench: Bench, kind: Kind, error: type[Exception]) -> None:
    """Gateway, rate limit and network say nothing about the password."""
    bench.break_(kind)
    with pytest.raises(error):
        await log_in(bench.url, "na", seed.GRACE, seed.PASSWORD)


def test_every_region_has_its_hosts() -> None:
    """CS §1.1: seven regions and an alias; North America's API alone is .io."""
    assert {code: hosts.api for code, hosts in REGIONS.items()} == {
        "na": "https://api.contentstack.io",
        "us": "https://api.contentstack.io",
        "eu": "https://eu-api.contentstack.com",
        "au": "https://au-api.contentstack.com",
        "azure-na": "https://azure-na-api.contentstack.com",
        "azure-eu": "https://azure-eu-api.contentstack.com",
        "gcp-na": "https://gcp-na-api.contentstack.com",
        "gcp-eu": "https://gcp-eu-api.contentstack.com",
    }
    assert REGIONS["gcp-eu"].developer_hub == "https://gcp-eu-developerhub-api.contentstack.com"


def test_tokens_do_not_show() -> None:
    """Neither a login's result nor a credential prints its secret."""
    shown = f"{LoggedIn('secret', 'u', 'ada@example.com')!r} {Credential('authtoken', 'secret')!r}"
    assert shown == "LoggedIn(user_uid='u') Credential(kind='authtoken')"
