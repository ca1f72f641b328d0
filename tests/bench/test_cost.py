"""The counting that `docs/cost.md` rests on runs, and a workout still costs what was counted."""

import pytest

from tests.bench.cost import page
from tests.bench.cost.acts import counts

COUNTED = ("http", "invocations", "writes", "index_writes", "reads", "events", "sqs", "log_bytes", "kept_bytes")


def test_a_workout_told_by_hand_costs_what_the_page_says() -> None:
    found = counts(("manual",))["manual"].as_dict()

    known = page.acts_of()["manual"]
    assert {name: found[name] for name in COUNTED} == pytest.approx({name: known[name] for name in COUNTED}, rel=0.25)
    assert found["gb_s"] > 0
