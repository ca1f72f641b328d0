"""Requests for a recording's stretch."""

from pydantic import Field

from stadion.fields import Amount
from stadion.http import RequestModel


class WorkoutCrop(RequestModel):
    """What counts of the recording, in seconds since the workout's start as it is shown (the stream `time`)."""

    from_s: Amount = Field(default=0, ge=0, le=2_678_400, examples=[0])
    to_s: Amount | None = Field(default=None, gt=0, le=2_678_400, examples=[2710], description="null: to its end")


class WorkoutSplit(RequestModel):
    """Where the second workout begins, in seconds since the start of the first as it is shown."""

    at_s: Amount = Field(gt=0, le=2_678_400, examples=[2710])
