"""An app that writes a month of measurements in a minute has each workout measured once, and only if it matters."""

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from stadion import clock
from stadion.sports import SportType
from stadion.streams.recorded import bundle, chunks, joined, unbundle
from telemetry.metrics.values import INPUTS, Body, MetricInput
from telemetry.metrics.workouts import service, work
from telemetry.metrics.workouts.domain import assess
from telemetry.streams import store as stream_store
from telemetry.streams.values import Facts
from tests.kit.clock import Clock
from tests.kit.services import ATHLETE, Service
from tests.telemetry.metrics.integration import test_metrics as world
from tests.telemetry.metrics.integration.test_metrics import (
    brought,
    deliver,
    left_in,
    physical,
    quiet,
    ridden,
    work_off,
)

pytestmark = pytest.mark.usefixtures("standing_clock")
RIDES, RUNS, CHANGES = 3, 4, 30

ride = world.ride


@pytest.fixture
def diary(telemetry: Service, ride: bytes) -> Service:
    """Rides with power, and runs with nothing but a pulse; some FTP and some pace were known before them."""
    bare = bundle(chunks({"time_s": np.arange(0.0, 1800.0), "heart_rate_bpm": np.full(1800, 150.0)}))
    brought(telemetry, physical("2026-01-01", ftp_w=150, threshold_pace_s_per_km=300))
    for number in range(RIDES):
        brought(telemetry, ridden(telemetry, ride, f"ride-{number}", started_at=f"2026-11-{15 + number}T05:40:00Z"))
    for number in range(RUNS):
        run: dict[str, Any] = {"sport_type": "Run", "started_at": f"2026-11-{15 + number}T15:40:00Z"}
        brought(telemetry, ridden(telemetry, bare, f"run-{number}", **run))
    return telemetry


def month() -> list[dict[str, Any]]:
    first = date(2026, 10, 20)
    return [physical((first + timedelta(days=n)).isoformat(), ftp_w=200 + n, mass_kg=60 + n) for n in range(CHANGES)]


class Decoded:
    def __init__(self, telemetry: Service) -> None:
        self.of: Counter[str] = Counter()
        straight = stream_store.read_streams

        def read(user_id: str, kept: Any) -> Any:
            self.of[kept.workout_id] += 1
            return straight(user_id, kept)

        telemetry.monkeypatch.setattr(stream_store, "read_streams", read)


def test_a_month_of_changes_measures_each_ride_once_and_no_run(diary: Service) -> None:
    changes = month()
    decoded = Decoded(diary)
    assert deliver(diary, *changes) == []
    asked_for = left_in("touched_days")
    assert len(asked_for) == CHANGES
    assert quiet(diary, *asked_for) == []
    asked = left_in("measuring")
    assert work_off(diary, asked) == []
    assert len(asked) == RIDES + RUNS  # before: 30 × 7
    assert decoded.of == {f"ride-{number}": 1 for number in range(RIDES)}  # before: 30 × 7


def test_measurements_that_no_number_rests_on_decode_nothing(diary: Service) -> None:
    decoded = Decoded(diary)
    assert brought(diary, physical("2026-11-02", ftp_w=180)) == RIDES + RUNS
    assert decoded.of == {f"ride-{n}": 1 for n in range(RIDES)}  # no run has power
    decoded.of.clear()
    assert brought(diary, physical("2026-11-03", max_heart_rate_bpm=190)) == RIDES + RUNS
    assert decoded.of == {f"{kind}-{n}": 1 for kind, most in (("ride", RIDES), ("run", RUNS)) for n in range(most)}


@pytest.mark.parametrize("seed", range(4))
def test_any_order_and_any_repetition_ends_in_the_same_metrics(diary: Service, seed: int) -> None:
    changes = month()
    brought(diary, *changes)
    expected = [world.metrics(diary, f"ride-{n}").body["tss"] for n in range(RIDES)]
    data = [change["detail"]["data"] for change in changes]
    brought(diary, *(physical(one["measured_on"], revision=2, ftp_w=100) for one in data))
    again = [physical(one["measured_on"], revision=3, ftp_w=one["ftp_w"]) for one in data]
    shuffled = random.Random(seed)
    mixed = again * 2
    shuffled.shuffle(mixed)
    deliver(diary, *mixed)
    touched = left_in("touched_days") * 2
    shuffled.shuffle(touched)
    assert quiet(diary, *touched) == []
    asked = left_in("measuring") * 2
    shuffled.shuffle(asked)
    assert work_off(diary, asked) == []
    assert [world.metrics(diary, f"ride-{n}").body["tss"] for n in range(RIDES)] == expected


def test_changes_that_never_end_are_measured_after_a_minute(diary: Service, standing_clock: Clock) -> None:
    for number in range(25):
        deliver(diary, physical(ftp_w=200 + number, revision=number + 1))
        standing_clock.advance(seconds=4)
        (first, *_) = touched = left_in("touched_days")
        deliver(diary, physical("2026-11-02", ftp_w=300 + number, revision=number + 1))
        assert quiet(diary, first) == []  # another change has come since
        if left_in("measuring"):
            break
        assert touched
    assert 60 <= number * 4 + 4 <= 68


def test_what_is_touched_while_workouts_are_asked_for_is_asked_for_after_it(diary: Service) -> None:
    straight = work.ask

    def overtaken(*args: Any, **more: Any) -> int:
        diary.monkeypatch.setattr(work, "ask", straight)
        deliver(diary, physical("2026-11-10", ftp_w=250))
        return straight(*args, **more)

    deliver(diary, physical(ftp_w=200))
    touched = left_in("touched_days")
    diary.monkeypatch.setattr(work, "ask", overtaken)
    assert quiet(diary, *touched) == []
    assert work_off(diary, left_in("measuring")) == []
    assert quiet(diary, *left_in("touched_days")) == []
    assert len(left_in("measuring")) == RIDES + RUNS


def test_an_event_of_the_workout_tells_the_series_again(diary: Service, ride: bytes) -> None:
    """As a replay into a new Timestream needs it."""
    told: list[str] = []
    straight = service._tell_series

    def tell(*given: Any) -> None:
        told.append("told")
        straight(*given)

    diary.monkeypatch.setattr(service, "_tell_series", tell)
    brought(diary, ridden(diary, ride, "ride-0", started_at="2026-11-15T05:40:00Z"))
    assert told == ["told", "told"]  # delivered twice
    work.ask(ATHLETE, ["ride-0"], correlation_id="c", now=clock.now(), only_if_changed=True)
    assert work_off(diary, left_in("measuring")) == []
    assert told == ["told", "told"]


def test_each_input_is_found_among_those_of_some_number(ride: bytes) -> None:
    """Else a change of it would measure nothing anew."""
    values = {"resting": 50, "max": 190, "threshold": 170, "ftp": 200, "pace": 270, "weighting": "male"}
    body = Body(**{name: MetricInput(value=value, since=date(2026, 1, 1)) for name, value in values.items()})
    facts = Facts(day=date(2026, 11, 20), elapsed_time_s=1800, moving_time_s=1800)
    found = assess(facts, SportType.RUN, joined(unbundle(ride)), body).inputs
    assert found >= {INPUTS.get(name, name) for name in vars(body)}
