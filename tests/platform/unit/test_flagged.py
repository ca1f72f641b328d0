"""A flagged workout counts for the diary alone: one table, asked by every service that counts workouts."""

import ast
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from gamification.base.domain import Facts
from gamification.records.domain import records_of
from gamification.xp.domain import contribution, score
from inventory.domain import contribution as wear
from local.paths import ROOT
from promos.facts import activity_of
from stadion.events.workouts import BestEffort, WorkoutFacts, WorkoutUse

ASKED = {
    WorkoutUse.XP: lambda facts: contribution(score(facts)),
    WorkoutUse.RECORDS: records_of,
    WorkoutUse.PLAY: lambda facts: Facts.of(facts, occurred_at=facts.started_at, xp=0).counts,
    WorkoutUse.WEAR: lambda facts: wear(facts, ["g-1"], {}),
    WorkoutUse.OFFERS: activity_of,
}


def facts(**fields: Any) -> WorkoutFacts:
    return WorkoutFacts(
        workout_id="w-1",
        revision=1,
        sport_type="Run",
        started_at=datetime(2026, 11, 20, 6, tzinfo=UTC),
        time_zone="UTC",
        elapsed_time_s=1800,
        moving_time_s=1800,
        distance_m=6000,
        best_efforts=[BestEffort(name="5k", distance_m=5000, elapsed_time_s=1500, start_offset_s=0)],
        **fields,
    )


@pytest.mark.parametrize(("use", "counted"), ASKED.items())
def test_it_counts_for_nothing_but_the_diary(use: WorkoutUse, counted: Callable[[WorkoutFacts], Any]) -> None:
    assert counted(facts())
    assert not counted(facts(flags=["gps_jump"])), use


def test_every_use_is_asked_for() -> None:
    """Fitness by telemetry, whose own tests hold it."""
    assert set(WorkoutUse) == {*ASKED, WorkoutUse.FITNESS}


def test_nobody_judges_flags_by_themselves() -> None:
    """But the diary, which makes them."""
    judging = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in (ROOT / "functions").rglob("*.py")
        if path.relative_to(ROOT).parts[1] != "workouts"
        for node in ast.walk(ast.parse(path.read_bytes(), filename=str(path)))
        if isinstance(node, ast.Attribute) and node.attr == "flags"
    ]
    assert judging == []
