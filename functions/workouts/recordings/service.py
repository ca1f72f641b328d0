"""From bytes to diary entries, and their seconds to whoever keeps them: this service's only door to NumPy."""

import hashlib
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, reduce
from types import FrameType
from typing import Any, Final

import numpy as np

from stadion import claims
from stadion.consents import but_health
from stadion.events.workouts import StreamsClaim
from stadion.sports import SportType
from stadion.streams.recorded import MOVING, TIME, bundle, chunks, joined, unbundle, with_doubts
from stadion.streams.told import packed
from workouts.athletes.values import Athlete
from workouts.domain import Cut, Disputed, LivePart, Measured, Track, Workout
from workouts.matching import is_same_workout
from workouts.recordings.errors import RecordingError
from workouts.recordings.formats.parts import LeftOut
from workouts.recordings.formats.service import decode, decoded
from workouts.recordings.measures.domain import VIRTUAL, Judged, Measures, fingerprint, judged, measure, measures_of
from workouts.recordings.measures.guess import guessed_sport
from workouts.recordings.measures.told import moving, told_of
from workouts.recordings.merge import merged
from workouts.recordings.permitted import permitted
from workouts.recordings.places import country_at
from workouts.recordings.recording import CHANNELS, DeviceTotals, Pause, Recording
from workouts.recordings.stretch import stretch
from workouts.recordings.units import counts_steps

SAME_NAMES = set(Measured.model_fields) & set(Measures.__dataclass_fields__) - {"best_efforts", "disputed", "flags"}


MEASURING_S: Final = 90.0
"""Of the two minutes that a function has."""
BodyAt = Callable[[datetime], Athlete]
"""What is known of the athlete's body at a moment (on its day in UTC)."""


def _of_nobody(_: datetime) -> Athlete:
    """Whoever measures for no athlete asks nobody."""
    return Athlete(agrees=True)


@dataclass(frozen=True)
class Source:
    """A recording that a workout is of, decoded."""

    recording: Recording


@dataclass(frozen=True)
class Entry:
    """A recording with what was measured in it, as far as its athlete agrees; `decoded` is all of it."""

    decoded: Recording
    agrees: bool
    judged: Judged
    measured: Measured
    track: Track

    @property
    def source(self) -> Source:
        """As it was decoded: without a sport that was a guess."""
        is_told = self.decoded.sport_is_told
        return Source(self.decoded if is_told else replace(self.decoded, sport_type=SportType.WORKOUT))

    @property
    def recording(self) -> Recording:
        return self.judged.recording

    @cached_property
    def bundled(self) -> bytes:
        """Every recorded second, in a bundle of chunks: as recorded, but for the way, which is what we believe; and
        what was measured in it."""
        channels, covered_m = self.recording.channels(), self.judged.line.covered_m
        channels["distance_m"] = np.full(self.samples, np.nan) if covered_m is None else covered_m
        recorded = {name: values for name, values in channels.items() if not np.isnan(values).all()}
        columns = {TIME: self.recording.time_s, **recorded, MOVING: moving(self.judged)}
        parts = chunks(with_doubts(columns, self.judged.doubts.samples))
        return bundle([*parts, packed(told_of(self.judged, self.measured, self.track))])

    @property
    def samples(self) -> int:
        return len(self.recording)

    @property
    def format(self) -> str:
        return self.recording.file_format


@dataclass(frozen=True)
class Contents:
    """Of a file: the parts that are activities, and those that are not."""

    entries: list[Entry]
    left_out: tuple[LeftOut, ...] = ()


@contextmanager
def within_time(seconds: float = MEASURING_S) -> Iterator[None]:
    """`RecordingError` when what is done here takes longer, so that it is said once instead of tried again and again.

    By the process's timer, which the main thread alone may set; elsewhere there is no bound."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    former = signal.signal(signal.SIGALRM, _too_long)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)


def _too_long(_: int, __: FrameType | None) -> None:
    raise RecordingError("takes_too_long")


def entries_of(data: bytes, *, sport_type: SportType | None, now: datetime) -> list[Entry]:
    """One entry per activity in the file; `sport_type` overrides what a file with one activity says."""
    return contents_of(data, sport_type=sport_type, now=now).entries


def contents_of(data: bytes, *, sport_type: SportType | None, now: datetime, body_at: BodyAt = _of_nobody) -> Contents:
    """`entries_of`, with what was left out."""
    found = decoded(data, now=now)
    told = sport_type if len(found.recordings) == 1 else None
    return Contents([entry_of(one, told, body_at) for one in found.recordings], found.left_out)


def entry_of(recording: Recording, sport_type: SportType | None, body_at: BodyAt = _of_nobody) -> Entry:
    """Measured by the rules of that sport; of its own, or the one that it probably was, if that is None."""
    if sport_type is not None:
        return _entry(replace(recording, sport_type=sport_type), body_at)
    entry = _entry(recording, body_at)
    if recording.sport_is_told:
        return entry
    guess = guessed_sport(entry.judged.line)
    if guess.sport_type is not recording.sport_type:
        entry = _entry(replace(recording, sport_type=guess.sport_type), body_at)
    told = {"sport_guessed": True, "guessed_by": guess.reason}
    return replace(entry, measured=entry.measured.model_copy(update=told))


def live_source(live: LivePart, bundled: bytes | None) -> Source:
    """What telemetry received while the athlete was under way."""
    columns = joined(unbundle(bundled)) if bundled is not None else {TIME: np.empty(0)}
    n = len(columns[TIME])
    channels: dict[str, Any] = {name: columns.get(name, np.full(n, np.nan)) for name in CHANNELS}
    elapsed_s = (live.ended_at - live.started_at).total_seconds()
    pauses = tuple(Pause(pause.start_s, pause.end_s - pause.start_s) for pause in live.pauses)
    timer_s = max(0.0, elapsed_s - sum(pause.duration_s for pause in pauses))
    recording = Recording(
        file_format="live",
        sport_type=live.sport_type,
        started_at=live.started_at.astimezone(UTC),
        time_s=columns[TIME],
        pauses=pauses,
        totals=DeviceTotals(elapsed_time_s=elapsed_s, timer_time_s=timer_s),
        counts_steps=counts_steps(channels["cadence_rpm"]),
        **channels,
    )
    return Source(recording)


def bundled_without_health(bundled: bytes) -> bytes:
    """The columns of a live session, without those; the same bytes where there are none."""
    columns = joined(unbundle(bundled))
    without = but_health(columns)
    return bundled if without.keys() == columns.keys() else bundle(chunks(without))


def claim_of(user_id: str, workout_id: str, entry: Entry) -> StreamsClaim | None:
    """On the recorded seconds, named by their content; None: there are none."""
    if not entry.samples:
        return None
    name = hashlib.sha256(entry.bundled).hexdigest()[:16]
    return StreamsClaim(key=f"{claims.folder(user_id, workout_id)}{name}", samples=entry.samples)


def deposited(user_id: str, workout_id: str, entry: Entry) -> StreamsClaim | None:
    """`claim_of`, with the seconds where the services that keep them will look for them."""
    claim = claim_of(user_id, workout_id, entry)
    if claim is not None:
        claims.deposit(claim.key, entry.bundled)
    return claim


def part_of(data: bytes, part: str | None, workout: Workout) -> Source:
    """The recording in the file that the workout is of; found by likeness, where the part was not noted.

    `RecordingError` when there is none."""
    recordings = decode(data)
    if len(recordings) == 1:
        return Source(recordings[0])
    for one in recordings:
        if one.part == part or (part is None and _is_of(one, workout)):
            return Source(one)
    raise RecordingError("no_points")


def _is_of(recording: Recording, workout: Workout) -> bool:
    told = fingerprint(recording, measure(recording))
    return any(is_same_workout(told, known) for known in workout.fingerprints)


def measured_of(
    sources: Iterable[Source], cut: Cut | None, sport_type: SportType | None, body_at: BodyAt = _of_nobody
) -> Entry:
    """The richest channels of all, of the stretch that counts, as that sport (None: as they say). At least one."""
    whole = reduce(merged, (source.recording for source in sources))
    recording = whole if cut is None else stretch(whole, first=cut.first, last=cut.last)
    return entry_of(recording, sport_type, body_at)


def _entry(recording: Recording, body_at: BodyAt) -> Entry:
    athlete = body_at(recording.started_at)
    used, dropped = permitted(recording, agrees=athlete.agrees)
    case = judged(used)
    measures = measures_of(case, athlete)
    measured = _measured(used, measures).model_copy(update={"dropped": dropped})
    return Entry(recording, athlete.agrees, judged=case, measured=measured, track=_track(used, measures))


def _measured(recording: Recording, measures: Measures) -> Measured:
    same: dict[str, Any] = {name: getattr(measures, name) for name in SAME_NAMES}
    return Measured(
        **same,
        sport_type=recording.sport_type,
        started_at=recording.started_at,
        recorded_span_s=recording.whole_span_s or None,
        country=_country(recording, measures),
        polyline=measures.summary_polyline or None,
        device=recording.device,
        indoor=recording.indoor,
        pool_length_m=recording.swim and recording.swim.pool_length_m,
        strokes=recording.swim and recording.swim.strokes,
        feel=recording.feel,
        rpe=recording.rpe or None,  # 0 on a device: not rated
        best_efforts=list(measures.best_efforts),
        flags=list(measures.flags),
        disputed=[Disputed(number=one.number, figures=dict(one.figures)) for one in measures.disputed],
    )


def _country(recording: Recording, measures: Measures) -> str | None:
    """Of the first position that is believed. A virtual ride was in none, whatever coordinates its island has."""
    if measures.start_latlng is None or recording.sport_type in VIRTUAL:
        return None
    return country_at(*measures.start_latlng)


def _track(recording: Recording, measures: Measures) -> Track:
    return Track(
        polyline_detailed=measures.detailed_polyline or None,
        pauses=[asdict(pause) for pause in measures.pauses],
        laps=[asdict(lap) for lap in measures.laps],
        splits_km=[asdict(split) for split in measures.splits_km],
        splits_mile=[asdict(split) for split in measures.splits_mile],
        lengths=[asdict(length) for length in recording.swim.lengths] if recording.swim is not None else [],
        devices=[asdict(device) for device in recording.devices],
    )
