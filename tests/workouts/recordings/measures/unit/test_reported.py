"""Weak and extreme recordings of the kinds that users of other services report: docs/proof/recordings-attack.md."""

import numpy as np
import pytest

from stadion.sports import SportType, sport
from stadion.streams.codec import Floats
from tests.workouts.recordings.formats.unit import fits
from tests.workouts.recordings.unit.samples import a_recording
from workouts.recordings.formats.service import decode
from workouts.recordings.measures.domain import measure
from workouts.recordings.measures.doubts import doubts
from workouts.recordings.recording import Recording

METRES_PER_DEGREE = 111_195.0
HOUR = np.arange(3_600.0)


def degrees(metres: Floats) -> Floats:
    """On the equator, where a degree is as long to the north as to the east."""
    return metres / METRES_PER_DEGREE


def placed(
    north_m: Floats,
    east_m: Floats | None = None,
    *,
    step_s: float = 1.0,
    sport_type: SportType = SportType.RUN,
    **channels: Floats,
) -> Recording:
    east_m = np.zeros(len(north_m)) if east_m is None else east_m
    time_s = step_s * np.arange(len(north_m))
    return a_recording(time_s=time_s, sport_type=sport_type, lat=degrees(north_m), lon=degrees(east_m), **channels)


def doubted(recording: Recording) -> dict[str, int]:
    found = doubts(recording, sport(recording.sport_type))
    return {channel: int(mask.sum()) for channel, mask in found.samples.items()}


# --- laps that lie ----------------------------------------------------------------------------------------------------


def a_tcx(*laps: tuple[float, float]) -> bytes:
    """A run of 3 m/s, 600 s each lap, of which seconds and metres are told."""
    seconds = iter(range(600 * len(laps) + 1))

    def point() -> str:
        second = next(seconds)
        return (
            f"<Trackpoint><Time>2026-05-01T06:{second // 60:02}:{second % 60:02}Z</Time><Position><LatitudeDegrees>"
            f"{3 * second / METRES_PER_DEGREE:.8f}</LatitudeDegrees><LongitudeDegrees>0</LongitudeDegrees></Position>"
            f"<DistanceMeters>{3 * second}</DistanceMeters></Trackpoint>"
        )

    written = "".join(
        f'<Lap StartTime="2026-05-01T06:{10 * number:02}:00Z"><TotalTimeSeconds>{lasted}</TotalTimeSeconds>'
        f"<DistanceMeters>{metres}</DistanceMeters><Track>{''.join(point() for _ in range(600))}</Track></Lap>"
        for number, (lasted, metres) in enumerate(laps)
    )
    activity = f'<Activity Sport="Running">{written}</Activity>'
    return f"<TrainingCenterDatabase><Activities>{activity}</Activities></TrainingCenterDatabase>".encode()


@pytest.mark.parametrize(
    "laps",
    [
        [(600, 1_800), (600, 1_800), (600, 1_800)],
        [(600, 1.8), (600, 1.8), (600, 1.8)],
        [(600, 1_800), (1_200, 3_600), (1_800, 5_400)],
        [(1_200, 3_600), (1_200, 3_600), (1_200, 3_600)],
    ],
    ids=["sound", "kilometres", "sums so far", "twice"],
)
def test_the_laps_of_a_tcx_are_one_witness_not_two(laps: list[tuple[float, float]]) -> None:
    (run,) = decode(a_tcx(*laps))
    told = measure(run)

    assert (told.distance_m, told.timer_time_s) == (pytest.approx(5_400, rel=0.01), pytest.approx(1_799, abs=2))
    assert (told.flags, told.disputed) == ((), ())


def test_a_lap_of_the_whole_beside_its_parts_does_not_double_it() -> None:
    def lap(first: int, last: int) -> bytes:
        lasted = 1_000 * (last - first)
        times = [(253, fits.UINT32, fits.at(last)), (2, fits.UINT32, fits.at(first))]
        told = [(7, fits.UINT32, lasted), (8, fits.UINT32, lasted), (9, fits.UINT32, 300 * (last - first))]
        return fits.message(fits.LAP, times + told)

    records = (fits.record(second, (5, fits.UINT32, 300 * second)) for second in range(601))
    (run,) = decode(fits.an_activity(*records, lap(0, 600), lap(0, 300), lap(300, 600)))

    told = measure(run)

    assert (told.distance_m, told.timer_time_s, told.disputed) == (1_800, 600, ())
