"""Rules and values of the workout diary."""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Final, Literal, NamedTuple, TypeVar

from pydantic import AwareDatetime, Field, model_validator

from stadion.athletes import WithBody, WithConsents, WithReader, WithWeek, WithZone
from stadion.consents import ASSUMED_CALORIES, health_among, may_use_health
from stadion.events.accounts import ConsentKind
from stadion.events.telemetry import LivePause
from stadion.events.workouts import BestEffort, StreamsClaim, WorkoutFacts
from stadion.sports import Family, Sport, SportType, sport
from stadion.values import Value
from workouts.errors import AverageAboveMaximumError, FutureWorkoutError, ImpossibleTimesError
from workouts.matching import Fingerprint
from workouts.reasons import Reason

CLOCK_SKEW = timedelta(minutes=15)
MAX_SOURCES = 8
"""Recordings that a workout is measured from: each time, all of them are decoded."""
MAX_FILES = 24
"""With those that were replaced."""
EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)


class Person(WithReader, WithZone, WithWeek, WithBody, WithConsents):
    """Whose workouts are measured, as accounts tells it; of whom nobody told, who agrees to nothing."""

    kinds: ClassVar = frozenset({ConsentKind.HEALTH_DATA})

    @property
    def known_zone(self) -> str | None:
        return self.time_zone if self.revision else None

    @property
    def agrees(self) -> bool:
        """To health data being taken, measured and shown."""
        return may_use_health(self.granted)

    @property
    def consent_revision(self) -> int:
        """Of the newest word on health data that was heard; 0: none."""
        known = self.consents.get(ConsentKind.HEALTH_DATA)
        return known.revision if known is not None else 0


class Mark(StrEnum):
    """What kind of workout it was, beside the sport."""

    COMMUTE = "commute"
    INDOOR = "indoor"
    LONG = "long"
    RACE = "race"
    WORKOUT = "workout"
    """With intervals or another plan, unlike an easy one."""


MAX_TAGS = 10


def tags_of(named: Iterable[str]) -> list[str]:
    """Each once, whatever its letters' case or the way they are composed; the first spelling stands."""
    found: dict[str, str] = {}
    for tag in named:
        plain = unicodedata.normalize("NFC", tag).strip()
        found.setdefault(unicodedata.normalize("NFC", plain.casefold()), plain)
    return list(found.values())


class Feeling(StrEnum):
    """How the athlete felt: the five faces of a Garmin watch, which writes them as 0, 25, 50, 75 and 100."""

    VERY_WEAK = "very_weak"
    WEAK = "weak"
    NORMAL = "normal"
    STRONG = "strong"
    VERY_STRONG = "very_strong"

    @classmethod
    def of_device(cls, feel: float) -> "Feeling":
        """`feel` from 0 (very weak) to 100 (very strong); the nearest one."""
        steps = list(cls)
        return steps[round(min(max(feel, 0.0), 100.0) / 100 * (len(steps) - 1))]


class OnDuplicate(StrEnum):
    REJECT = "reject"
    MERGE = "merge"
    REPLACE = "replace"
    FORCE = "force"


class WorkoutFlag(Reason):
    """Why a value is implausible. A flagged workout stays in the diary and out of the records."""

    detail: str | None = Field(default=None, description="in English, of a flag that was stored before it had values")


class ExternalWorkout(Value):
    """The workout's identity at the provider it came from, e.g. HealthKit."""

    provider: str = Field(pattern=r"^[a-z0-9_]{2,32}$", examples=["health_connect"])
    id: str = Field(min_length=1, max_length=200, examples=["b1c9e2a4"])


class FileRef(Value):
    """An original recording as it came from the device."""

    key: str
    filename: str
    format: str
    sha256: str
    size: int
    part: str | None = Field(default=None, description="of the file; None: stored before that was noted")
    replaced: bool = Field(default=False, description="kept, and measured no more: another file's numbers stand")


class LivePart(Value):
    """The live session that a workout was, or that joined it: what telemetry said of its newest finish."""

    session_id: str
    revision: int
    key: str | None = Field(default=None, description="of the claim that holds its columns")
    kept: str | None = Field(default=None, description="where they are kept beside the workout")
    samples: int = 0
    sport_type: SportType
    started_at: AwareDatetime
    ended_at: AwareDatetime
    pauses: list[LivePause] = Field(default_factory=list)
    replaced: bool = Field(default=False, description="kept, and measured no more")


class Whole(Value):
    """A recording before it was cut, as a file of another device would tell it."""

    started_at: AwareDatetime
    recorded_span_s: float
    distance_m: float | None = None


class Cut(Value):
    """Which stretch of a recording counts; the rest is kept. None: up to the recording's own end on that side."""

    whole: Whole
    from_at: AwareDatetime | None = None
    to_at: AwareDatetime | None = None
    after: AwareDatetime | None = Field(default=None, description="where a split let it begin")
    before: AwareDatetime | None = Field(default=None, description="where a split let it end")
    next_part: "NextPart | None" = None

    @property
    def first(self) -> datetime | None:
        return self.from_at or self.after

    @property
    def last(self) -> datetime | None:
        return self.to_at or self.before

    @property
    def is_nothing(self) -> bool:
        return self.first is None and self.last is None and self.next_part is None


class NextPart(Value):
    """The workout that a split made of the rest."""

    workout_id: str
    cut: Cut


class Measurement(StrEnum):
    """Whether the numbers are those of the sport, the recordings and the stretch that a workout names."""

    DONE = "done"
    PENDING = "pending"
    """They come in a moment; what is shown was measured before."""
    FAILED = "failed"
    """The recording cannot be measured; what is shown was measured before."""


class Disputed(Value):
    """A number that its witnesses tell differently, with nothing to decide between them."""

    number: str = Field(examples=["distance_m"])
    figures: dict[str, float] = Field(examples=[{"session": 5000.0, "distance": 4410.0}])


class Measured(Value):
    """The numbers of a workout: typed in by hand, or measured in a recording. SI units, named in the field."""

    sport_type: SportType
    sport_guessed: bool = Field(default=False, description="the recording does not say it")
    guessed_by: Reason | None = Field(default=None, description="of the last guess; it counts while `sport_guessed`")
    started_at: AwareDatetime
    recorded_span_s: float | None = Field(default=None, description="from the first point to the last one")
    elapsed_time_s: float
    timer_time_s: float
    moving_time_s: float
    distance_m: float | None = None
    ascent_m: float | None = None
    descent_m: float | None = None
    elevation_high_m: float | None = None
    elevation_low_m: float | None = None
    average_temperature_c: float | None = None
    calories_kcal: float | None = None
    calories_method: str | None = None
    average_heart_rate_bpm: float | None = None
    max_heart_rate_bpm: float | None = None
    average_speed_mps: float | None = None
    max_speed_mps: float | None = None
    average_power_w: float | None = None
    max_power_w: float | None = None
    normalized_power_w: float | None = None
    kilojoules_kj: float | None = Field(default=None, description="of work, by the power that was recorded")
    average_cadence_rpm: float | None = None
    max_cadence_rpm: float | None = None
    start_latlng: tuple[float, float] | None = None
    end_latlng: tuple[float, float] | None = None
    country: str | None = Field(
        default=None, description="where it began, ISO 3166-1 alpha-2; told to other services, shown to nobody"
    )
    polyline: str | None = None
    device: str | None = None
    indoor: bool = False
    pool_length_m: float | None = None
    strokes: int | None = None
    feel: float | None = Field(default=None, description="told to the device, from 0 (very weak) to 100 (very strong)")
    rpe: float | None = Field(default=None, description="perceived exertion, told to the device, from 0 to 10")
    best_efforts: list[BestEffort] = Field(default_factory=list)
    flags: list[WorkoutFlag] = Field(default_factory=list)
    suggested_crop: tuple[float, float] | None = Field(
        default=None, description="without the drive at either end: from and to, in seconds since the start"
    )
    measured_by: dict[str, str] = Field(
        default_factory=dict, description="who is believed, by number", examples=[{"distance_m": "session"}]
    )
    disputed: list[Disputed] = Field(default_factory=list)
    dropped: list[str] = Field(
        default_factory=list, description="what the athlete does not agree to: left out before anything was measured"
    )


PHOTO_FORM_LASTS: Final = timedelta(minutes=15)
PHOTO_GRACE: Final = timedelta(minutes=45)
"""For what came in time, and is not looked at yet."""


class PhotoStatus(StrEnum):
    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"


class PhotoLinks(NamedTuple):
    url: str
    thumbnail_url: str
    expires_at: datetime


class Photo(Value):
    """Of a workout, seen by its athlete alone."""

    photo_id: str
    revision: int = Field(default=1, description="counts what the athlete says of it")
    alt: str | None = None
    status: PhotoStatus = PhotoStatus.PENDING
    created_at: AwareDatetime
    size: int | None = Field(default=None, description="of what arrived, in bytes, once they count")
    width: int | None = None
    height: int | None = None
    problem: Reason | None = None

    def as_of(self, now: datetime) -> "Photo":
        """What never came has failed, though nothing says so in the table."""
        if self.status is PhotoStatus.PENDING and now > self.created_at + PHOTO_FORM_LASTS + PHOTO_GRACE:
            never = Reason.of("photo_never_arrived")
            return self.model_copy(update={"status": PhotoStatus.FAILED, "problem": never})
        return self


class Track(Value):
    """The longer parts of a measured workout; shown in its detail only."""

    polyline_detailed: str | None = None
    pauses: list[dict[str, Any]] = Field(default_factory=list)
    laps: list[dict[str, Any]] = Field(default_factory=list)
    splits_km: list[dict[str, Any]] = Field(default_factory=list)
    splits_mile: list[dict[str, Any]] = Field(default_factory=list)
    lengths: list[dict[str, Any]] = Field(default_factory=list, description="of a pool")
    devices: list[dict[str, Any]] = Field(default_factory=list)


class Workout(Measured):
    """An entry of the diary."""

    workout_id: str
    user_id: str
    revision: int = 1
    origin: Literal["manual", "upload", "live"]
    name: str | None = None
    description: str | None = Field(default=None, description="for others, once anybody else sees workouts")
    notes: str | None = Field(default=None, description="for the athlete alone")
    marks: list[Mark] = Field(default_factory=list)
    indoor_marked: bool | None = Field(default=None, description="by the athlete; None: a measured `indoor` decides")
    tags: list[str] = Field(default_factory=list)
    feeling: Feeling | None = Field(default=None, description="by the athlete, whatever the device says")
    time_zone: str = "UTC"
    gear_ids: list[str] | None = None
    assigned_gear_ids: list[str] = Field(default_factory=list, description="by inventory, while gear_ids is null")
    assigned_for: int = Field(default=0, description="the revision that inventory looked at")
    external: ExternalWorkout | None = None
    files: list[FileRef] = Field(default_factory=list)
    live: LivePart | None = None
    streams: StreamsClaim | None = None
    typed: Measured | None = Field(default=None, description="by hand, before a recording joined: fills what it lacks")
    sport_named: bool = Field(default=False, description="by the athlete: another device's file may say another one")
    rpe_typed: bool = Field(default=False, description="by the athlete, whatever the device says")
    photos: list[Photo] = Field(default_factory=list)
    photos_revision: int = Field(default=0, description="counts every change of them, which is none of the workout's")
    cut: Cut | None = None
    measurement: Measurement = Measurement.DONE
    measuring_begun: int = Field(default=0, description="how many tries ended without a word: they were killed")
    measurement_problem: Reason | None = Field(
        default=None, description="why the last measuring failed; it counts while `measurement` is failed"
    )
    created_at: AwareDatetime
    updated_at: AwareDatetime

    @model_validator(mode="before")
    @classmethod
    def _of_old(cls, fields: Any) -> Any:
        """What was stored before there were marks has the one that was measured."""
        if not isinstance(fields, Mapping):
            return fields
        marks = marked(fields.get("marks") or (), fields.get("indoor_marked"), indoor=bool(fields.get("indoor")))
        return {**fields, "marks": marks}

    @property
    def felt(self) -> Feeling | None:
        """As the athlete says here, or told the device."""
        if self.feeling is not None or self.feel is None:
            return self.feeling
        return Feeling.of_device(self.feel)

    @property
    def fingerprint(self) -> Fingerprint:
        return Fingerprint(
            started_at=self.started_at,
            elapsed_s=self.recorded_span_s or self.elapsed_time_s,
            distance_m=self.distance_m,
            family=Family.UNKNOWN if self.sport_guessed or self.sport_named else sport(self.sport_type).family,
        )

    @property
    def fingerprints(self) -> list[Fingerprint]:
        """What it is found by: its own, and that of the recording which it was cut out of."""
        if self.cut is None:
            return [self.fingerprint]
        whole, own = self.cut.whole, self.fingerprint
        return [own, Fingerprint(whole.started_at, whole.recorded_span_s, whole.distance_m, own.family)]

    @property
    def sources(self) -> list[FileRef]:
        """The recordings that its numbers are of."""
        return [file for file in self.files if not file.replaced]

    @property
    def has_too_many_files(self) -> bool:
        return len(self.sources) > MAX_SOURCES or len(self.files) > MAX_FILES

    @property
    def counts_live(self) -> bool:
        """Its numbers are of the live session, too."""
        return self.live is not None and not self.live.replaced and len(self.sources) == len(self.files)

    @property
    def is_part(self) -> bool:
        """Of its recording, a stretch."""
        return self.cut is not None and (self.cut.first, self.cut.last) != (None, None)

    @property
    def is_recorded(self) -> bool:
        """Its numbers were measured, not typed in."""
        return bool(self.files) or self.live is not None

    @property
    def worn_gear_ids(self) -> list[str]:
        return self.gear_ids if self.gear_ids is not None else self.assigned_gear_ids

    @property
    def measured(self) -> Measured:
        return Measured.model_validate(self.model_dump(include=set(Measured.model_fields)))

    def changed(self, now: datetime, **fields: Any) -> "Workout":
        """The next revision."""
        return Workout.model_validate(
            {**self.model_dump(), **fields, "revision": self.revision + 1, "updated_at": now},
        )

    def facts(self, *, agrees: bool) -> WorkoutFacts:
        """What other services may know; `agrees`: the athlete, to health data."""
        told = permitted(self, agrees=agrees)
        shared = told.model_dump(include=set(WorkoutFacts.model_fields) - {"gear_ids", "flags"})
        return WorkoutFacts.model_validate(
            {
                **shared,
                "gear_ids": self.gear_ids or [],
                "gear_chosen": self.gear_ids is not None,
                "flags": [flag.code for flag in shown(self, agrees=agrees).flags],
                "by_hand": self.by_hand,
            }
        )

    @property
    def by_hand(self) -> list[str]:
        """What nobody recorded of a recorded workout, and somebody typed in."""
        if not self.is_recorded or self.typed is None:
            return []
        return [name for name in BY_HAND if (told := getattr(self.typed, name)) and told == getattr(self, name)]


BY_HAND: Final = ("distance_m", "ascent_m")
"""Numbers of which others are told whether they were typed in beside a recording."""


def marked(marks: Iterable[str], indoor_marked: bool | None, *, indoor: bool) -> list[str]:
    """Sorted, each once; of `indoor` the athlete's word stands, else what was measured."""
    others = set(marks) - {Mark.INDOOR}
    is_indoor = indoor if indoor_marked is None else indoor_marked
    return sorted({*others, Mark.INDOOR} if is_indoor else others)


MEASURED: Final = {"measurement": Measurement.DONE, "measurement_problem": None, "measuring_begun": 0}
"""Fields of a workout whose numbers are those of all that it is of."""
MAX_PLAUSIBLE_DAYS = 7


def flags_of_manual(measured: Measured) -> list[WorkoutFlag]:
    """What cannot be right in numbers that were typed in."""
    flags = []
    too_fast = average_speed_too_high(sport(measured.sport_type), measured.distance_m, measured.moving_time_s)
    if too_fast is not None:
        flags.append(too_fast)
    if measured.elapsed_time_s > MAX_PLAUSIBLE_DAYS * 24 * 3600:
        flags.append(WorkoutFlag.of("duration_too_long", days=MAX_PLAUSIBLE_DAYS))
    return flags


def as_typed(workout: Workout) -> Workout:
    """With what follows from the numbers that were typed in: average speed, and what cannot be right."""
    return workout.model_copy(update={"average_speed_mps": average_speed(workout), "flags": flags_of_manual(workout)})


def speed_too_high(speed_mps: float, limit_mps: float, kind: Sport) -> WorkoutFlag:
    kmh, top_kmh = _told_apart(speed_mps * 3.6, limit_mps * 3.6)
    return WorkoutFlag.of("speed_too_high", kmh=kmh, sport=kind.sport_type.value, top_kmh=top_kmh)


def _told_apart(one: float, other: float) -> tuple[float, float]:
    """In whole numbers, or in as many digits as it takes."""
    if round(one) != round(other):
        return round(one), round(other)
    digits = next((digits for digits in (1, 2) if round(one, digits) != round(other, digits)), 3)
    return round(one, digits), round(other, digits)


def average_speed(measured: Measured) -> float | None:
    if not measured.distance_m or not measured.moving_time_s:
        return None
    return round(measured.distance_m / measured.moving_time_s, 3)


def average_speed_too_high(kind: Sport, distance_m: float | None, duration_s: float) -> WorkoutFlag | None:
    lasted_s = max(duration_s, 1.0)
    if not distance_m or distance_m <= kind.limit_mps(distance_m) * lasted_s:
        return None
    kmh = round(distance_m / lasted_s * 3.6, 1)
    return WorkoutFlag.of("average_speed_too_high", kmh=kmh, sport=kind.sport_type.value)


def check_together(measured: Measured, now: datetime) -> None:
    """What was typed in may be possible by itself, and impossible beside the rest."""
    if measured.moving_time_s > measured.elapsed_time_s:
        raise ImpossibleTimesError(pointer="#/moving_time_s")
    if not EARLIEST <= measured.started_at <= now + CLOCK_SKEW:
        raise FutureWorkoutError(pointer="#/started_at")
    if measured.started_at + timedelta(seconds=measured.elapsed_time_s) > now + CLOCK_SKEW:
        raise FutureWorkoutError(pointer="#/elapsed_time_s")
    average, most = measured.average_heart_rate_bpm, measured.max_heart_rate_bpm
    if average is not None and most is not None and average > most:
        raise AverageAboveMaximumError(pointer="#/average_heart_rate_bpm")


def absorb(kept: Workout, other: Workout, now: datetime, *, replacing: bool = False) -> Workout:
    """`kept` with what only `other` has: words, gear, recordings. Its numbers are still to be measured.

    `replacing`: the recordings of `kept` are measured no more, and what was typed in counts for nothing.
    """
    arrived = {file.sha256: file for file in other.files}
    before = [
        arrived.pop(file.sha256, file.model_copy(update={"replaced": file.replaced or replacing}))
        for file in kept.files
    ]
    live = other.live or kept.live
    if live is not None and kept.live is not None:
        live = live.model_copy(update={"replaced": kept.live.replaced or replacing})
    return kept.changed(
        now,
        origin="upload" if kept.files or other.files else "live" if live is not None else "manual",
        live=live,
        name=kept.name or other.name,
        description=kept.description or other.description,
        notes=kept.notes or other.notes,
        marks=[*kept.marks, *other.marks],
        indoor_marked=other.indoor_marked if kept.indoor_marked is None else kept.indoor_marked,
        tags=tags_of([*kept.tags, *other.tags])[:MAX_TAGS],
        feeling=kept.feeling or other.feeling,
        gear_ids=kept.gear_ids if kept.gear_ids is not None else other.gear_ids,
        external=kept.external or other.external,
        files=[*before, *arrived.values()],
        typed=_typed(kept, other) if not replacing and (kept.is_recorded or other.is_recorded) else None,
    )


def _typed(kept: Workout, other: Workout) -> Measured | None:
    """What people typed in of it, the earlier word first."""
    mine, others = (one.typed if one.is_recorded else one.measured for one in (kept, other))
    if mine is None or others is None:
        return mine or others
    return filled(mine, others)


def numbered(workout: Workout, measured: Measured, *, streams: StreamsClaim | None, agrees: bool) -> Workout:
    """With the numbers of its recordings, and what was typed in where they say nothing; `agrees`: to health data."""
    numbers = permitted(_with_typed(measured, workout), agrees=agrees)
    told = {"rpe": workout.rpe} if workout.rpe_typed else {}
    marks = [Mark(one) for one in marked(workout.marks, workout.indoor_marked, indoor=numbers.indoor)]
    return workout.model_copy(update={**dict(numbers), **told, "marks": marks, "streams": streams})


# --- health data ----------------------------------------------------------------------------------------------------

A = TypeVar("A", bound=Measured)
HEALTH_NUMBERS: Final = tuple(health_among(Measured.model_fields))
HEALTH_FLAGS: Final = frozenset({"heart_rate_too_high"})
OF_HEART: Final = "average_heart_rate_bpm"
"""Of laps and splits, the one number that is health data."""
OF_PARTS: Final = ("laps", "splits_km", "splits_mile")


def health_in(measured: Measured) -> list[str]:
    """The names of its numbers that tell of the body."""
    return _health_of({name: getattr(measured, name) for name in HEALTH_NUMBERS})


def _health_of(numbers: Mapping[str, Any]) -> list[str]:
    found = [name for name in HEALTH_NUMBERS if numbers[name] is not None]
    if numbers["calories_method"] == ASSUMED_CALORIES:
        return [name for name in found if not name.startswith("calories")]
    return found


def permitted(measured: A, *, agrees: bool) -> A:
    """Unless the athlete agrees to health data: without them, and `dropped` names what they were."""
    found = [] if agrees else health_in(measured)
    if not found:
        return measured
    names = [name for name in found if name != "calories_method"]
    return measured.model_copy(update={**dict.fromkeys(found), "dropped": _named(measured.dropped, names)})


def noted(workout: Workout, *, agrees: bool) -> Workout:
    """As it is; `dropped` names what it is told and shown without."""
    return workout.model_copy(update={"dropped": permitted(workout, agrees=agrees).dropped})


def shown(workout: Workout, *, agrees: bool) -> Workout:
    """As its athlete sees it."""
    if agrees:
        return workout
    flags = [flag for flag in workout.flags if flag.code not in HEALTH_FLAGS]
    return permitted(workout, agrees=False).model_copy(update={"flags": flags})


def answer_shown(answer: Mapping[str, Any], *, agrees: bool) -> dict[str, Any]:
    """What a request was answered before, for the same one again: the consent may have gone since."""
    if agrees:
        return dict(answer)
    left_out = _health_of(answer)
    names = [name for name in left_out if name != "calories_method"]
    flags = [flag for flag in answer["flags"] if flag["code"] not in HEALTH_FLAGS]
    told = {"flags": flags, "dropped": _named(answer["dropped"], names)}
    return {**answer, **dict.fromkeys(left_out), **told, **{name: _heartless(answer[name]) for name in OF_PARTS}}


def shown_track(track: Track, *, agrees: bool) -> Track:
    if agrees:
        return track
    return track.model_copy(update={name: _heartless(getattr(track, name)) for name in OF_PARTS})


def _heartless(parts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**one, OF_HEART: None} if OF_HEART in one else one for one in parts]


def keeps_health(workout: Workout) -> bool:
    """Somewhere in what is stored, if not in its numbers."""
    return bool(health_in(workout)) or (workout.typed is not None and bool(health_in(workout.typed)))


def without_typed_health(workout: Workout) -> Workout:
    """What was typed in of the body beside a recording goes."""
    if workout.typed is None:
        return workout
    return workout.model_copy(update={"typed": permitted(workout.typed, agrees=False)})


def _named(known: Iterable[str], more: Iterable[str]) -> list[str]:
    return list(dict.fromkeys([*known, *more]))


def flags_with(flags: Iterable[WorkoutFlag], more: Iterable[WorkoutFlag]) -> list[WorkoutFlag]:
    """Each code once."""
    said = list(flags)
    known = {flag.code for flag in said}
    return [*said, *(flag for flag in more if flag.code not in known)]


def not_measured(workout: Workout, problem: Reason) -> Workout:
    """Its numbers are of a former sport or stretch: they stay shown, and count for nothing else."""
    flags = flags_with(workout.flags, [WorkoutFlag.of("not_measured")])
    told = {**MEASURED, "measurement": Measurement.FAILED, "measurement_problem": problem, "flags": flags}
    return workout.model_copy(update=told)


OF_ANY_PART: Final = {"rpe", "feel"}


def _with_typed(measured: Measured, workout: Workout) -> Measured:
    """What was typed in is of the whole, and says nothing of a part; its distance is judged as a manual workout's."""
    typed = workout.typed
    if typed is None:
        return measured
    if workout.is_part:
        return filled(measured, measured.model_copy(update=typed.model_dump(include=OF_ANY_PART)))
    numbers = filled(measured, typed)
    if measured.distance_m is not None or numbers.distance_m is None:
        return numbers
    flags = flags_with(numbers.flags, flags_of_manual(numbers))
    return numbers.model_copy(update={"average_speed_mps": average_speed(numbers), "flags": flags})


def filled(kept: Measured, other: Measured) -> Measured:
    """`kept`, with the values it lacks taken from `other`."""
    mine = {key: value for key, value in kept.model_dump().items() if value is not None}
    return Measured.model_validate({**other.model_dump(), **mine})
