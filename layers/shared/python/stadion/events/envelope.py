"""What every event on the bus looks like."""

from datetime import datetime
from typing import Any, ClassVar, Generic, Self, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PrivateAttr

from stadion import clock, ids

NOBODY = "system"
"""The `user_id` of events that are about no athlete."""


class Part(BaseModel):
    """A value inside an event; unknown fields are ignored, so that a producer may add some."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class Event(BaseModel):
    """A fact in the past tense. Its class name is the detail-type, `source` the EventBridge source.

    Without a source, any service publishes it under its own. The bus takes JSON, which has no infinite number and none
    that is no number.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    source: ClassVar[str | None]
    version: ClassVar[int] = 1
    subject: ClassVar[tuple[str, ...]] = ()
    """Where the ids of what it is about stand, as `workout.workout_id`: log lines and `stadion trace` tell them."""

    @classmethod
    def detail_type(cls) -> str:
        return cls.__name__


def subject_of(kind: type[Event], data: dict[str, Any]) -> dict[str, str]:
    """The ids of what an event is about, by their names, out of its data as it is sent."""
    found = {}
    for path in kind.subject:
        value: Any = data
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if value is not None:
            found[path.rpartition(".")[2]] = str(value)
    return found


E = TypeVar("E", bound=Event)


class Envelope(BaseModel, Generic[E]):
    """The `detail` of an EventBridge event. What it refuses it does not repeat: errors are logged, values are not."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    event_id: str = Field(examples=["0193a1c0-7b1e-7c3a-9f57-2f6c8e0d4b11"])
    occurred_at: AwareDatetime = Field(examples=["2026-11-21T06:30:00.000Z"])
    version: int = Field(examples=[1], description="of the schema of `data`")
    correlation_id: str = Field(examples=["3f1c6f0e-5d8e-4b43-9d0b-0f6f6f2f7c11"])
    user_id: str = Field(examples=["8f14e45f-ceea-467f-a0e6-7b1c2d3e4f50"], description="the Cognito subject")
    data: E
    _replayed: bool = PrivateAttr(default=False)
    """Whether the archive sent it again: that stands beside the detail."""

    @property
    def heard_at(self) -> datetime:
        """When its consumer could first have told of it; a replay tells of old things now."""
        return clock.now() if self._replayed else self.occurred_at

    def as_replayed(self) -> Self:
        self._replayed = True
        return self

    @classmethod
    def of(cls, data: E, *, user_id: str, correlation_id: str, occurred_at: datetime | None = None) -> Self:
        return cls(
            event_id=ids.new_id(),
            occurred_at=occurred_at or clock.now(),
            version=data.version,
            correlation_id=correlation_id,
            user_id=user_id,
            data=data,
        )

    def detail(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_none=True) | {"data": self.data.model_dump(mode="json")}
