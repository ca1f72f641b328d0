"""What goes over the WebSocket. `contracts/asyncapi.json` is generated from these models."""

from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, TypeAdapter

from stadion.events.workouts import UploadEnded, UploadOutcome
from stadion.http import RequestModel
from stadion.ids import ClientId
from telemetry.live.schemas import LiveCommand, LiveSessionDetail, LiveStart, SampleBatch, SamplesTaken
from telemetry.live.values import LiveView, SampleReceipt, SessionReport

RequestId = Annotated[
    str, Field(min_length=1, max_length=64, description="the app's own; the answer carries it", examples=["17"])
]

REQUEST_ID: TypeAdapter[str | None] = TypeAdapter(RequestId | None)


class Asking(RequestModel):
    request_id: RequestId | None = None


class OfSession(Asking):
    session_id: ClientId


class StartMessage(LiveStart, Asking):
    """Start a live workout."""

    action: Literal["start"]


class SamplesMessage(SampleBatch, OfSession):
    """Samples of it. A frame is at most 32 KB: some 250 samples with all channels."""

    action: Literal["samples"]


class PauseMessage(LiveCommand, OfSession):
    """The athlete rests."""

    action: Literal["pause"]


class ResumeMessage(LiveCommand, OfSession):
    """The athlete goes on."""

    action: Literal["resume"]


class StopMessage(LiveCommand, OfSession):
    """It becomes a workout of the diary."""

    action: Literal["stop"]


class DiscardMessage(OfSession):
    """It never was."""

    action: Literal["discard"]


class StateMessage(OfSession):
    """After a reconnection: what is known, the last sample and the gaps."""

    action: Literal["state"]


class WatchMessage(Asking):
    """See a live workout from now on: one's own, of somebody who allowed it, or, on a link's connection, the link's."""

    action: Literal["watch"]
    user_id: Annotated[str, Field(min_length=1, max_length=64)] | None = Field(
        default=None, description="whose; one's own when left out. Not on a link's connection"
    )
    session_id: ClientId | None = Field(
        default=None, description="the one that is open when left out; another's, as an earlier view named it"
    )


class PingMessage(Asking):
    """API Gateway hangs up after ten silent minutes."""

    action: Literal["ping"]


ClientMessage = Annotated[
    StartMessage
    | SamplesMessage
    | PauseMessage
    | ResumeMessage
    | StopMessage
    | DiscardMessage
    | StateMessage
    | WatchMessage
    | PingMessage,
    Field(discriminator="action"),
]
CLIENT_MESSAGE: TypeAdapter[Any] = TypeAdapter(ClientMessage)


# --- from the server -------------------------------------------------------------------------------------------------


class Answer(BaseModel):
    request_id: str | None = Field(default=None, description="of what is answered")


class SessionAnswer(Answer):
    """To start, pause, resume, stop, discard and state."""

    type: Literal["session"] = "session"
    session: LiveSessionDetail

    @classmethod
    def of(cls, report: SessionReport) -> Self:
        return cls(session=LiveSessionDetail.of(report))


class SamplesAnswer(Answer):
    """To samples: they are kept, and the app may forget them."""

    type: Literal["samples"] = "samples"
    taken: SamplesTaken

    @classmethod
    def of(cls, receipt: SampleReceipt) -> Self:
        return cls(taken=SamplesTaken.of(receipt))


class WatchAnswer(Answer):
    """To watch: what can be seen now."""

    type: Literal["watching"] = "watching"
    seen: LiveView


class PongAnswer(Answer):
    """To ping."""

    type: Literal["pong"] = "pong"


class ErrorAnswer(Answer):
    """What was asked was not done; `code`, `detail` and `errors` are those of the HTTP API's problems."""

    type: Literal["error"] = "error"
    status: int = Field(description="as over HTTP; 409 and 503 may be tried again", examples=[409])
    code: str = Field(description="decide by this", examples=["live_session_is_open"])
    detail: str
    errors: list[dict[str, str]] = Field(default_factory=list)
    open_session_id: str | None = None
    workout_id: str | None = None


class SeenUpdate(BaseModel):
    """To watchers: what is visible now, or a new state. One with a smaller `sequence` than seen before is old."""

    type: Literal["update"] = "update"
    seen: LiveView


class EndReason(StrEnum):
    SESSION_ENDED = "session_ended"
    NOT_ALLOWED = "not_allowed"


class WatchEnded(BaseModel):
    """To watchers: nothing more will come."""

    type: Literal["ended"] = "ended"
    session_id: str
    reason: EndReason


class UploadEndedMessage(BaseModel):
    """To the athlete's own connections: what became of a recording that was sent. It may come twice, and a connection
    that is not there misses it: `GET /v1/uploads` has all."""

    type: Literal["upload.ended"] = "upload.ended"
    upload_id: str
    status: UploadOutcome = Field(examples=["ready"])
    workout_ids: list[str] = Field(default_factory=list)
    existing_workout_id: str | None = None
    problem: str | None = Field(
        default=None, description="a code; GET /v1/uploads/{upload_id} words it", examples=["bad_fit"]
    )

    @classmethod
    def of(cls, event: UploadEnded) -> Self:
        return cls.model_validate(event.model_dump())


ServerMessage = (
    SessionAnswer
    | SamplesAnswer
    | WatchAnswer
    | PongAnswer
    | ErrorAnswer
    | SeenUpdate
    | WatchEnded
    | UploadEndedMessage
)
