"""What held on a day, zones, and what a change touches."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from stadion.athletes import BodyDay, Measurement
from stadion.events.accounts import Gender
from stadion.streams.codec import Floats
from telemetry.metrics.athletes.domain import Athlete, Person, Touched, age_on, body_on, touched_by
from telemetry.metrics.zones import heart_rate_zones, power_zones, seconds_in

M = Measurement
BORN = date(1986, 6, 15)


def day(number: int) -> date:
    return date(2026, 1, 1) + timedelta(days=number)


def entry(number: int, **values: float) -> BodyDay:
    named = {Measurement(name): value for name, value in values.items()}
    return BodyDay(day=day(number), revision=1, values=named, ever=list(named))


def athlete(*entries: BodyDay, **profile: object) -> Athlete:
    return Athlete(Person.model_validate(profile), entries)


def test_the_last_value_of_each_measurement_holds() -> None:
    someone = athlete(entry(1, ftp_w=200, max_heart_rate_bpm=190), entry(5, ftp_w=250))
    body = body_on(someone, day(9))
    assert body.ftp is not None
    assert body.max is not None
    assert (body.ftp.value, body.ftp.since, body.ftp.assumed) == (250, day(5), None)
    assert (body.max.value, body.max.since) == (190, day(1))


def test_before_the_first_entry_it_is_assumed_and_said_so() -> None:
    ftp = body_on(athlete(entry(5, ftp_w=250)), day(2)).ftp
    assert ftp is not None
    assert (ftp.value, ftp.assumed) == (250, "measured_later")


def test_what_nobody_measured_is_estimated_where_a_formula_can() -> None:
    body = body_on(athlete(birth_date=BORN), date(2026, 6, 15))
    assert body.max is not None
    assert body.threshold is not None
    assert (body.max.value, body.max.assumed) == (180, "tanaka_2001")
    assert (body.resting.value, body.resting.assumed) == (60, "usual")
    assert (body.threshold.value, body.threshold.assumed) == (162, "85_percent_of_reserve")
    assert (body.weighting.value, body.weighting.assumed) == ("male", "usual")
    assert (body.ftp, body.pace) == (None, None)
    assert body_on(athlete(gender=Gender.FEMALE), day(1)).weighting.assumed is None


def test_without_an_age_there_is_no_highest_pulse() -> None:
    body = body_on(athlete(), day(1))
    assert (body.max, body.threshold, heart_rate_zones(body), power_zones(body)) == (None, None, None, None)


def test_a_heart_that_beats_no_faster_than_at_rest_is_a_mistake() -> None:
    someone = athlete(entry(1, resting_heart_rate_bpm=100, max_heart_rate_bpm=90, threshold_heart_rate_bpm=80))
    assert (body_on(someone, day(2)).max, body_on(someone, day(2)).threshold) == (None, None)


def test_a_threshold_above_the_highest_pulse_is_a_mistake() -> None:
    someone = athlete(entry(1, max_heart_rate_bpm=180), entry(2, threshold_heart_rate_bpm=185))
    assert body_on(someone, day(3)).threshold == body_on(athlete(entry(1, max_heart_rate_bpm=180)), day(3)).threshold


def test_age_counts_birthdays() -> None:
    assert [age_on(BORN, date(2026, 6, number)) for number in (14, 15)] == [39, 40]


def test_zones_are_friels_when_the_threshold_was_measured() -> None:
    zones = heart_rate_zones(body_on(athlete(entry(1, threshold_heart_rate_bpm=172)), day(2)))
    assert zones is not None
    assert (zones.method, zones.bounds, zones.estimated) == ("friel_threshold", [146, 155, 163, 172], False)


def test_zones_are_karvonens_otherwise_and_say_that_they_are_estimated() -> None:
    zones = heart_rate_zones(body_on(athlete(birth_date=BORN), date(2026, 7, 1)))
    assert zones is not None
    assert (zones.method, zones.bounds, zones.estimated) == ("karvonen_reserve", [132, 144, 156, 168], True)


def test_power_zones_are_coggans() -> None:
    zones = power_zones(body_on(athlete(entry(1, ftp_w=200)), day(2)))
    assert zones is not None
    assert zones.bounds == [110, 150, 180, 210, 240, 300]


@given(arrays(np.float64, 60, elements=st.one_of(st.floats(40, 210), st.just(np.nan))), st.integers(1, 5))
def test_zones_sum_to_the_recorded_time(bpm: Floats, step: int) -> None:
    weight_s = np.full(60, float(step))
    seconds = seconds_in(bpm, weight_s, [100, 120, 140, 160])
    assert len(seconds) == 5
    assert sum(seconds) == pytest.approx(float(weight_s[~np.isnan(bpm)].sum()))


def test_a_value_on_a_bound_belongs_to_the_zone_above() -> None:
    assert seconds_in(np.array([100.0, 119.0, 120.0]), np.ones(3), [100, 120]) == [0, 2, 1]


# --- what a change touches ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("others", "touched"),
    [
        ([], Touched()),
        ([entry(2, ftp_w=200)], Touched(since=day(5))),
        ([entry(9, ftp_w=200)], Touched()),
        ([entry(2, ftp_w=200), entry(9, ftp_w=210)], Touched(since=day(5), until=day(9))),
        ([entry(2, ftp_w=200), entry(9, max_heart_rate_bpm=190)], Touched(since=day(5))),
    ],
)
def test_a_change_touches_what_it_may_count_for(others: list[BodyDay], touched: Touched) -> None:
    changed = entry(5, ftp_w=250)
    entries = sorted([*others, changed], key=lambda one: one.day)
    assert touched_by(athlete(*entries), changed) == touched


ENTRIES = st.dictionaries(
    st.integers(0, 12), st.dictionaries(st.sampled_from([M.FTP, M.MAX]), st.floats(100, 300), max_size=2), max_size=6
)


@given(ENTRIES, st.integers(0, 12), st.dictionaries(st.sampled_from([M.FTP, M.MAX]), st.floats(100, 300), max_size=2))
def test_a_day_that_is_not_touched_has_the_same_body_as_before(
    known: dict[int, dict[Measurement, float]], number: int, values: dict[Measurement, float]
) -> None:
    def entries(days: dict[int, dict[Measurement, float]]) -> Athlete:
        return Athlete(
            days=tuple(BodyDay(day=day(n), revision=1, values=days[n], ever=list(days[n])) for n in sorted(days))
        )

    before, after = entries(known), entries({**known, number: values})
    ever = list({**known.get(number, {}), **values})
    touched = touched_by(after, BodyDay(day=day(number), revision=2, values=values, ever=ever))
    for other in range(-2, 16):
        if touched is None or day(other) not in touched:
            assert body_on(before, day(other)) == body_on(after, day(other))
