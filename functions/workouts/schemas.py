"""Requests and responses of the workouts API. Units are in the names: metres, seconds, m/s, watts, bpm."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from stadion import ids
from stadion.errors import UnacceptableValueError
from stadion.events.workouts import BestEffort
from stadion.fields import LINE, TEXT, Amount, Moment
from stadion.http import RequestModel
from stadion.i18n import Text
from stadion.ids import ClientId
from stadion.sports import SportType
from stadion.units import Reader
from stadion.workout_names import workout_name
from stadion.zones import TimeZone
from workouts.domain import (
    MAX_TAGS,
    Cut,
    Disputed,
    ExternalWorkout,
    Feeling,
    FileRef,
    Mark,
    Measurement,
    OnDuplicate,
    Photo,
    PhotoLinks,
    PhotoStatus,
    Track,
    Workout,
    WorkoutFlag,
    tags_of,
)
from workouts.texts import worded

_BLANK = Text(en="It needs a character that can be seen.", ru="Нужен хотя бы один видимый знак.")
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs by their category, and blank all the same."""


def _visible(text: str) -> str:
    if not any(one.isprintable() and not one.isspace() and one not in _FILLERS for one in text):
        raise UnacceptableValueError(_BLANK)
    return text


GearIds = Annotated[
    list[ClientId],
    Field(max_length=10, description="the pieces worn; null: the default gear of the sport"),
]
Name = Annotated[
    str, Field(min_length=1, max_length=200, pattern=LINE, examples=["Before work"]), AfterValidator(_visible)
]
Description = Annotated[
    str, Field(max_length=2000, pattern=TEXT, description="meant for others, once anybody else sees workouts")
]
Notes = Annotated[str, Field(max_length=4000, pattern=TEXT, description="for the athlete alone")]
Marks = Annotated[
    list[Mark],
    Field(max_length=2 * len(Mark), description="what kind of workout it was", examples=[["race"]]),
    AfterValidator(lambda named: sorted(set(named))),
]
Tags = Annotated[
    list[Annotated[str, Field(max_length=30, pattern=LINE), AfterValidator(_visible)]],
    Field(
        max_length=MAX_TAGS,
        description="the athlete's own words; each counts once, whatever the case of its letters",
        examples=[["club"]],
    ),
    AfterValidator(tags_of),
]
Rpe = Annotated[Amount, Field(ge=1, le=10, description="perceived exertion, from 1 to 10 (Borg's CR10)", examples=[6])]


class NewWorkout(RequestModel):
    """A workout entered by hand."""

    workout_id: ClientId | None = Field(default=None, description="chosen by the client, so that it works offline")
    sport_type: SportType = Field(examples=["Run"])
    started_at: Moment = Field(examples=["2026-11-21T08:40:00+03:00"])
    time_zone: TimeZone | None = Field(default=None, description="the athlete's when left out")
    elapsed_time_s: Amount = Field(ge=1, le=2_592_000, examples=[1834])
    moving_time_s: Amount | None = Field(default=None, ge=1, le=2_592_000, examples=[1790])
    distance_m: Amount | None = Field(default=None, ge=0, le=5_000_000, examples=[6400])
    ascent_m: Amount | None = Field(default=None, ge=0, le=100_000, examples=[42])
    calories_kcal: Amount | None = Field(default=None, ge=0, le=50_000, examples=[455])
    average_heart_rate_bpm: Amount | None = Field(default=None, ge=20, le=260, examples=[152])
    max_heart_rate_bpm: Amount | None = Field(default=None, ge=20, le=260, examples=[171])
    average_power_w: Amount | None = Field(default=None, ge=0, le=3000)
    rpe: Rpe | None = None
    feeling: Feeling | None = Field(default=None, description="how the athlete felt")
    name: Name | None = None
    description: Description | None = None
    notes: Notes | None = None
    marks: Marks = Field(default_factory=list)
    tags: Tags = Field(default_factory=list)
    gear_ids: GearIds | None = None
    external: ExternalWorkout | None = None
    on_duplicate: OnDuplicate = OnDuplicate.REJECT

    def workout(self, user_id: str, now: datetime) -> Workout:
        moving_time_s = self.moving_time_s if self.moving_time_s is not None else self.elapsed_time_s
        return Workout(
            **self.model_dump(exclude={"workout_id", "on_duplicate", "moving_time_s", "time_zone"}),
            workout_id=self.workout_id or ids.new_id(),
            user_id=user_id,
            origin="manual",
            indoor_marked=True if Mark.INDOOR in self.marks else None,
            moving_time_s=moving_time_s,
            timer_time_s=self.elapsed_time_s,
            created_at=now,
            updated_at=now,
        )


class WorkoutPatch(RequestModel):
    """RFC 7396 merge patch: what is absent stays, null removes. What a recording measured cannot be changed."""

    sport_type: SportType | None = None
    started_at: Moment | None = None
    time_zone: TimeZone | None = None
    elapsed_time_s: Amount | None = Field(default=None, ge=1, le=2_592_000)
    moving_time_s: Amount | None = Field(default=None, ge=1, le=2_592_000)
    distance_m: Amount | None = Field(default=None, ge=0, le=5_000_000)
    ascent_m: Amount | None = Field(default=None, ge=0, le=100_000)
    calories_kcal: Amount | None = Field(default=None, ge=0, le=50_000)
    average_heart_rate_bpm: Amount | None = Field(default=None, ge=20, le=260)
    max_heart_rate_bpm: Amount | None = Field(default=None, ge=20, le=260)
    average_power_w: Amount | None = Field(default=None, ge=0, le=3000)
    rpe: Rpe | None = None
    feeling: Feeling | None = Field(default=None, description="how the athlete felt")
    name: Name | None = None
    description: Description | None = None
    notes: Notes | None = None
    marks: Marks | None = None
    tags: Tags | None = None
    gear_ids: GearIds | None = None

    def changes(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True)


class WorkoutFlagResponse(BaseModel):
    code: str = Field(examples=["average_speed_too_high"])
    detail: str = Field(examples=["An average of 48.2 km/h is too fast for Run."])

    @classmethod
    def of(cls, flag: WorkoutFlag, reader: Reader) -> Self:
        return cls(code=flag.code, detail=flag.detail or worded(flag, reader))


class SportGuess(BaseModel):
    """Why a recording that names no sport was taken for this one."""

    code: str = Field(examples=["sport_by_speed"])
    detail: str = Field(examples=["The recording names no sport; an average of 11.2 km/h is usual for Run."])

    @classmethod
    def of(cls, workout: Workout, reader: Reader) -> Self | None:
        reason = workout.guessed_by if workout.sport_guessed else None
        return cls(code=reason.code, detail=worded(reason, reader)) if reason is not None else None


class WorkoutProblem(BaseModel):
    """Why a workout cannot be measured as it was corrected."""

    code: str = Field(examples=["nothing_left"])
    detail: str = Field(examples=["The stretch holds no recorded points. Choose a longer one."])

    @classmethod
    def of(cls, workout: Workout, reader: Reader) -> Self | None:
        reason = workout.measurement_problem if workout.measurement is Measurement.FAILED else None
        return cls(code=reason.code, detail=worded(reason, reader)) if reason is not None else None


class PhotoProblem(BaseModel):
    """Why a photo cannot be shown."""

    code: str = Field(examples=["picture_type_unknown"])
    detail: str = Field(examples=["The file is no JPEG, PNG or WebP. Send the photo as one of them."])


class WorkoutPhoto(BaseModel):
    photo_id: str
    revision: int
    status: PhotoStatus = Field(description="pending: it is on its way; ask again until it is ready or failed")
    alt: str | None = Field(default=None, description="what can be seen, for who cannot see it")
    width: int | None = None
    height: int | None = None
    url: str | None = Field(default=None, description="a WebP of at most 2048 pixels a side, for an hour")
    thumbnail_url: str | None = Field(default=None, description="the same of at most 512")
    links_expire_at: AwareDatetime | None = None
    problem: PhotoProblem | None = None
    created_at: AwareDatetime

    @classmethod
    def of(cls, photo: Photo, reader: Reader, now: datetime, links: PhotoLinks | None = None) -> Self:
        photo = photo.as_of(now)
        url, thumbnail_url, expires_at = links or (None, None, None)
        problem = photo.problem and PhotoProblem(code=photo.problem.code, detail=worded(photo.problem, reader))
        told = {"url": url, "thumbnail_url": thumbnail_url, "links_expire_at": expires_at, "problem": problem}
        return cls.model_validate({**photo.model_dump(), **told})

    @classmethod
    def all_of(cls, workout: Workout, links: Sequence[PhotoLinks | None], reader: Reader, now: datetime) -> list[Self]:
        return [cls.of(photo, reader, now, led) for photo, led in zip(workout.photos, links, strict=True)]


class WorkoutSummary(BaseModel):
    workout_id: str
    revision: int
    sport_type: SportType
    name: str = Field(examples=["Morning run"], description="the athlete's, or made of the time of day and the sport")
    is_named: bool = Field(description="false: nobody named it, and the name follows sport, start and language")
    marks: list[Mark] = Field(
        default_factory=list, description="of `indoor` the athlete's word stands, else what was measured"
    )
    tags: list[str] = Field(default_factory=list)
    rpe: float | None = Field(
        default=None, description="perceived exertion from 1 to 10, typed in or told to the device (which may have 0)"
    )
    feeling: Feeling | None = Field(default=None, description="typed in, or what `feel` comes to")
    started_at: AwareDatetime
    started_at_local: AwareDatetime = Field(
        examples=["2026-11-21T08:40:00+03:00"], description="the same moment by the clock of `time_zone`"
    )
    time_zone: str
    elapsed_time_s: float
    timer_time_s: float
    moving_time_s: float
    distance_m: float | None = None
    ascent_m: float | None = None
    descent_m: float | None = None
    elevation_high_m: float | None = Field(default=None, description="the highest point, in metres above the sea")
    elevation_low_m: float | None = Field(default=None, description="the lowest point")
    average_temperature_c: float | None = None
    calories_kcal: float | None = None
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
    sport_guessed: bool = Field(default=False, description="the recording does not say the sport")
    guessed_by: SportGuess | None = Field(default=None, description="why it was taken for this sport")
    gear_ids: list[str] | None = Field(default=None, description="as named; null: the default gear of the sport")
    worn_gear_ids: list[str] = Field(description="the gear that wore; the default gear appears a moment later")
    flags: list[WorkoutFlagResponse] = Field(default_factory=list)
    origin: str = Field(description="manual, upload or live: how it came into the diary")
    measurement: Measurement = Field(
        default=Measurement.DONE,
        description="pending: the numbers of what was corrected come in a moment, ask again until then; "
        "failed: it cannot be measured so, and the numbers are those of before",
    )
    measurement_problem: WorkoutProblem | None = Field(
        default=None, description="why it failed, and what the athlete can do; the correction can be taken back as ever"
    )
    dropped: list[str] = Field(
        default_factory=list,
        examples=[["heart_rate_bpm"]],
        description="left out for want of the consent `health_data`; a recording is measured with it once it is there",
    )
    device: str | None = None
    polyline: str | None = Field(default=None, description="Google's encoded polyline, precision 5")
    photo_count: int = Field(default=0, description="that can be shown")

    @classmethod
    def of(cls, workout: Workout, reader: Reader) -> Self:
        return cls.model_validate(_shown(workout, reader))


class WorkoutFile(BaseModel):
    filename: str
    format: str = Field(examples=["fit"])
    size: int
    sha256: str
    replaced: bool = Field(default=False, description="kept, and measured no more")

    @classmethod
    def of(cls, file: FileRef) -> Self:
        return cls.model_validate(file.model_dump())


class SuggestedCrop(BaseModel):
    """As `crop` takes it."""

    from_s: float = Field(examples=[0.0])
    to_s: float = Field(examples=[2710.0])

    @classmethod
    def of(cls, span: tuple[float, float]) -> Self:
        return cls(from_s=span[0], to_s=span[1])


class WorkoutCut(BaseModel):
    """Which stretch of the recording counts, in seconds since its first point; null: up to its own end."""

    from_s: float | None = Field(examples=[None])
    to_s: float | None = Field(examples=[2710.0])
    recorded_span_s: float = Field(examples=[4120.0], description="of the whole recording")
    next_workout_id: str | None = Field(description="what a split made of the rest")

    @classmethod
    def of(cls, cut: Cut) -> Self:
        began = cut.whole.started_at
        first, last = (edge and (edge - began).total_seconds() for edge in (cut.first, cut.last))
        return cls(
            from_s=first,
            to_s=last,
            recorded_span_s=cut.whole.recorded_span_s,
            next_workout_id=cut.next_part and cut.next_part.workout_id,
        )


class WorkoutDetail(WorkoutSummary):
    description: str | None = Field(default=None, description="meant for others, once anybody else sees workouts")
    notes: str | None = Field(default=None, description="for the athlete alone")
    external: ExternalWorkout | None = None
    calories_method: str | None = Field(
        default=None,
        description="device, heart_rate (Keytel 2005), met (by mass), met_assumed_mass (70 kg); null: typed, or none",
    )
    start_latlng: tuple[float, float] | None = None
    end_latlng: tuple[float, float] | None = None
    measured_by: dict[str, str] = Field(
        default_factory=dict,
        description="number -> who is believed: session, laps, distance, positions, speed, combined, events, records, "
        "altitude",
        examples=[{"distance_m": "session", "ascent_m": "altitude"}],
    )
    disputed: list[Disputed] = Field(default_factory=list, description="with nothing to decide: what each says")
    suggested_crop: SuggestedCrop | None = Field(
        default=None, description="part of it was in a vehicle: what `crop` would leave out"
    )
    cut: WorkoutCut | None = Field(default=None, description="null: all of the recording counts")
    indoor: bool = Field(default=False, description="as the mark says")
    pool_length_m: float | None = None
    strokes: int | None = None
    feel: float | None = Field(default=None, description="told to the device, from 0 (very weak) to 100 (very strong)")
    polyline_detailed: str | None = Field(
        default=None, description="precision 5, within a metre of the way in up to 3 000 points"
    )
    best_efforts: list[BestEffort] = Field(default_factory=list)
    pauses: list[dict[str, Any]] = Field(default_factory=list)
    laps: list[dict[str, Any]] = Field(default_factory=list)
    splits_km: list[dict[str, Any]] = Field(default_factory=list)
    splits_mile: list[dict[str, Any]] = Field(default_factory=list)
    lengths: list[dict[str, Any]] = Field(default_factory=list, description="of a pool: strokes, rests")
    devices: list[dict[str, Any]] = Field(default_factory=list, description="what recorded, and its sensors")
    files: list[WorkoutFile] = Field(default_factory=list)
    photos: list[WorkoutPhoto] = Field(default_factory=list, description="in the athlete's order; theirs alone")
    created_at: AwareDatetime
    updated_at: AwareDatetime

    @classmethod
    def of(
        cls,
        workout: Workout,
        reader: Reader,
        track: Track | None = None,
        photos: Sequence[WorkoutPhoto] = (),
    ) -> Self:
        longer = track.model_dump() if track is not None else {}
        cut = WorkoutCut.of(workout.cut) if workout.cut is not None else None
        crop = SuggestedCrop.of(workout.suggested_crop) if workout.suggested_crop is not None else None
        told = {"cut": cut, "suggested_crop": crop, "photos": list(photos)}
        return cls.model_validate({**_shown(workout, reader), **longer, **told})


def variant(workout: Workout, reader: Reader, now: datetime) -> str:
    """Inventory's note of the default gear is no edit, but it is news for who has seen the workout without it; and
    so are its name and reasons in another language, and a workout that is shown without health data, photos and
    the time until which their links are good for some while."""
    gear = f"gear{workout.assigned_for}" if workout.gear_ids is None and workout.assigned_for else ""
    has_reasons = workout.flags or workout.sport_guessed or workout.measurement is Measurement.FAILED
    without = f"without{len(workout.dropped)}" if workout.dropped else ""
    language = reader.language.value if has_reasons or not workout.name else ""
    units = reader.units.value if has_reasons else ""
    photos = f"photos{workout.photos_revision}at{_while(now)}" if workout.photos else ""
    return f"{gear}{language}{units}{without}{photos}"


def photo_variant(photo: Photo, reader: Reader, now: datetime) -> str:
    shown = photo.as_of(now)
    language = reader.language.value if shown.problem is not None else ""
    return f"{shown.status.value}{language}{_while(now)}"


def _while(now: datetime) -> int:
    """Half the time that links last: whoever hears that nothing changed has links that are still good."""
    return int(now.timestamp() // 1800)


def _shown(workout: Workout, reader: Reader) -> dict[str, Any]:
    flags = [WorkoutFlagResponse.of(flag, reader) for flag in workout.flags]
    told = {
        "started_at_local": workout.started_at.astimezone(ZoneInfo(workout.time_zone)),
        "worn_gear_ids": workout.worn_gear_ids,
        "name": workout.name
        or workout_name(workout.sport_type, workout.started_at, workout.time_zone, reader.language),
        "is_named": bool(workout.name),
        "photo_count": sum(photo.status is PhotoStatus.READY for photo in workout.photos),
        "indoor": Mark.INDOOR in workout.marks,
        "feeling": workout.felt,
        "flags": flags,
        "guessed_by": SportGuess.of(workout, reader),
        "measurement_problem": WorkoutProblem.of(workout, reader),
    }
    return {**workout.model_dump(), **told}


class DownloadLink(BaseModel):
    filename: str
    url: str
    expires_at: AwareDatetime

    @classmethod
    def of(cls, file: FileRef, url: str, expires_at: datetime) -> Self:
        return cls(filename=file.filename, url=url, expires_at=expires_at)
