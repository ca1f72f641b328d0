"""Real recordings, and builders for the ones that no device would write."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np

from local.recordings import recordings
from stadion.sports import SportType
from workouts.recordings.formats.service import decode
from workouts.recordings.measures.domain import Measures, measure
from workouts.recordings.recording import Floats, Pause, RawTrack, Recording, assembled

START = datetime(2026, 5, 1, 6, 0, tzinfo=UTC)

RIDE_4078 = ("4078723797.fit", "activity_4078723797.tcx", "activity_4078723797.gpx", "4078723797_strava.gpx")
RIDE_4801 = ("4801048867.fit", "activity_4801048867.tcx", "activity_4801048867.gpx", "4801048867_strava.gpx")


def path(name: str, package: str = "sweat") -> Path:
    return recordings(package) / name


@cache
def data(name: str, package: str = "sweat") -> bytes:
    return path(name, package).read_bytes()


@cache
def recording(name: str, package: str = "sweat") -> Recording:
    (only,) = decode(data(name, package))
    return only


@cache
def measures(name: str, package: str = "sweat") -> Measures:
    return measure(recording(name, package))


def a_recording(
    *,
    time_s: Sequence[float] | Floats = (0.0, 1.0),
    sport_type: SportType = SportType.RUN,
    pauses: tuple[Pause, ...] | None = None,
    barometric: bool = True,
    **channels: Sequence[float] | Floats,
) -> Recording:
    start_s = START.timestamp()
    return assembled(
        RawTrack(
            epoch_s=np.asarray(time_s, dtype=float) + start_s,
            channels={name: np.asarray(values, dtype=float) for name, values in channels.items()},
        ),
        file_format="test",
        sport_type=sport_type,
        started_epoch_s=start_s,
        pauses=pauses and tuple(Pause(pause.offset_s + start_s, pause.duration_s) for pause in pauses),
        barometric=barometric,
    )


def a_steady_run(*, metres: float, speed_mps: float = 4.0, **channels: Floats) -> Recording:
    time_s = np.arange(0, metres / speed_mps + 1e-9, 1.0)
    return a_recording(time_s=time_s, distance_m=time_s * speed_mps, **channels)


def a_gpx(points: str, *, kind: str = "running", head: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?>{head}<gpx version="1.1" creator="test"><trk><type>{kind}</type><trkseg>{points}'
        "</trkseg></trk></gpx>"
    ).encode()


def a_trkpt(second: int, *, lat: str = "50.0", lon: str = "5.0", inner: str = "", time: str | None = None) -> str:
    stamp = time if time is not None else f"2026-05-01T06:{second // 60:02}:{second % 60:02}Z"
    return f'<trkpt lat="{lat}" lon="{lon}"><ele>100</ele><time>{stamp}</time>{inner}</trkpt>'
