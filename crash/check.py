"""Holds what Rollcall says against what happened; every difference that must not be is a violation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from bot.domain.audit import Broken, Head, verify
from bot.domain.calls import Call
from bot.domain.operation import ENDS, Operation, State
from bot.domain.outcome import Accepted, Done, Failed, NotRun, Outcome, Result, ResultKind, Unknown, kind
from bot.domain.plan import Line
from bot.ports.store import Store, Transaction
from bot.sandbox.workspace.state import Message
from bot.slack.messages.message import EVENT
from bot.words import operation as words
from crash.effects import NOT_REPEATABLE, Effect, asked_by, committed, stands, writes
from crash.site import Site

_UNSENT = Result(ResultKind.NOT_SENT)
_CONFIRMED = frozenset(State) - {State.PROPOSED, State.DISCARDED}


@dataclass
class Findings:
    """What was counted, and every violation as a sentence."""

    violations: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    actions: Counter[str] = field(default_factory=Counter)

    def wrong(self, sentence: str, *, count: str = "") -> None:
        """Note a violation, and count it where the table has a row for it."""
        self.violations.append(sentence)
        if count:
            self.counts[count] += 1


@dataclass(frozen=True, slots=True)
class _Case:
    """One operation as the store has it at the end."""

    operation: Operation
    outcomes: Mapping[int, Outcome]
    emails: Mapping[int, str]
    calls: Sequence[Call]
    undone: bool

    @property
    def sent(self) -> frozenset[int]:
        """Lines for which a call of this very operation may have been made."""
        return frozenset(
            line
            for call in self.calls
            for line in call.lines
            if call.in_doubt or (call.results or {}).get(line, _UNSENT).kind is not ResultKind.NOT_SENT
        )


async def check(sites: Sequence[Site], store: Store) -> Findings:
    """Everything that issue and design promise of a killed bot."""
    findings = Findings()
    witnessed: list[Head] = []
    for one in sites:
        cases = await store.read(partial(_cases, binding=one.house.binding.key))
        _check_outcomes(one, cases, findings)
        _check_calls(one, cases, findings)
        witnessed += _check_messages(one, cases, findings)
    chain = await store.read(lambda tx: verify(tx.rows(), witnessed))
    findings.counts["heads posted"] = len(witnessed)
    if isinstance(chain, Broken):
        findings.wrong(f"the chain breaks at {chain.seq}: {chain.why}")
    else:
        findings.counts["audit rows"] = chain.seq
    return findings


def _cases(tx: Transaction, binding: str) -> list[_Case]:
    return [_case(tx, uid) for uid in tx.operations(binding, states=_CONFIRMED, limit=10_000)]


def _case(tx: Transaction, uid: str) -> _Case:
    operation = tx.operation(uid)
    if operation is None:
        raise LookupError(uid)
    people = tx.people([line.person for line in operation.plan.lines])
    emails = {line.number: people[line.person].email for line in operation.plan.lines}
    return _Case(operation, tx.outcomes(uid), emails, tx.calls(uid), bool(tx.children(uid)))


def _check_outcomes(one: Site, cases: Iterable[_Case], findings: Findings) -> None:
    happened = committed(one)
    wished = Counter(
        wish for case in cases for line in case.operation.plan.to_run for wish in _wishes(case, line)
    )
    for case in cases:
        operation = case.operation
        findings.counts["operations"] += 1
        findings.actions[operation.plan.action.value] += 1
        if operation.state not in ENDS:
            findings.wrong(f"{operation.id} is still {operation.state} ({operation.held_reason})")
        for line in operation.plan.to_run:
            outcome = case.outcomes.get(line.number)
            findings.counts["lines"] += 1
            if outcome is None:
                findings.wrong(f"{_name(case, line)} has no outcome", count="lines without outcome")
                continue
            findings.outcomes[kind(outcome)] += 1
            effect = any(happened[wish] for wish in _wishes(case, line))
            # Where two undos of one operation wish the same, the calls tell whose it was.
            shared = any(wished[wish] > 1 for wish in _wishes(case, line))
            if effect and shared and line.number not in case.sent:
                effect = False
            if effect:
                _check_happened(case, line, outcome, findings)
            else:
                _check_not_happened(case, line, outcome, findings)
            if isinstance(outcome, Done | Accepted) and effect and not case.undone:
                _check_stands(one, case, line, findings)


def _wishes(case: _Case, line: Line) -> set[Effect]:
    return asked_by(case.operation, line, case.emails[line.number])


def _check_happened(case: _Case, line: Line, outcome: Outcome, findings: Findings) -> None:
    if isinstance(outcome, Unknown):
        findings.counts["unknown, happened"] += 1
    elif isinstance(outcome, Failed | NotRun):
        what = f"{_name(case, line)} is {kind(outcome)} ({outcome.reason}) and it happened"
        findings.wrong(what, count="denied, but done")


def _check_not_happened(case: _Case, line: Line, outcome: Outcome, findings: Findings) -> None:
    if isinstance(outcome, Unknown):
        findings.counts["unknown, did not happen"] += 1
    elif isinstance(outcome, Done | Accepted):
        what = f"{_name(case, line)} is {kind(outcome)} and nothing happened"
        findings.wrong(what, count="done without effect")


def _check_stands(one: Site, case: _Case, line: Line, findings: Findings) -> None:
    if not stands(one, case.operation, line, case.emails[line.number]):
        findings.wrong(f"{_name(case, line)} happened and does not stand", count="done without effect")


def _check_calls(one: Site, cases: Sequence[_Case], findings: Findings) -> None:
    made = writes(one)
    intended = sum(len(case.calls) for case in cases)
    findings.counts["calls intended"] += intended
    findings.counts["calls carried out"] += made
    if made > intended:
        findings.wrong(f"{made} calls were made and {intended} intended")
    for case in cases:
        doubts = sum(call.in_doubt for call in case.calls)
        if doubts:
            findings.wrong(f"{case.operation.id} has {doubts} calls that nobody settled")
    for effect, times in committed(one).items():
        if times > 1 and effect[0] in NOT_REPEATABLE:
            findings.wrong(f"{effect[0]} was made {times} times for {effect[1]}", count="repeated")
        elif times > 1:
            findings.counts["repeated without harm"] += times - 1


def _check_messages(one: Site, cases: Sequence[_Case], findings: Findings) -> list[Head]:
    """One message and one head per operation; the heads."""
    found = _parts(one)
    heads: list[Head] = []
    for case in cases:
        operation = case.operation
        stand = {part: len(messages) for (uid, part), messages in found.items() if uid == operation.id}
        for part, times in {"main": 0, "head": 0, **stand}.items():
            findings.counts[f"messages: {part.partition('-')[0]}"] += times
            if times != 1:
                findings.wrong(f"{operation.id} has {times} messages {part!r}")
        for message in found.get((operation.id, "main"), [])[:1]:
            if f" {words.state(operation.state)}. " not in message.text:
                findings.wrong(
                    f"the message of {operation.id} does not say {operation.state}: {message.text}"
                )
        heads += [_head(message) for message in found.get((operation.id, "head"), [])]
    return heads


def _parts(one: Site) -> Mapping[tuple[str, str], list[Message]]:
    """(operation, part) -> the messages that stand for it, in any channel."""
    found: dict[tuple[str, str], list[Message]] = {}
    for channel in one.workspace.core.workspace.channels.values():
        for message in channel.messages.values():
            metadata = message.metadata or {}
            if metadata.get("event_type") == EVENT:
                payload = metadata["event_payload"]
                found.setdefault((payload["operation"], payload["part"]), []).append(message)
    return found


def _head(message: Message) -> Head:
    seq, _, digest = message.text.rpartition(" ")[2].partition(":")
    return Head(int(seq), digest)


def _name(case: _Case, line: Line) -> str:
    operation = case.operation
    calls = [
        f"{call.name} {call.status} {call.results[line.number].kind if call.results else 'in doubt'}"
        for call in case.calls
        if line.number in call.lines and (not call.results or line.number in call.results)
    ]
    return (
        f"line {line.number} of {operation.id} ({operation.plan.action}, {operation.origin}; calls: {calls})"
    )
