"""Requests and answers that several services have."""

from pydantic import Field

from stadion.http import RequestModel


class RequestsPerMinute(RequestModel):
    most_per_minute: int = Field(ge=1, le=100_000, description="requests in any 60 seconds", examples=[60])
