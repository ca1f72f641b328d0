"""Ways in which one witness of a workout goes wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from tests.workouts.recordings.corruption.sound import Sound
from workouts.recordings.recording import Floats

DAY_S: Final = 86_400.0
FAR: Final = {"distance_m": 20_000.0, "altitude_m": 2_000.0, "lat": 0.5, "lon": 0.5}
"""How far spikes, steps and shifts go: a sensor out of order, no noise."""


@dataclass(frozen=True)
class Place:
    """Where, as shares of the records; `factor` is that of a scale."""

    first: float
    length: float
    factor: float = 0.7

    def of(self, records: int) -> tuple[int, int]:
        first = int(self.first * records)
        return first, min(records, max(first + 1, first + int(self.length * records)))


def _one(values: Floats, kind: str, place: Place, far: float) -> Floats:
    first, last = place.of(len(values))
    values = values.copy()
    if kind == "drop":
        values[:] = np.nan
    elif kind == "drop a part":
        values[first:last] = np.nan
    elif kind == "freeze":
        values[first:] = values[first]
    elif kind == "zero":
        values[first:last] = 0.0
    elif kind == "spike":
        values[first] += far
    elif kind == "step":
        values[first:] += far
    elif kind == "reset":
        values[first:] -= values[first]
    elif kind == "scale":
        values = values[0] + (values - values[0]) * place.factor
    elif kind == "shift":
        values += far
    else:
        raise ValueError(kind)
    return values


def _channels(*names: str) -> Callable[[Sound, str, Place], Sound]:
    def corrupted(sound: Sound, kind: str, place: Place) -> Sound:
        return sound.having({name: _one(sound.of(name), kind, place, FAR[name]) for name in names})

    return corrupted


def _total(*names: str) -> Callable[[Sound, str, Place], Sound]:
    def corrupted(sound: Sound, kind: str, place: Place) -> Sound:
        said = {name: getattr(sound.totals, name) or 0.0 for name in names}
        changed: Mapping[str, float | None] = {
            "drop": dict.fromkeys(said),
            "zero": dict.fromkeys(said, 0.0),
            "spike": {name: 50 * value for name, value in said.items()},
            "scale": {name: value * place.factor for name, value in said.items()},
            "shift": {name: value * 1.5 for name, value in said.items()},
        }[kind]
        return sound.saying(**changed)

    return corrupted


def _events(sound: Sound, kind: str, place: Place) -> Sound:
    pauses = sound.pauses or ()
    if kind == "drop":
        return replace(sound, pauses=None)
    if kind == "drop a part":
        return replace(sound, pauses=())
    moved = {"shift": 7 * DAY_S, "step": place.factor * 100}[kind]
    return replace(sound, pauses=tuple(replace(pause, offset_s=pause.offset_s + moved) for pause in pauses))


def _laps(sound: Sound, kind: str, place: Place) -> Sound:
    if kind == "drop":
        return replace(sound, laps=())
    if kind == "drop a part":
        return replace(sound, laps=sound.laps[:1])
    factor = {"zero": 0.0, "scale": place.factor}[kind]
    return replace(
        sound, laps=tuple(replace(lap, timer_time_s=(lap.timer_time_s or 0.0) * factor) for lap in sound.laps)
    )


def _records(sound: Sound, kind: str, place: Place) -> Sound:
    first, _ = place.of(len(sound))
    epoch_s = sound.track.epoch_s.copy()
    if kind == "drop a part":
        return sound.until(max(len(sound) // 2, first))
    if kind == "spike":
        epoch_s[first] += 3 * DAY_S
    elif kind == "step":
        epoch_s[: max(1, first // 4)] -= 20 * 365 * DAY_S
    else:
        raise ValueError(kind)
    return sound.at(epoch_s)


CHANNEL_KINDS: Final = ("drop", "drop a part", "freeze", "zero", "spike", "step", "reset", "scale", "shift")
TOTAL_KINDS: Final = ("drop", "zero", "spike", "scale", "shift")
OPEN: Final = ("scale", "shift")
"""What does not show itself: two witnesses cannot decide."""


@dataclass(frozen=True)
class Witness:
    kinds: tuple[str, ...]
    corrupted: Callable[[Sound, str, Place], Sound]
    removed: Callable[[Sound], Sound]


DISTANCE: Final = {
    "positions": Witness(
        tuple(kind for kind in CHANNEL_KINDS if kind not in {"reset", "shift"}),
        _channels("lat", "lon"),
        lambda sound: sound.without("lat", "lon"),
    ),
    "distance": Witness(CHANNEL_KINDS, _channels("distance_m"), lambda sound: sound.without("distance_m")),
    "session": Witness(TOTAL_KINDS, _total("distance_m"), lambda sound: sound.saying(distance_m=None)),
}
TIME: Final = {
    "session": Witness(
        ("drop", "zero", "spike", "scale"),
        _total("timer_time_s"),
        lambda sound: sound.saying(timer_time_s=None, elapsed_time_s=None),
    ),
    "laps": Witness(("drop", "drop a part", "zero", "scale"), _laps, lambda sound: replace(sound, laps=())),
    "events": Witness(("drop", "drop a part", "shift", "step"), _events, lambda sound: replace(sound, pauses=None)),
    "records": Witness(("drop a part", "spike", "step"), _records, lambda sound: sound),
}
ASCENT: Final = {
    "altitude": Witness(
        ("drop", "drop a part", "freeze", "zero", "spike", "step"),
        _channels("altitude_m"),
        lambda sound: sound.without("altitude_m"),
    ),
    "session": Witness(("drop", "zero", "spike"), _total("ascent_m"), lambda sound: sound.saying(ascent_m=None)),
}
