"""One binding's Contentstack put together from its settings: the adapter, what it remembers, and linking."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Mapping

from pydantic import SecretStr

from bot.clock import SystemClock
from bot.contentstack import snapshot
from bot.contentstack.adapter import ContentstackApi
from bot.contentstack.capabilities import Capabilities, learnt_of
from bot.contentstack.client import Client, Credential
from bot.contentstack.credentials import REGIONS
from bot.contentstack.endpoints import Template
from bot.contentstack.oauth import App, ContentstackOAuth
from bot.contentstack.pacing import Pacing
from bot.domain.actions import ActionKey, Readiness
from bot.domain.members import Directory
from bot.ports.store import CapabilityRow, Store
from bot.service.house import Binding, Linking
from bot.settings import Settings, SettingsInvalid
from bot.settings_bindings import load_bindings
from bot.web.callback import make_secret


def linking_of(settings: Settings, clock: SystemClock) -> Linking | None:
    """What links accounts; None where it is not set up."""
    keys, secret = settings.rollcall_encryption_keys, settings.contentstack_oauth_client_secret
    if not settings.connect or keys is None or secret is None:
        return None
    from bot.vault import Keyring, read_keys  # noqa: PLC0415  cryptography, where there is something to keep

    return Linking(
        ContentstackOAuth(app_of(settings, secret), clock),
        Keyring(read_keys(keys.get_secret_value()), secrets.token_bytes),
        make_secret,
    )


def app_of(settings: Settings, secret: SecretStr) -> App:
    """Our app of Developer Hub; whatever stands in for Contentstack stands in for all of its hosts."""
    hosts, instead = REGIONS[settings.contentstack_region], settings.contentstack_api_url
    return App(
        app_host=instead or hosts.app,
        developer_hub=instead or hosts.developer_hub,
        api=settings.contentstack_url,
        organization=settings.contentstack_organization_uid,
        app_uid=settings.contentstack_oauth_app_uid,
        client_id=settings.contentstack_oauth_client_id,
        client_secret=secret.get_secret_value(),
        redirect_uri=settings.callback_url,
        scopes=settings.contentstack_oauth_scopes,
    )


async def contentstack_of(
    settings: Settings, store: Store, binding: Binding, clock: SystemClock
) -> ContentstackApi:
    """The adapter, with what earlier runs learnt; it reads the directory in the background from now on."""
    learnt = await store.read(lambda tx: tx.capabilities(binding.key))
    kept = await store.read(lambda tx: tx.snapshot(binding.key))
    templates = settings.templates
    memory = Memory(store, binding.key, clock, templates)
    client = Client(
        settings.contentstack_url,
        settings.contentstack_organization_uid,
        _authtoken(settings.contentstack_authtoken),
        clock=clock,
        chance=random.random,
        pacing=Pacing(clock, share=settings.rollcall_rate_share),
    )
    capabilities = Capabilities(
        templates,
        seen=learnt_of(
            {action: (row.readiness, row.why, row.template) for action, row in learnt.items()}, templates
        ),
        on_change=memory.keep_capability,
    )
    uid = settings.contentstack_organization_uid
    api = ContentstackApi(
        client, capabilities, clock, on_snapshot=memory.keep_directory, kept=lambda: _kept(uid)
    )
    await api.start((lambda: snapshot.loads(kept)) if kept else None)
    return api


def _authtoken(token: SecretStr) -> Credential:
    return Credential("authtoken", token.get_secret_value())


def _kept(organization: str) -> Credential | None:
    """The credential as the settings have it now: ``login`` may have replaced it since the start."""
    try:
        bindings = load_bindings()
    except SettingsInvalid:
        return None
    tokens = (
        one.contentstack_authtoken for one in bindings if one.contentstack_organization_uid == organization
    )
    return next((_authtoken(token) for token in tokens), None)


class Memory:
    """Keeps in the store what the adapter learns, so that a restart need not learn it again."""

    def __init__(
        self,
        store: Store,
        binding: str,
        clock: SystemClock,
        templates: Mapping[ActionKey, Template],
    ) -> None:
        self._templates = templates
        self._store = store
        self._binding = binding
        self._clock = clock
        self._writing: set[asyncio.Task[None]] = set()

    async def keep_directory(self, directory: Directory) -> None:
        """Replace the kept directory."""
        document = await asyncio.to_thread(snapshot.dumps, directory)
        now = self._clock.now()
        await self._store.write(lambda tx: tx.save_snapshot(self._binding, document, now))

    def keep_capability(self, action: ActionKey, readiness: Readiness, why: str) -> None:
        """Remember what a call taught; written soon, and learnt again if it is lost."""
        row = CapabilityRow(action, readiness, why, self._templates[action].fingerprint)
        now = self._clock.now()
        write = self._store.write(lambda tx: tx.save_capability(self._binding, row, now))
        task = asyncio.ensure_future(write)
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)
