"""Everything that Slack can send, each with one short listener: ack, parse, hand over.

After ``ack`` nothing may raise (SL §1.1), so the work goes to a tracked task at once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.operation import Origin
from bot.domain.plan import UnknownSchemaError
from bot.domain.problems import Problem, Trouble
from bot.ports.store import PlanTampered, StoreFull
from bot.slack import again, commands, connecting, decisions, delegating, flow, leafing, options, payloads
from bot.slack.desk import Desk
from bot.slack.fields import STACKS
from bot.slack.flow import Start
from bot.slack.home import clicks, pages, view
from bot.slack.messages import buttons
from bot.slack.modals import again as again_modal
from bot.slack.modals import agree, choose, comment, delegate, deny, glass, loading, preview, ways
from bot.slack.modals.comment import Commented
from bot.slack.payloads import Command, Interaction
from bot.slack.screens import Screen
from bot.slack.tasks import Told
from bot.words import commands as command_words
from bot.words import modals as words
from bot.words import problems

SHORTCUT = "org_users"
"""Callback id of the global shortcut in manifest.yml."""
OPTIONS_PATIENCE = 1.0
"""Seconds that an option request waits for a check of rights, of the 3 that Slack gives (SL §4)."""

Body = Mapping[str, Any]
Work = Coroutine[None, None, object]
Uninstalled = Callable[[str], Awaitable[None]]
"""Told that the workspace took the app away; the argument is the event's name."""


def register(app: AsyncApp, desk: Desk, uninstalled: Uninstalled) -> None:
    """Register every listener; the first that matches wins (SL §9)."""
    _commands(app, desk)
    _home(app, desk)
    _form(app, desk)
    _preview(app, desk)
    _messages(app, desk)
    _standing_in(app, desk)
    _again(app, desk)
    _events(app, desk, uninstalled)


def told(desk: Desk, body: Body) -> Told:
    """Tells the person behind a request that it went wrong, by whatever way it left open."""

    async def tell(error: Exception) -> None:
        await desk.replies.privately(payloads.request(body), _went_wrong(error))

    return tell


def _went_wrong(error: Exception) -> str:
    match error:
        case StoreFull():
            return problems.sentence(Problem(Trouble.STORE_FULL))
        case PlanTampered() | UnknownSchemaError():
            return problems.sentence(Problem(Trouble.PLAN_TAMPERED))
        case _:
            return problems.unexpected()


def _commands(app: AsyncApp, desk: Desk) -> None:
    async def command(ack: AsyncAck, body: Body) -> None:
        typed = Command.model_validate(body)
        await ack()
        desk.tasks.start(commands.run(desk, typed), "command", told(desk, body))

    async def shortcut(ack: AsyncAck, body: Body) -> None:
        used = Interaction.model_validate(body)
        await ack()
        start = Start(used.user.id, used.trigger_id, "shortcut")
        desk.tasks.start(flow.begin(desk, start), "shortcut", told(desk, body))

    async def start(ack: AsyncAck, body: Body) -> None:
        clicked = Interaction.model_validate(body)
        await ack()
        action = view.action_of(clicked.pressed.action_id)
        wanted = Start(clicked.user.id, clicked.trigger_id, "home", action=action)
        desk.tasks.start(flow.begin(desk, wanted), "home button", told(desk, body))

    async def opened(ack: AsyncAck) -> None:
        await ack()

    app.command(command_words.COMMAND)(command)
    app.action(connecting.OPEN)(opened)
    app.shortcut(SHORTCUT)(shortcut)
    app.action(view.START_ID)(start)


def _home(app: AsyncApp, desk: Desk) -> None:
    app.action(pages.TURN_ID)(_click(desk, "home page", clicks.turn_page))
    for action_id, click in clicks.CLICKS.items():
        app.action(action_id)(_click(desk, action_id, click))


def _form(app: AsyncApp, desk: Desk) -> None:
    async def people(ack: AsyncAck, body: Body) -> None:
        asked = Interaction.model_validate(body)
        known = await desk.gate.known(asked.user.id, "options", OPTIONS_PATIENCE)
        offer = await options.people(desk.house.contentstack, asked.value) if known else options.NOBODY
        await ack(**offer.answer())

    async def redraw(ack: AsyncAck, body: Body) -> None:
        changed = Interaction.model_validate(body)
        await ack()
        if changed.view is not None:
            work = flow.redraw(desk, changed.user.id, changed.view.id, choose.parse(changed.view))
            desk.tasks.start(work, "redraw", told(desk, body))

    async def submitted(ack: AsyncAck, body: Body) -> None:
        sent = Interaction.model_validate(body)
        answer = flow.at_once(desk, sent)
        await ack(**answer.ack)
        if answer.work is not None:
            desk.tasks.start(answer.work, "submission", told(desk, body))

    app.options(choose.PEOPLE)(people)
    app.action(choose.ACTION)(redraw)
    app.action(STACKS)(redraw)
    app.action(ways.WAYS)(redraw)
    app.view(choose.CALLBACK)(submitted)


def _preview(app: AsyncApp, desk: Desk) -> None:
    async def confirmed(ack: AsyncAck, body: Body) -> None:
        sent = Interaction.model_validate(body)
        plan = preview.parse(flow.view_of(sent))
        wrong = preview.faults(flow.view_of(sent))
        if wrong:
            await ack(response_action="errors", errors=wrong)
            return
        await ack(response_action="update", view=loading.build(words.deciding()))
        screen = desk.screens.acknowledged(sent.user.id, flow.view_of(sent).id)
        desk.tasks.start(flow.confirmed(desk, screen, plan), "confirmation", told(desk, body))

    async def closed(ack: AsyncAck, body: Body) -> None:
        sent = Interaction.model_validate(body)
        plan = preview.parse(flow.view_of(sent))
        await ack()
        desk.screens.closed(flow.view_of(sent).id)
        desk.tasks.start(decisions.discard(desk, sent.user.id, plan), "discard")

    app.view(preview.CALLBACK)(confirmed)
    app.view_closed(preview.CALLBACK)(closed)
    app.action(preview.CHANGE_ID)(_click(desk, "change", flow.changed))
    app.action(preview.CONFIRM_ID)(_click(desk, "confirmation", decisions.confirm_from_message))
    app.action(preview.DISCARD_ID)(_click(desk, "discard", decisions.discard_from_message))


def _messages(app: AsyncApp, desk: Desk) -> None:
    def commented(
        what: str, handle: Callable[[Desk, Screen, Commented], Work], *, needed: bool
    ) -> Callable[[AsyncAck, Body], Awaitable[None]]:
        async def submitted(ack: AsyncAck, body: Body) -> None:
            sent = Interaction.model_validate(body)
            said = comment.parse(flow.view_of(sent))
            if needed and not said.comment:
                await ack(response_action="errors", errors={comment.COMMENT: words.comment_needed()})
                return
            await ack(response_action="update", view=loading.build(words.deciding()))
            screen = desk.screens.acknowledged(sent.user.id, flow.view_of(sent).id)
            desk.tasks.start(handle(desk, screen, said), what, told(desk, body))

        return submitted

    for action_id, step in decisions.STEPS.items():
        app.action(action_id)(_click(desk, action_id, decisions.pressing(step)))
    for action_id, step in decisions.STATUS_STEPS.items():
        app.action(action_id)(_click(desk, action_id, decisions.pressing_in_status(step)))
    for action_id in decisions.ASKING:
        app.action(action_id)(_click(desk, action_id, decisions.ask_comment))
    app.view(agree.CALLBACK)(commented("approval", decisions.agreed, needed=False))
    app.view(deny.CALLBACK)(commented("denial", decisions.denied, needed=True))
    app.view(glass.CALLBACK)(commented("broken glass", decisions.broken, needed=True))
    app.action(buttons.LINES_ID)(_click(desk, "show all", leafing.open_plan))
    app.action(leafing.TURN)(_click(desk, "turn the page", leafing.turn))


def _standing_in(app: AsyncApp, desk: Desk) -> None:
    async def named(ack: AsyncAck, body: Body) -> None:
        sent = Interaction.model_validate(body)
        chosen = delegate.parse(flow.view_of(sent))
        if isinstance(chosen, dict):
            await ack(response_action="errors", errors=chosen)
            return
        await ack(response_action="update", view=loading.build(words.deciding()))
        screen = desk.screens.acknowledged(sent.user.id, flow.view_of(sent).id)
        desk.tasks.start(delegating.submitted(desk, screen, chosen), "stand-in", told(desk, body))

    app.view(delegate.CALLBACK)(named)
    app.action(delegating.NAME_ID)(_click(desk, "stand-in", delegating.open_form))


def _again(app: AsyncApp, desk: Desk) -> None:
    async def asked_again(ack: AsyncAck, body: Body) -> None:
        sent = Interaction.model_validate(body)
        view = flow.view_of(sent)
        asked, wrong = again_modal.parse(view), again_modal.faults(view)
        if wrong:
            await ack(response_action="errors", errors=wrong)
            return
        origin = Origin.UNDO if view.callback_id == again_modal.UNDO else Origin.RETRY
        await ack(response_action="update", view=loading.build(words.proposing()))
        screen = desk.screens.acknowledged(sent.user.id, view.id)
        desk.tasks.start(again.submitted(desk, screen, origin, asked), "again", told(desk, body))

    for callback in again_modal.CALLBACKS.values():
        app.view(callback)(asked_again)
    for action_id in again.ORIGINS:
        app.action(action_id)(_click(desk, action_id, again.ask))


def _click(
    desk: Desk, what: str, handle: Callable[[Desk, Interaction], Work]
) -> Callable[[AsyncAck, Body], Awaitable[None]]:
    async def clicked(ack: AsyncAck, body: Body) -> None:
        used = Interaction.model_validate(body)
        await ack()
        desk.tasks.start(handle(desk, used), what, told(desk, body))

    return clicked


def _events(app: AsyncApp, desk: Desk, uninstalled: Uninstalled) -> None:
    async def opened(event: Body) -> None:
        if event.get("tab") == "home" and isinstance(event.get("user"), str):
            desk.tasks.start(desk.home.opened(event["user"]), "home")

    async def gone(event: Body) -> None:
        desk.tasks.start(_as_work(uninstalled(str(event.get("type") or ""))), "uninstalled")

    app.event("app_home_opened")(opened)
    app.event("app_uninstalled")(gone)
    app.event("tokens_revoked")(gone)


async def _as_work(work: Awaitable[None]) -> None:
    await work
