"""Use cases: bring the metrics of a workout to what its newest revision and its athlete's dated data say; read them."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from stadion.consents import but_health
from stadion.events.notifications import NotificationRequested
from stadion.events.telemetry import UserMetricsUpdated
from stadion.events.workouts import is_news
from stadion.records import Stored
from stadion.retry import retry_on_conflict
from stadion.streams.codec import Floats
from telemetry.athletes import store as people
from telemetry.athletes.domain import CONSENT_MISSING
from telemetry.metrics.athletes import store as athlete_store
from telemetry.metrics.athletes.domain import Athlete, body_on
from telemetry.metrics.errors import MetricsNotFoundError
from telemetry.metrics.values import Body
from telemetry.metrics.workouts import store
from telemetry.metrics.workouts.domain import assess, hint_of, without_health
from telemetry.metrics.workouts.store import Measured
from telemetry.metrics.workouts.values import Assessment, WorkoutMetrics
from telemetry.streams import store as stream_store
from telemetry.streams.store import Kept
from telemetry.streams.values import Facts
from telemetry.timeseries.port import WorkoutSeries
from telemetry.timeseries.service import time_series

METHODS: Final = 4
"""Raised when a formula changes, so that what is measured again differs from what is kept."""
UNCHANGED: Final = "unchanged"


@dataclass(frozen=True, eq=False)
class CurrentMetrics:
    """The metrics as they stand, their revision, and what they came from; `columns` None: not read yet."""

    outcome: str
    measured: Measured
    revision: int
    kept: Kept
    columns: Mapping[str, Floats] | None = None
    agrees: bool = False
    """The athlete, to the use of health data."""


@dataclass(frozen=True, eq=False)
class Case:
    """What a workout is measured from; without consent, no health data are among it."""

    kept: Kept
    told: Facts
    started_at: datetime
    body: Body
    agrees: bool

    @property
    def facts(self) -> Facts:
        return self.told if self.agrees else self.told.without_health()

    def permitted(self, columns: Mapping[str, Floats]) -> Mapping[str, Floats]:
        return columns if self.agrees else but_health(columns)


def measure(user_id: str, workout_id: str, now: datetime, *, only_if_changed: bool = False) -> str:
    """First the metrics with their event, then the time series: a crash between them is mended next time.

    `only_if_changed`: series that know these metrics are not told again, and no chunk is read.
    """
    found = retry_on_conflict(lambda: _bring_about(user_id, workout_id, now))
    if found is None:
        return "unknown"
    is_new = found.outcome != UNCHANGED
    if is_new or not only_if_changed or not store.is_told(user_id, workout_id, found.revision):
        _tell_series(user_id, found, now)
        store.note_told(user_id, workout_id, found.revision, now)
    return found.outcome


def _bring_about(user_id: str, workout_id: str, now: datetime) -> CurrentMetrics | None:
    """Looks at the metrics first: whoever measures on later news then finds them changed, and looks again."""
    stored = store.read(user_id, workout_id)
    streams = stream_store.read(user_id, workout_id)
    known, kept = stored.value, streams.value
    if kept is None or (kept.facts is None and known is None):
        return None
    relied_on: list[Stored[Any]] = [streams]
    columns: Mapping[str, Floats] = {}
    agrees = False
    if kept.facts is None or kept.started_at is None:
        wanted = _gone(known)
        is_current = known is not None and known.fingerprint == wanted.fingerprint
    else:
        athlete, head = athlete_store.read(user_id)
        relied_on.append(head)
        agrees = athlete.person.agrees
        case = Case(
            kept, kept.facts, kept.started_at, body_on(athlete if agrees else Athlete(), kept.facts.day), agrees
        )
        is_current = known is not None and known.fingerprint == _fingerprint(case, known.assessment)
        if not is_current:
            columns = case.permitted(stream_store.read_streams(user_id, kept)[0])
            wanted = _measured(case, columns)
    if known is not None and is_current:
        return CurrentMetrics(UNCHANGED, known, stored.revision or 0, kept, agrees=agrees)
    revision = stored.next_revision
    events = [_event(wanted, revision), *_news(wanted, now)]
    store.keep(user_id, stored, wanted, relied_on=relied_on, events=events, now=now)
    outcome = "measured" if wanted.assessment is not None else "forgotten"
    return CurrentMetrics(outcome, wanted, revision, kept, columns, agrees)


def _gone(known: Measured | None) -> Measured:
    assert known is not None  # noqa: S101 - for the type checker
    return known.model_copy(update={"fingerprint": "gone", "assessment": None})


def _measured(case: Case, columns: Mapping[str, Floats]) -> Measured:
    assessment = assess(case.facts, case.kept.sport_type, columns, case.body)
    assessment = assessment if case.agrees else without_health(assessment)
    return Measured(
        workout_id=case.kept.workout_id,
        fingerprint=_fingerprint(case, assessment),
        day=case.facts.day,
        sport_type=case.kept.sport_type,
        started_at=case.started_at,
        assessment=assessment,
        counts=case.facts.counts,
    )


def _fingerprint(case: Case, assessment: Assessment | None) -> str:
    """Without the workout's revision: a new name measures nothing anew; nor does what the assessment does not rest on,
    such as the FTP of a run without power."""
    kept, body = case.kept, case.body
    told = body.told_for(assessment.inputs) if assessment is not None else body.told()
    parts = [METHODS, kept.key, kept.sport_type, str(kept.started_at), case.facts.model_dump(mode="json"), told]
    if not case.agrees:
        parts.append(CONSENT_MISSING)
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def _event(measured: Measured, revision: int) -> UserMetricsUpdated:
    load = measured.assessment.load if measured.assessment is not None else None
    return UserMetricsUpdated(
        workout_id=measured.workout_id,
        revision=revision,
        day=measured.day,
        sport_type=measured.sport_type,
        load=load.value if load is not None else None,
        load_method=load.method if load is not None and load.value is not None else None,
        estimated=load is not None and load.estimated,
    )


def _news(measured: Measured, now: datetime) -> Iterator[NotificationRequested]:
    """An FTP that a new workout contradicts: of each one that was measured, the athlete hears once."""
    if measured.assessment is None or not measured.counts or not is_news(measured, now):
        return
    hint, ftp = hint_of(measured.assessment), measured.assessment.ftp
    if hint is None or ftp is None:
        return
    yield NotificationRequested(
        request_id=f"ftp:{ftp.since}:{hint.ftp_w:g}",
        template="ftp_may_be_higher",
        values={
            "best_w": hint.best_w,
            "minutes": hint.duration_s // 60,
            "suggested_w": hint.suggested_w,
            "ftp_w": round(hint.ftp_w),
        },
        about={"workout_id": measured.workout_id},
    )


def _tell_series(user_id: str, found: CurrentMetrics, now: datetime) -> None:
    measured = found.measured
    if measured.assessment is None or not measured.counts:
        time_series().remove_workout(
            user_id,
            measured.workout_id,
            version=found.revision,
            day=measured.day,
            started_at=measured.started_at,
            now=now,
        )
        return
    columns = found.columns
    if columns is None:
        columns, _ = stream_store.read_streams(user_id, found.kept)
        columns = columns if found.agrees else but_health(columns)
    series = WorkoutSeries(
        workout_id=measured.workout_id,
        version=found.revision,
        day=measured.day,
        started_at=measured.started_at,
        sport_type=measured.sport_type,
        columns=columns,
        load=measured.assessment.load.value,
        mean_max=measured.assessment.mean_max,
    )
    time_series().put_workout(user_id, series, now)


def of_workout(user_id: str, workout_id: str) -> WorkoutMetrics:
    """Without what the athlete does not agree to, whatever is kept."""
    stored, person = store.read_with(user_id, workout_id, people.place_of(user_id))
    measured = stored.value
    if measured is None or measured.assessment is None:
        raise MetricsNotFoundError
    agrees = person.value is not None and person.value.agrees
    return WorkoutMetrics(
        workout_id,
        stored.revision or 0,
        day=measured.day,
        sport_type=measured.sport_type,
        assessment=measured.assessment if agrees else without_health(measured.assessment),
    )
