"""Requests and answers of live workouts, the same over HTTP and over the WebSocket."""

from datetime import timedelta
from typing import Annotated, Final, Literal, Self

from pydantic import AwareDatetime, BaseModel, Field, Strict

from stadion.events.telemetry import LiveOutcome, LivePause
from stadion.fields import LINE, Amount, Moment
from stadion.http import RequestModel
from stadion.ids import ClientId
from stadion.sports import SportType
from stadion.zones import TimeZone
from telemetry.live.values import (
    MAX_DURATION,
    MAX_SAMPLES,
    Allowed,
    Coverage,
    ImpossibleValue,
    Link,
    LiveState,
    SampleReceipt,
    SentSamples,
    SessionReport,
    SessionSummary,
    Start,
)

MAX_LINK_S: Final = 24 * 3600

Seconds = Annotated[Amount, Field(ge=0, le=MAX_DURATION.total_seconds())]
Number = Annotated[float, Strict()]
Column = Annotated[list[Number | None] | None, Field(max_length=MAX_SAMPLES)]
AtS = Annotated[
    Seconds | None,
    Field(description="seconds since the start, by the app's clock; the server's clock when left out", examples=[600]),
]


class LiveStart(RequestModel):
    """The same start again changes nothing and answers the session as it is."""

    session_id: ClientId = Field(description="chosen by the app: the workout will have the same id")
    sport_type: SportType = Field(examples=["Run"])
    started_at: Moment = Field(examples=["2026-11-21T08:40:00+03:00"])
    time_zone: TimeZone | None = Field(
        default=None, description="of the first position, or else the athlete's own, when it is not named"
    )
    name: Annotated[str, Field(min_length=1, max_length=200, pattern=LINE, examples=["Before work"])] | None = None
    gear_ids: Annotated[list[ClientId], Field(max_length=10)] | None = Field(
        default=None, description="the pieces worn; leave it out to use the default gear of the sport"
    )

    def start(self) -> Start:
        return Start.model_validate(self.model_dump(include=set(Start.model_fields)))


class LiveCommand(RequestModel):
    at_s: AtS = None


class SampleBatch(RequestModel):
    """Parallel lists; null where nothing was measured. Order, age and repetitions do not matter."""

    time_s: list[Seconds] = Field(
        min_length=1, max_length=MAX_SAMPLES, description="since the start, to the millisecond", examples=[[0, 1, 2]]
    )
    lat: Column = Field(default=None, examples=[[55.7512, 55.7513, 55.7514]])
    lon: Column = Field(default=None, examples=[[37.6184, 37.6184, 37.6185]])
    heart_rate_bpm: Column = Field(default=None, examples=[[101, 102, None]])
    power_w: Column = None
    speed_mps: Column = None
    cadence_rpm: Column = None
    altitude_m: Column = None
    distance_m: Column = Field(default=None, description="since the start")
    temperature_c: Column = None
    more: bool = Field(
        default=False,
        description="of a finished workout: more batches follow at once, so correct it after the last one only",
    )

    def sent(self) -> SentSamples:
        besides = {"time_s", "more", "action", "request_id", "session_id"}
        return SentSamples(self.time_s, self.model_dump(exclude=besides, exclude_none=True), self.more)


class RefusedSample(BaseModel):
    """A value that cannot be; the others of its sample were taken."""

    column: str = Field(examples=["heart_rate_bpm"])
    index: int = Field(description="in the list", examples=[17])
    code: Literal["value_is_impossible"] = "value_is_impossible"

    @classmethod
    def of(cls, value: ImpossibleValue) -> Self:
        return cls(column=value.column, index=value.index)


class SamplesTaken(BaseModel):
    """What is answered is kept. What is not answered, send again: nothing is counted twice."""

    session_id: str
    accepted: int = Field(description="samples of this batch")
    added: int = Field(description="of them, those that were not known yet")
    received_until_s: float = Field(description="the last sample known, of this batch or before")
    refused_count: int = Field(default=0, description="values that cannot be")
    refused: list[RefusedSample] = Field(default_factory=list, description="the first twenty of them")
    dropped: list[str] = Field(
        default_factory=list,
        description="not taken for want of the consent `health_data`: send them again once it is there",
        examples=[["heart_rate_bpm"]],
    )

    @classmethod
    def of(cls, receipt: SampleReceipt) -> Self:
        return cls(
            session_id=receipt.session_id,
            accepted=receipt.accepted,
            added=receipt.added,
            received_until_s=receipt.received_until_s,
            refused_count=receipt.refused_count,
            refused=[RefusedSample.of(value) for value in receipt.refused],
            dropped=list(receipt.dropped),
        )


class LiveGap(BaseModel):
    start_s: float
    end_s: float


class ReceivedSamples(BaseModel):
    samples: int
    until_s: float | None = Field(description="the last sample; go on from here")
    gaps: list[LiveGap] = Field(description="more than ten seconds without a sample; the fifty longest")

    @classmethod
    def of(cls, coverage: Coverage) -> Self:
        found = [LiveGap(start_s=start_s, end_s=end_s) for start_s, end_s in coverage.gaps]
        return cls(samples=coverage.samples, until_s=coverage.until_s, gaps=found)


class _SessionFields(BaseModel):
    session_id: str
    state: LiveState
    outcome: LiveOutcome | None = None
    sport_type: SportType
    started_at: AwareDatetime
    time_zone: str | None = None
    name: str | None = None
    gear_ids: list[str] | None = None
    pauses: list[LivePause] = Field(default_factory=list)
    heard_at: AwareDatetime = Field(description="about when the app was last heard")
    closed_at: AwareDatetime | None = None
    workout_id: str | None = Field(default=None, description="where it was saved; null until it is")


class LiveSession(_SessionFields):
    @classmethod
    def of(cls, summary: SessionSummary) -> Self:
        return cls.model_validate(vars(summary))


class LiveSessionDetail(_SessionFields):
    received: ReceivedSamples

    @classmethod
    def of(cls, report: SessionReport) -> Self:
        return cls.model_validate({**vars(report.summary), "received": ReceivedSamples.of(report.received)})


# --- followers and links ---------------------------------------------------------------------------------------------


HeartRate = Annotated[
    bool, Strict(), Field(description="whether they see the heart rate too; it needs the consent to health_data")
]


class LiveFollowerPut(RequestModel):
    """What a follower sees besides; out of sight where it was never said."""

    heart_rate: HeartRate | None = None


class LiveFollower(BaseModel):
    user_id: str
    allowed_at: AwareDatetime
    heart_rate: bool

    @classmethod
    def of(cls, allowed: Allowed) -> Self:
        return cls.model_validate(allowed.model_dump())


class LiveFollowers(BaseModel):
    items: list[LiveFollower]


class NewShareLink(RequestModel):
    expires_in_s: Annotated[int, Strict()] = Field(
        default=4 * 3600, ge=1, le=MAX_LINK_S, description="a day at most", examples=[14400]
    )

    heart_rate: HeartRate = False

    @property
    def lasts(self) -> timedelta:
        return timedelta(seconds=self.expires_in_s)


class _LinkFields(BaseModel):
    link_id: str = Field(description="to revoke it with")
    session_id: str
    expires_at: AwareDatetime
    heart_rate: bool


class ShareLink(_LinkFields):
    @classmethod
    def of(cls, link: Link) -> Self:
        return cls.model_validate(link.model_dump())


class CreatedShareLink(_LinkFields):
    share_token: str = Field(description="shown this once: only its digest is kept")
    path: str = Field(description="where anybody who has it can look", examples=["/v1/live/shared/Zm9v…"])

    @classmethod
    def of(cls, link: Link, token: str) -> Self:
        path = f"/v1/live/shared/{token}"
        return cls.model_validate({**link.model_dump(), "share_token": token, "path": path})


class ShareLinks(BaseModel):
    items: list[ShareLink]
