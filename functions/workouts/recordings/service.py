"""From bytes to diary entries, and their seconds to whoever keeps them: this service's only door to NumPy."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from stadion import claims
from stadion.events.workouts import StreamsClaim
from stadion.sports import SportType
from stadion.storage import s3_client
from stadion.streams.recorded import TIME, bundle, chunks, joined, unbundle, with_doubts
from workouts.domain import Disputed, LivePart, Measured, Track, Workout
from workouts.matching import is_same_workout
from workouts.recordings.formats.parts import LeftOut
from workouts.recordings.formats.service import decode, decoded
from workouts.recordings.measures.calories import Athlete
from workouts.recordings.measures.domain import Judged, Measures, fingerprint, judged, measure, measures_of
from workouts.recordings.measures.guess import guessed_sport
from workouts.recordings.merge import merged
from workouts.recordings.recording import CHANNELS, DeviceTotals, Pause, Recording

SAME_NAMES = set(Measured.model_fields) & set(Measures.__dataclass_fields__) - {"best_efforts", "disputed", "flags"}


@dataclass(frozen=True)
class Entry:
    """A recording with what was measured in it."""

    judged: Judged
    measured: Measured
    track: Track

    @property
    def recording(self) -> Recording:
        return self.judged.recording

    def streams(self) -> bytes:
        """Every recorded second, in a bundle of chunks: as recorded, but for the way, which is what we believe."""
        channels, covered_m = self.recording.channels(), self.judged.line.covered_m
        if covered_m is not None:
            channels["distance_m"] = covered_m
        recorded = {name: values for name, values in channels.items() if not np.isnan(values).all()}
        columns = {TIME: self.recording.time_s, **recorded}
        return bundle(chunks(with_doubts(columns, self.judged.doubts.samples)))

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


def entries_of(data: bytes, *, sport_type: SportType | None, now: datetime) -> list[Entry]:
    """One entry per activity in the file; `sport_type` overrides what a file with one activity says."""
    return contents_of(data, sport_type=sport_type, now=now).entries


def contents_of(data: bytes, *, sport_type: SportType | None, now: datetime) -> Contents:
    """`entries_of`, with what was left out."""
    found = decoded(data, now=now)
    recordings = found.recordings
    if sport_type is not None and len(recordings) == 1:
        recordings = [replace(recordings[0], sport_type=sport_type)]
    entries = [_entry(one) if one.sport_is_told or sport_type is not None else _guessed(one) for one in recordings]
    return Contents(entries, found.left_out)


def _guessed(recording: Recording) -> Entry:
    """Saved at once as what it probably was; the athlete's word, or that of another file, stands over it."""
    entry = _entry(recording)
    guess = guessed_sport(entry.judged.line)
    if guess is SportType.WORKOUT:
        return entry
    return _with_guess(_entry(replace(recording, sport_type=guess)), is_guess=True)


def _with_guess(entry: Entry, *, is_guess: bool) -> Entry:
    return replace(entry, measured=entry.measured.model_copy(update={"sport_guessed": is_guess}))


def entry_of_live(live: LivePart, bundled: bytes | None) -> Entry:
    """What telemetry received while the athlete was under way."""
    columns = joined(unbundle(bundled)) if bundled is not None else {TIME: np.empty(0)}
    n = len(columns[TIME])
    channels: dict[str, Any] = {name: columns.get(name, np.full(n, np.nan)) for name in CHANNELS}
    elapsed_s = (live.ended_at - live.started_at).total_seconds()
    pauses = tuple(Pause(pause.start_s, pause.end_s - pause.start_s) for pause in live.pauses)
    timer_s = max(0.0, elapsed_s - sum(pause.duration_s for pause in pauses))
    return _entry(
        Recording(
            file_format="live",
            sport_type=live.sport_type,
            started_at=live.started_at.astimezone(UTC),
            time_s=columns[TIME],
            pauses=pauses,
            totals=DeviceTotals(elapsed_time_s=elapsed_s, timer_time_s=timer_s),
            **channels,
        )
    )


def live_part_of(workout: Workout) -> Entry | None:
    """The live session in it; None when its claim is older than the archive."""
    if workout.live is None or workout.live.key is None:
        return None
    try:
        return entry_of_live(workout.live, claims.collect(workout.live.key))
    except s3_client().exceptions.NoSuchKey:
        return None


def deposited(workout_id: str, entry: Entry) -> StreamsClaim | None:
    """The recorded seconds for the services that keep them; named by their content."""
    if not entry.samples:
        return None
    data = entry.streams()
    name = hashlib.sha256(data).hexdigest()[:16]
    return StreamsClaim(key=claims.deposit(f"streams/{workout_id}/{name}", data), samples=entry.samples)


def as_sport(entry: Entry, sport_type: SportType) -> Entry:
    """Measured anew by the rules of that sport."""
    if sport_type is SportType.WORKOUT:
        return entry
    if sport_type is entry.recording.sport_type:
        return _with_guess(entry, is_guess=False)
    return _entry(replace(entry.recording, sport_type=sport_type))


def merged_with(originals: Iterable[bytes], entry: Entry, twin: Workout, *, live: Entry | None = None) -> Entry:
    """The entry together with the recordings that its twin has already, the richest channels of all."""
    recording = entry.recording
    if live is not None:
        recording = merged(recording, live.recording)
    for data in originals:
        earlier = next((old for old in decode(data) if _is_of(old, twin)), None)
        if earlier is not None:
            recording = merged(recording, earlier)
    if twin.sport_type is not SportType.WORKOUT and not twin.sport_guessed:
        recording = replace(recording, sport_type=twin.sport_type)
    return _entry(recording)


def _is_of(recording: Recording, workout: Workout) -> bool:
    return is_same_workout(fingerprint(recording, measure(recording)), workout.fingerprint)


def _entry(recording: Recording) -> Entry:
    case = judged(recording)
    measures = measures_of(case, Athlete())
    return Entry(judged=case, measured=_measured(recording, measures), track=_track(recording, measures))


def _measured(recording: Recording, measures: Measures) -> Measured:
    same: dict[str, Any] = {name: getattr(measures, name) for name in SAME_NAMES}
    return Measured(
        **same,
        sport_type=recording.sport_type,
        started_at=recording.started_at,
        recorded_span_s=recording.span_s or None,
        polyline=measures.summary_polyline or None,
        device=recording.device,
        indoor=recording.indoor,
        pool_length_m=recording.swim and recording.swim.pool_length_m,
        strokes=recording.swim and recording.swim.strokes,
        feel=recording.feel,
        rpe=recording.rpe,
        best_efforts=list(measures.best_efforts),
        flags=list(measures.flags),
        disputed=[Disputed(number=one.number, figures=dict(one.figures)) for one in measures.disputed],
    )


def _track(recording: Recording, measures: Measures) -> Track:
    return Track(
        pauses=[asdict(pause) for pause in measures.pauses],
        laps=[asdict(lap) for lap in measures.laps],
        splits_km=[asdict(split) for split in measures.splits_km],
        splits_mile=[asdict(split) for split in measures.splits_mile],
        lengths=[asdict(length) for length in recording.swim.lengths] if recording.swim is not None else [],
        devices=[asdict(device) for device in recording.devices],
    )
