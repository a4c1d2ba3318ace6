"""Kill -9 in the middle of a run, and a fresh process on the same files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STEPS = [
    *["begin op_1", "batch op_1 0", "batch op_1 1", "batch op_1 2", "finish op_1"],
    *["begin op_2", "batch op_2 0", "batch op_2 1", "batch op_2 2", "finish op_2"],
]


def _start(directory: Path, hang_in: str = "") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.engine.child", str(directory), hang_in],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def _killed_in(directory: Path, step: str) -> list[str]:
    """Run until this step has begun, then kill; what was said."""
    said: list[str] = []
    with _start(directory, step) as child:
        assert child.stdout is not None
        try:
            while not said or said[-1] != step:
                said.append(child.stdout.readline().strip())
                assert said[-1], "the child ended by itself"
        finally:
            child.kill()
    return said


@pytest.mark.parametrize("step", ["begin op_1", "batch op_1 1", "finish op_1"])
def test_a_killed_run_goes_on_with_the_step_that_was_under_way(directory: Path, step: str) -> None:
    """That step is asked for again, with its batches; what was over stays over, the line keeps its order."""
    at = STEPS.index(step)
    before = _killed_in(directory, step)
    with _start(directory) as child:
        after = child.communicate(timeout=60)[0].split("\n")[:-1]
    again = STEPS.index("batch op_1 0") if step.startswith("batch") else at
    assert (before, after, child.returncode) == (STEPS[: at + 1], STEPS[again:], 0)


def test_many_kills_lose_nothing(directory: Path) -> None:
    """Killed in every second step, each time by another process: all still come, in their order."""
    said: list[str] = []
    for step in STEPS[1::2]:
        said += _killed_in(directory, step)
    assert list(dict.fromkeys(said)) == STEPS
