"""`make crash`, or `python -m crash --kills 30`; exit code 1 on any violation."""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import sys

from crash.run import Figures, median, programme_of, run


def main() -> int:
    """Run, print the figures, and say by the exit code whether anything was wrong."""
    parser = argparse.ArgumentParser(prog="crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=132)
    parser.add_argument("--organizations", type=int, default=3)
    parser.add_argument("--members", type=int, default=1500, help="people in each organization")
    parser.add_argument("--seed", type=int, default=1, help="the same number, the same programme of kills")
    parser.add_argument("--quiet", action="store_true", help="figures only")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    logging.getLogger("aiohttp.server").addFilter(_not_of_the_killed)
    say = _nothing if asked.quiet else _progress
    rng = random.Random(asked.seed)  # noqa: S311  a programme that can be repeated, no secret
    programme = programme_of(asked.kills, rng)
    figures = asyncio.run(run(programme, asked.organizations, asked.members, rng, say))
    sys.stdout.write(table(figures) + "\n")
    return 1 if figures.findings.violations else 0


def _not_of_the_killed(record: logging.LogRecord) -> bool:
    """A request of which only a part came is no trouble of the simulated systems: its sender was killed."""
    return not (record.exc_info and isinstance(record.exc_info[1], ConnectionResetError))


def _progress(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _nothing(line: str) -> None:
    del line


def table(figures: Figures) -> str:
    """All figures as text."""
    counts, lines = figures.findings.counts, ["kill -9 at"]
    lines += [_row(name, times) for name, times in sorted(figures.kills.items())]
    lines += [
        _row("all", figures.kills.total()),
        _row("(boundary not reached in 20 s)", figures.missed.total()),
    ]
    lines += ["", "meanwhile", _row("faults ordered", figures.troubles)]
    lines += [_row(name, times) for name, times in sorted(figures.findings.actions.items())]
    lines += ["", "what Rollcall says"]
    lines += [_row(name, counts[name]) for name in ("operations", "lines")]
    lines += [_row(f"  {name}", times) for name, times in sorted(figures.findings.outcomes.items())]
    lines += ["", "held against what happened"]
    held = (
        "calls intended",
        "calls carried out",
        "repeated",
        "repeated without harm",
        "unknown, happened",
        "unknown, did not happen",
        "done without effect",
        "denied, but done",
        "lines without outcome",
        "messages: main",
        "messages: head",
        "messages: approval",
        "audit rows",
        "heads posted",
    )
    lines += [_row(name, counts[name]) for name in held]
    lines += ["", "seconds"]
    lines += [
        _row("start to next row of a run, no faults", f"{median(figures.resumed):.2f}"),
        _row("the same, slowest", f"{max(figures.resumed, default=0.0):.2f}"),
        _row("SIGTERM to the end", f"{figures.stopped:.2f}"),
        _row("all of it", f"{figures.seconds:.0f}"),
    ]
    violations = figures.findings.violations
    return "\n".join([*lines, "", f"{len(violations)} violations", *(f"  {one}" for one in violations[:50])])


def _row(name: str, value: object) -> str:
    return f"  {name:<45} {value!s:>8}"


if __name__ == "__main__":
    sys.exit(main())
