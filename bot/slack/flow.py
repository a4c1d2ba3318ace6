"""From a click to a confirmed plan: loading view, form, preview, result (design §3, §6).

Everything here runs in tracked tasks after the acknowledgement; rights are checked fresh at each step.
"""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace

from bot.domain.actions import OFFERED, ActionKey
from bot.domain.admission import Refused
from bot.domain.draft import Draft
from bot.domain.operation import Operation
from bot.domain.policy import NO_TICKETS, most_people, tickets
from bot.domain.problems import Field, Problem, Trouble
from bot.ports.contentstack import ContentstackError
from bot.ports.store import StoreFull
from bot.service import decide, drafts
from bot.service.admission import Admitted, note_opening
from bot.service.choosing import Chosen
from bot.service.failures import as_problem
from bot.service.house import Binding
from bot.service.propose import propose
from bot.service.seal import Proposal
from bot.service.story import story
from bot.slack import choosing, fields, handout, prefill
from bot.slack.desk import Desk
from bot.slack.messages.blocks import Json
from bot.slack.messages.buttons import Pressed
from bot.slack.modals import choose, loading, message, preview
from bot.slack.modals.choose import Choice, Form
from bot.slack.payloads import Interaction, View
from bot.slack.prefill import NOBODY, Named
from bot.slack.screens import Instead, Screen
from bot.words import modals as words
from bot.words import problems
from bot.words.operation import headline
from bot.words.refusals import refusal

LINK_TRIES = 15
LINK_PAUSE = 0.2
"""Seconds between looks for the operation's message: 15 x 0.2 s, then the result stays without a link."""


@dataclass(frozen=True, slots=True)
class Start:
    """What somebody asked for by command, shortcut or Home tab; ``at`` says which, for the audit."""

    user: str
    trigger_id: str
    at: str
    response_url: str = ""
    action: ActionKey | None = None
    named: Named = NOBODY


async def begin(desk: Desk, start: Start) -> None:
    """Open a window at once, check who it is, then show the form."""
    screen = await desk.screens.open(start.trigger_id, start.user, loading.build(words.opening()))
    if screen is None:
        await _without_window(desk, start)
        return
    admitted = await desk.gate.admit(start.user, start.at)
    if isinstance(admitted, Refused):
        await say(desk, screen, refusal(admitted))
        return
    await note_opening(desk.house, admitted, start.at)
    found = await _people(desk, start.named)
    choice = Choice(
        draft=desk.house.ids.new("draft"),
        action=start.action,
        people=found.people,
        channel=desk.house.binding.channel,
    )
    await _show_form(desk, screen, form(desk, choice, found.banners))


async def _without_window(desk: Desk, start: Start) -> None:
    sentence = problems.no_window()
    if not (start.response_url and await desk.replies.ephemeral(start.response_url, sentence)):
        await desk.screens.tell(start.user, Instead(sentence))


async def _people(desk: Desk, named: Named) -> prefill.Found:
    try:
        most = min(most_people(desk.house.binding.policy, desk.house.binding.max_people), choose.PICKER)
        return await prefill.find(desk.house.contentstack, named, most)
    except ContentstackError as error:
        return prefill.Found(banners=(problems.sentence(as_problem(error)),))


def form(desk: Desk, choice: Choice, banners: Sequence[str] = (), late: Problem | None = None) -> Form:
    """The form as it is drawn now, from memory alone."""
    contentstack, binding = desk.house.contentstack, desk.house.binding
    return Form(
        choice=choice,
        capabilities=[contentstack.capability(action) for action in OFFERED],
        directory=contentstack.cached(),
        loading=contentstack.loading(),
        most_people=_most(binding, choice),
        names_in_public=binding.names_in_public,
        tickets=tickets(binding.policy, choice.action) if choice.action else NO_TICKETS,
        now=desk.house.clock.now(),
        banners=banners,
        late=late,
    )


def _most(binding: Binding, choice: Choice) -> int:
    """Of the chosen action, where the policy allows it at all; Slack's picker takes one at least."""
    of_action = most_people(binding.policy, binding.max_people, choice.action)
    return max(of_action or most_people(binding.policy, binding.max_people), 1)


async def _show_form(desk: Desk, screen: Screen, drawn: Form) -> None:
    await desk.screens.show(screen, choose.build(drawn), Instead(problems.window_closed()))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a submission is acknowledged with (SL §4), and what is done afterwards."""

    ack: Json
    work: Coroutine[None, None, None] | None = None


def view_of(sent: Interaction) -> View:
    """The modal of a submission; raises ValueError for one that has none."""
    if sent.view is None:
        raise ValueError("a submission without a view")
    return sent.view


def at_once(desk: Desk, sent: Interaction) -> Answer:
    """The answer to the form, from memory alone: field errors, the missing fields, or a loading view."""
    view = view_of(sent)
    drawn = form(desk, choose.parse(view))
    faults = choose.faults(drawn, view.state)
    if faults:
        return Answer({"response_action": "errors", "errors": faults})
    action = drawn.choice.action
    if action is None or not fields.complete(action, drawn.choice.chosen):
        again = replace(drawn, banners=(words.fields_changed(),))
        return Answer({"response_action": "update", "view": choose.build(again)})
    screen = desk.screens.acknowledged(sent.user.id, view.id)
    waiting = loading.build(words.proposing())
    return Answer({"response_action": "update", "view": waiting}, submitted(desk, screen, drawn.choice))


async def redraw(desk: Desk, user: str, view_id: str, choice: Choice) -> None:
    """Another action or other stacks were chosen: show their fields, keep what was typed."""
    await _show_form(desk, Screen(user, view_id), form(desk, choice))


async def say(desk: Desk, screen: Screen, sentence: str) -> None:
    """Show one sentence."""
    await desk.screens.show(screen, message.saying(sentence), Instead(sentence))


async def submitted(desk: Desk, screen: Screen, choice: Choice) -> None:
    """Seal what was chosen and show it; or the form again with what is to be mended."""
    admitted = await desk.gate.admit(screen.user, "submit")
    if isinstance(admitted, Refused):
        await say(desk, screen, refusal(admitted))
        return
    found = await _chosen(desk, screen.user, choice)
    if isinstance(found, Problem):
        await _show_form(desk, screen, form(desk, choice, late=found))
        return
    proposed = await _propose(desk, admitted, choice, found.people)
    notes = choosing.told(found)
    if isinstance(proposed, Problem):
        await _show_form(desk, screen, form(desk, choice, notes, late=proposed))
        return
    await show_preview(desk, screen, replace(proposed, notes=tuple(notes)), choice.draft)


async def show_preview(desk: Desk, screen: Screen, proposed: Proposal, form_id: str = "") -> None:
    """Show a sealed plan; as a direct message where the modal is gone.

    ``form_id`` is the form that it came from, to go back to.
    """
    proposed = await handout.whole_plan(desk, screen.user, proposed)
    title = headline(proposed.operation.plan)
    instead = Instead(f"{words.superseded()} {title}", preview.message(proposed))
    await desk.screens.show(screen, preview.build(proposed, form_id), instead)


async def _chosen(desk: Desk, slack_user: str, choice: Choice) -> Chosen | Problem:
    try:
        return await choosing.chosen(desk, slack_user, choice)
    except ContentstackError as error:
        return as_problem(error)


async def _propose(
    desk: Desk, admitted: Admitted, choice: Choice, people: tuple[str, ...]
) -> Proposal | Problem:
    if not people and not choice.more.empty:
        return Problem(Trouble.NOBODY_FITS, Field.PEOPLE)
    draft = _draft(desk, choice, people)
    if draft is None:
        return Problem(Trouble.ACTION_UNAVAILABLE)
    try:
        await drafts.save(desk.house, choice.draft, admitted.actor.slack_user, choose.dump(choice))
        return await propose(desk.house, admitted, draft)
    except ContentstackError as error:
        return as_problem(error)
    except StoreFull:
        return Problem(Trouble.STORE_FULL)


def _draft(desk: Desk, choice: Choice, people: tuple[str, ...]) -> Draft | None:
    if choice.action is None:
        return None
    directory = desk.house.contentstack.cached()
    return Draft(
        action=choice.action,
        people=people,
        parameters=fields.parameters(choice.action, choice.chosen, directory),
        reason=choice.reason,
        channel=choice.channel,
        due_at=choice.due_at,
        ticket=choice.ticket,
    )


async def changed(desk: Desk, clicked: Interaction) -> None:
    """From the preview back to the form as it was submitted; the plan that was shown is discarded."""
    user, view = clicked.user.id, view_of(clicked)
    plan, screen = preview.parse(view), Screen(user, view.id)
    discarded = await decide.discard(desk.house, plan.operation, user)
    if not isinstance(discarded, Operation):
        await say(desk, screen, not_decided(desk, user, discarded))
        return
    choice = await _submitted_form(desk, clicked.pressed.value, user)
    if choice is None:
        await say(desk, screen, problems.form_gone())
        return
    await _show_form(desk, screen, form(desk, choice))


async def _submitted_form(desk: Desk, form_id: str, user: str) -> Choice | None:
    content = await drafts.load(desk.house, form_id, user)
    if content is None:
        return None
    try:
        return choose.restore(content)
    except ValueError:  # written by another version of this program
        return None


async def confirmed(desk: Desk, screen: Screen, plan: Pressed) -> None:
    """The requester said yes to exactly this plan."""
    decided = await decided_or_problem(desk, screen.user, plan)
    if not isinstance(decided, Operation):
        await say(desk, screen, not_decided(desk, screen.user, decided))
        return
    sentence = words.confirmed(decided)
    if not await desk.screens.show(screen, message.saying(sentence), Instead(sentence)):
        return
    link = await message_link(desk, decided.id)
    if link:
        shown = message.build(message.Saying(sentence, link))
        await desk.screens.show(screen, shown, None)


async def decided_or_problem(desk: Desk, user: str, plan: Pressed) -> decide.Decided:
    """Confirm, with a full disk as one more problem."""
    try:
        return await decide.confirm(desk.house, plan.operation, plan.digest, user)
    except StoreFull:
        return Problem(Trouble.STORE_FULL)


def not_decided(desk: Desk, user: str, decided: Problem | Refused) -> str:
    """Why a step was not taken, as a sentence; a refusal is remembered."""
    if isinstance(decided, Refused):
        desk.gate.note(user, decided)
        return refusal(decided)
    return problems.sentence(decided)


async def message_link(desk: Desk, operation_id: str) -> str:
    """Slack's permalink of the operation's message, once it is posted; empty if that takes too long."""
    for _ in range(LINK_TRIES):
        told = await story(desk.house, operation_id)
        posts = told.posts if told else {}
        post = next((posts[part] for part in ("main", "approval") if part in posts and posts[part].ts), None)
        if post is not None:
            answer = await desk.client.chat_getPermalink(channel=post.channel, message_ts=post.ts)
            return str(answer.get("permalink") or "")
        await desk.house.clock.sleep(LINK_PAUSE)
    return ""
