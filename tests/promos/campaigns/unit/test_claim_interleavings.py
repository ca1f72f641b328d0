"""Executions that want one run at the same time, in any order of their requests: one drives it."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promos.campaigns.plan.values import CampaignPlan
from promos.campaigns.run import service as lifecycle
from promos.campaigns.run import store, timer
from promos.campaigns.run.domain import Campaign, Run
from promos.offers.domain import Switch
from stadion.errors import StaleVersionError
from stadion.retry import retry_on_conflict
from tests.kit.interleaving import ORDERS, interleaved
from tests.kit.memory import Memory, memory
from tests.kit.size import sized

NOW = datetime(2026, 12, 1, 7, tzinfo=UTC)
PLAN = CampaignPlan.model_validate(
    {
        "name": "Winter",
        "time_zone": "Europe/Moscow",
        "schedule": {"at": "2026-12-01T10:00"},
        "variants": [{"name": "a", "promo_id": "shoes"}],
        "currency": "RUB",
    }
)
EXECUTIONS = st.lists(st.sampled_from(["one", "other", "third", "third"]), min_size=2, max_size=4)
"""A step that is tried again asks with its own execution's name."""


@contextmanager
def campaign() -> Iterator[tuple[Memory, set[str]]]:
    """The run's execution has died; the timer knows which executions run."""
    running: set[str] = set()
    with memory("promos") as table, pytest.MonkeyPatch.context() as patch:
        patch.setattr(timer, "is_running", running.__contains__)
        patch.setattr(timer, "begin_at", lambda *_: None)
        patch.setattr(lifecycle, "problems_of", lambda *_, **__: [])
        made = Campaign(campaign_id="winter", plan=PLAN, switch=Switch.ON, next_at=NOW, created_at=NOW, updated_at=NOW)
        store.put(None, made, NOW)
        yield table, running


def stopped_run() -> None:
    before = store.get("winter")
    run = Run(run_id="r-1", campaign_id="winter", plan=PLAN, execution="dead", begins_at=NOW, opened_at=NOW)
    store.open_run(before, before.changed(NOW, run_id="r-1", next_at=None), run, [], NOW)


def claim(execution: str) -> Callable[[], str | None]:
    return partial(lifecycle.open_run, "winter", "r-1", begins_at=NOW, execution=execution, now=NOW)


@given(executions=EXECUTIONS, order=ORDERS)
@settings(max_examples=sized(small=48, large=600))
def test_a_stopped_run_is_taken_over_by_one_execution(executions: list[str], order: list[int]) -> None:
    with campaign() as (table, running):
        stopped_run()
        running |= set(executions)

        answers = interleaved(table, [claim(execution) for execution in executions], order)

        driver = store.get_run("winter", "r-1").execution
        assert driver in executions
        assert [answer is None for answer in answers] == [execution == driver for execution in executions]


@given(executions=EXECUTIONS, order=ORDERS)
@settings(max_examples=sized(small=48, large=600))
def test_a_run_begins_once(executions: list[str], order: list[int]) -> None:
    with campaign() as (table, running):
        running |= set(executions)

        answers = interleaved(table, [claim(execution) for execution in executions], order)

        driver = store.get_run("winter", "r-1").execution
        told = Counter(item.body["detail_type"] for item in table.stored("outbox"))
        assert [answer is None for answer in answers] == [execution == driver for execution in executions]
        assert told == {"CampaignStarted": 1}


@given(executions=EXECUTIONS, order=ORDERS)
@settings(max_examples=sized(small=32, large=400))
def test_a_run_that_is_ended_meanwhile_is_nobodys_and_ends_once(executions: list[str], order: list[int]) -> None:
    with campaign() as (table, running):
        stopped_run()
        running |= set(executions)
        ending = partial(lifecycle.end_run, "winter", "r-1", NOW)

        interleaved(table, [*(claim(execution) for execution in executions), ending, ending], order)

        assert store.get_run("winter", "r-1").is_over
        assert store.get("winter").run_id is None
        assert [item.body["detail_type"] for item in table.stored("outbox")] == ["CampaignEnded"]


@given(executions=EXECUTIONS, order=ORDERS)
@settings(max_examples=sized(small=32, large=400))
def test_a_pause_stands_whatever_begins_meanwhile(executions: list[str], order: list[int]) -> None:
    with campaign() as (table, running):
        running |= set(executions)

        def pause() -> None:
            before = store.get("winter")
            store.put(before, before.changed(NOW, switch=Switch.PAUSED), NOW)

        pausing = partial(retry_on_conflict, pause, also=(StaleVersionError,))
        interleaved(table, [pausing, *(claim(execution) for execution in executions)], order)

        assert store.get("winter").switch is Switch.PAUSED


@pytest.mark.parametrize(("execution", "noted"), [("dead", False), ("one", True), (None, True)])
def test_an_execution_that_was_taken_over_from_says_nothing_of_the_run(execution: str | None, noted: bool) -> None:
    with campaign() as (_, running):
        stopped_run()
        running.add("one")
        assert claim("one")() is None

        lifecycle.note_failure("winter", "r-1", "States.Timeout", "", NOW, execution=execution)

        assert (store.get_run("winter", "r-1").failure is not None) is noted
