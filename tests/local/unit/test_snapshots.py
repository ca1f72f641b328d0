"""Saving takes a bounded share of a core, however much there is to save."""

import asyncio
import os
import sys
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local import snapshots
from local.snapshots import SHARE_OF_A_CORE, Snapshots, pause_after

MIN_S = 5.0
BUSY = "import time\nwhile time.process_time() < 0.2: pass"


class EnoughError(Exception):
    """The test has seen what it wanted."""


async def nothing(*_: Any) -> None:
    """An app that does nothing."""


def pauses_between(monkeypatch: pytest.MonkeyPatch, costs: Iterable[float]) -> list[float]:
    """How long it waited before the first snapshot, and after each that cost so much."""
    pauses: list[float] = []
    left = iter(costs)

    async def cost_of(_: int) -> float:
        for cost in left:
            return cost
        raise EnoughError

    async def wait(pause_s: float) -> None:
        pauses.append(pause_s)

    monkeypatch.setattr(snapshots, "_fork_and_save", lambda: 1)
    monkeypatch.setattr(snapshots, "_finished", cost_of)
    monkeypatch.setattr(asyncio, "sleep", wait)
    saving = Snapshots(nothing, every_s=MIN_S)
    saving._written_at = float("inf")
    with pytest.raises(EnoughError):
        asyncio.run(saving._save_again_and_again())
    return pauses


@given(cpu_s=st.floats(0, 1000), at_least_s=st.floats(0.1, 60))
def test_saving_takes_at_most_its_share(cpu_s: float, at_least_s: float) -> None:
    pause_s = pause_after(cpu_s, at_least_s=at_least_s)

    assert pause_s >= at_least_s
    assert cpu_s <= SHARE_OF_A_CORE * (cpu_s + pause_s) * (1 + 1e-9)


def test_a_costly_snapshot_is_followed_by_a_long_pause_and_a_cheap_one_by_a_short_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pauses = pauses_between(monkeypatch, [0.1, 2.9, 0.2])

    assert pauses == pytest.approx([MIN_S, MIN_S, 26.1, MIN_S])


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="snapshots need a safe fork")
def test_what_a_child_cost_is_its_own_cpu_time() -> None:
    child = os.posix_spawn(sys.executable, [sys.executable, "-c", BUSY], os.environ)

    assert asyncio.run(snapshots._finished(child)) >= 0.2
