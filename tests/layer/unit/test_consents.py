"""Each channel, metric, number and measurement says which consent it needs."""

from collections.abc import Iterator

import pytest

from stadion.athletes import Measurement
from stadion.consents import COVERED, UncoveredError, health_among, is_health, needs
from stadion.events.accounts import ConsentKind
from stadion.events.workouts import WorkoutFacts


def _names() -> Iterator[tuple[str, str]]:
    from telemetry.live.sessions import batches
    from telemetry.metrics.workouts import domain as assessed
    from telemetry.metrics.workouts.values import Assessment
    from telemetry.metrics_table import METRICS
    from telemetry.streams.domain import KNOWN
    from telemetry.streams.values import Facts
    from telemetry.timeseries.domain import RECORDED
    from workouts.domain import Measured
    from workouts.recordings.recording import CHANNELS

    of = {
        "a channel of a recording": CHANNELS,
        "a column of a live session": batches.COLUMNS,
        "a stream": KNOWN,
        "a metric of devices": METRICS,
        "a metric of workouts": (*RECORDED, *assessed.COLUMNS),
        "a number of a workout": Measured.model_fields,
        "a fact that other services hear": WorkoutFacts.model_fields,
        "what telemetry keeps of a workout": Facts.model_fields,
        "a measurement of a body": [one.value for one in Measurement],
        "a number of what a workout means": Assessment.model_fields,
    }
    for what, names in of.items():
        yield from ((what, name) for name in names)


@pytest.mark.parametrize(("what", "name"), _names())
def test_everything_that_is_taken_measured_or_shown_says_which_consent_it_needs(what: str, name: str) -> None:
    assert name in COVERED, f"{name} is {what}: decide in stadion.consents which consent it needs"


def test_what_nobody_decided_on_is_not_taken() -> None:
    with pytest.raises(UncoveredError):
        needs("blood_glucose")


@pytest.mark.parametrize(
    "name", ["heart_rate", "heart_rate_bpm", "spo2", "hrv_rmssd", "mass", "trimp", "hr_tss", "zones", "mass_kg"]
)
def test_what_tells_of_the_body_is_health_data(name: str) -> None:
    assert is_health(name)


@pytest.mark.parametrize("name", ["power", "power_w", "cadence", "speed_mps", "distance_m", "temperature", "rpe"])
def test_what_was_done_is_none(name: str) -> None:
    assert needs(name) is None


def test_places_need_their_consent_to_be_seen_by_others() -> None:
    assert {needs(name) for name in ("lat", "lon", "latlng", "position", "polyline")} == {ConsentKind.LOCATION}
    assert health_among(["power", "heart_rate", "lat", "mass"]) == ["heart_rate", "mass"]
