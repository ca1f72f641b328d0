"""The effort of a workout is the same for the same relative effort, whoever makes it."""

from datetime import date
from typing import Any

import pytest

from gamification.athletes.domain import Athlete, zones_on
from gamification.base.effort import ABSOLUTE, EffortBasis, effort_at
from gamification.xp.domain import score
from stadion.athletes import BodyDay, Consent, Measurement
from stadion.events.accounts import ConsentKind
from tests.gamification.unit.test_rules import facts

DAY = date(2026, 11, 20)


def athlete(*, granted: bool = True, **fields: Any) -> Athlete:
    return Athlete(consents={ConsentKind.HEALTH_DATA: Consent(granted=granted, revision=1)}, **fields)


def body(day: date = DAY, **values: float) -> BodyDay:
    named = {Measurement(f"{name}_heart_rate_bpm"): value for name, value in values.items()}
    return BodyDay(day=day, revision=1, values=named)


def born(years_ago: int) -> date:
    return date(DAY.year - years_ago, 1, 1)


def at_share(age: int, share: float) -> int:
    """XP of an hour at a share of what is usual for the age."""
    zones = zones_on(athlete(birth_date=born(age)), [], DAY)
    bpm = share * (208 - 0.7 * age)
    return score(facts(moving_time_s=3600.0, average_heart_rate_bpm=bpm), zones).xp


@pytest.mark.parametrize("share", [0.5, 0.65, 0.75, 0.85, 0.95])
def test_the_same_relative_effort_earns_the_same_at_25_and_at_60(share: float) -> None:
    assert at_share(25, share) == at_share(60, share)


def test_the_steps_that_are_the_same_for_everybody_favoured_the_young() -> None:
    """0.85 of the usual maximum: what is corrected, not only that it is equal."""
    young, old = (effort_at(0.85 * (208 - 0.7 * age), ABSOLUTE).factor for age in (20, 65))
    assert young > old


@pytest.mark.parametrize(
    ("known", "days", "basis", "first_bound"),
    [
        ({}, [body(threshold=160, max=190, resting=50)], EffortBasis.THRESHOLD, 136),
        ({}, [body(max=190, resting=50)], EffortBasis.RESERVE, 134),
        ({"birth_date": born(30)}, [body(max=190)], EffortBasis.MAX, 114),
        ({"birth_date": born(30)}, [body(resting=50)], EffortBasis.AGE, 112),
        ({}, [], EffortBasis.ABSOLUTE, 110),
        ({}, [body(threshold=195, max=190, resting=50)], EffortBasis.RESERVE, 134),
        ({}, [body(max=45, resting=50)], EffortBasis.ABSOLUTE, 110),
        ({"granted": False, "birth_date": born(30)}, [body(threshold=160)], EffortBasis.ABSOLUTE, 110),
        ({"birth_date": date(2027, 1, 1)}, [], EffortBasis.ABSOLUTE, 110),
    ],
    ids=["threshold", "reserve", "max", "age", "nothing", "mistaken threshold", "mistaken max", "no consent", "unborn"],
)
def test_the_best_that_is_known_holds(
    known: dict[str, Any], days: list[BodyDay], basis: EffortBasis, first_bound: float
) -> None:
    zones = zones_on(athlete(**known), days, DAY)
    assert (zones.basis, zones.bounds[0]) == (basis, first_bound)


def test_what_was_measured_by_the_day_holds_and_before_the_first_time_that() -> None:
    days = [body(date(2026, 1, 1), threshold=150), body(date(2026, 6, 1), threshold=170)]
    known = athlete()
    found = [zones_on(known, days, on).bounds[3] for on in (date(2025, 1, 1), date(2026, 5, 31), date(2026, 6, 1))]
    assert found == [150, 150, 170]


def test_a_bound_begins_its_zone() -> None:
    zones = zones_on(athlete(), [body(threshold=160)], DAY)
    assert [effort_at(bpm, zones).zone for bpm in (135, 136, 143.9, 144, 159, 160)] == [1, 2, 2, 3, 4, 5]
