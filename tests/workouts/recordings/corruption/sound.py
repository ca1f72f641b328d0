"""Stretches of real recordings whose witnesses agree, to be corrupted one at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise

import numpy as np
from hypothesis import Phase, settings

from tests.kit.size import examples
from tests.workouts.recordings.unit import samples
from workouts.recordings.measures.domain import Measures, measure
from workouts.recordings.recording import DeviceLap, DeviceTotals, Floats, Pause, RawTrack, Recording, assembled

RIDES = (
    ("4078723797.fit", "sweat"),
    ("4801048867.fit", "sweat"),
    ("outdoor/A_Groba_-_Oia.fit", "pyfitness"),
    ("outdoor/Morning_Ride.fit", "pyfitness"),
    ("indoor/Zwift_Zwift_Fast_Fridays_Bologna_Time_Trial_E_.fit", "pyfitness"),
    ("cheats/pedal_calibration/Zwift_Kickr_true_Dec+19_2022.fit", "pyfitness"),
    ("Luciano/Outdoor/Luciano_indoor_climb_839m_distance_18.356km_power5_401.fit", "pyfitness"),
    ("Luciano/Outdoor/Luciano_indoor_climb_808m_distance_27.871km_power5_312.fit", "pyfitness"),
)
"""With positions and a counter of distance that agree within 1 %."""
RUNS = (("outdoor_half_marathon.FIT", "polar-running-index"), ("treadmill_12km.FIT", "polar-running-index"))
"""Without positions."""
RECORDS = 900
LEAD = 100
"""Records that a counter may need to find its way again."""


def of_real_files(*, small: int, large: int) -> settings:
    """A smaller example is no plainer one here, and the search for it takes minutes."""
    return settings(examples(small=small, large=large), phases=[Phase.explicit, Phase.generate])


@dataclass(frozen=True, eq=False)
class Sound:
    """What a decoder hands over; `pauses` and `laps` in Unix time."""

    like: Recording
    start_s: float
    track: RawTrack
    totals: DeviceTotals = field(default_factory=DeviceTotals)
    pauses: tuple[Pause, ...] | None = None
    laps: tuple[DeviceLap, ...] = ()

    def __len__(self) -> int:
        return len(self.track.epoch_s)

    def of(self, channel: str) -> Floats:
        return self.track.channels[channel]

    def saying(self, **totals: float | None) -> "Sound":
        return replace(self, totals=replace(self.totals, **totals))

    def having(self, channels: Mapping[str, Floats]) -> "Sound":
        return replace(self, track=replace(self.track, channels={**self.track.channels, **channels}))

    def at(self, epoch_s: Floats) -> "Sound":
        return replace(self, track=replace(self.track, epoch_s=epoch_s))

    def until(self, records: int) -> "Sound":
        kept = {name: values[:records] for name, values in self.track.channels.items()}
        return replace(self, track=RawTrack(epoch_s=self.track.epoch_s[:records], channels=kept))

    def without(self, *channels: str) -> "Sound":
        return self.having({name: np.full(len(self), np.nan) for name in channels})

    def recording(self) -> Recording:
        return assembled(
            self.track,
            file_format=self.like.file_format,
            sport_type=self.like.sport_type,
            started_epoch_s=self.start_s if self.totals != DeviceTotals() else None,
            pauses=self.pauses,
            laps=self.laps,
            totals=self.totals,
            barometric=self.like.barometric,
            device=self.like.device,
        )

    def measured(self) -> Measures:
        return measure(self.recording())


def _steady(whole: Recording, records: int) -> slice:
    """The first stretch after the start without a stop, and without a counter that catches up."""
    ends = np.concatenate(([True], (np.diff(whole.time_s) > 5) | (np.abs(np.diff(whole.distance_m)) > 40), [True]))
    edges = np.flatnonzero(ends)
    first = next(
        (a + LEAD for a, b in pairwise(edges.tolist()) if b - a > records + LEAD), max(0, len(whole) - records)
    )
    return slice(first, first + records)


@cache
def cut(name: str, package: str, records: int = RECORDS) -> Sound:
    """A stretch of the file with totals that say of it what its channels say."""
    whole = samples.recording(name, package)
    part = _steady(whole, records)
    channels = {channel: values[part] for channel, values in whole.channels().items()}
    channels["distance_m"] = channels["distance_m"] - channels["distance_m"][0]
    epoch_s = whole.time_s[part] + whole.started_at.timestamp()
    sound = Sound(like=whole, start_s=float(epoch_s[0]), track=RawTrack(epoch_s=epoch_s, channels=channels))
    elapsed_s = float(epoch_s[-1] - epoch_s[0])
    heard = measure(replace(sound, pauses=None).recording())
    return replace(
        sound,
        totals=DeviceTotals(
            elapsed_time_s=elapsed_s,
            timer_time_s=elapsed_s - sum(pause.duration_s for pause in heard.pauses),
            distance_m=float(np.nanmax(channels["distance_m"])),
            ascent_m=heard.ascent_m,
        ),
    )


def stopped(sound: Sound, at: int, stop_s: float) -> Sound:
    """With a stop near the record `at`, where the athlete is slow, of which timer events, laps, the session and the
    records tell."""
    near = np.arange(max(1, at - 60), min(len(sound), at + 60))
    at = int(near[np.argmin(np.diff(sound.of("distance_m"))[near - 1])])
    epoch_s = sound.track.epoch_s + np.where(np.arange(len(sound)) >= at, stop_s, 0.0)
    timer_s = sound.totals.timer_time_s or 0.0
    middle = len(sound) // 2
    halves = ((0, middle), (middle, len(sound) - 1))
    laps = [
        DeviceLap(
            offset_s=float(epoch_s[first]),
            elapsed_time_s=float(epoch_s[last] - epoch_s[first]),
            timer_time_s=float(sound.track.epoch_s[last] - sound.track.epoch_s[first]),
            distance_m=float(sound.of("distance_m")[last] - sound.of("distance_m")[first]),
        )
        for first, last in halves
    ]
    before = float(epoch_s[at - 1])
    stopped_there = sound.at(epoch_s).saying(elapsed_time_s=float(epoch_s[-1] - epoch_s[0]), timer_time_s=timer_s)
    return replace(stopped_there, pauses=(Pause(before, stop_s),), laps=tuple(laps))
