"""Answers of AWS put in the place of the endpoint's, before a request is sent or after it was done."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from botocore.awsrequest import AWSResponse

THROTTLED = (400, "ThrottlingException", "Rate exceeded")
INTERNAL = (500, "InternalServerException", "Something went wrong")
DENIED = (
    400,
    "AccessDeniedException",
    "Only existing Timestream for LiveAnalytics customers can access the service. Reach out to AWS support.",
)
Fault = tuple[int, str, str]


@dataclass
class Faults:
    """`plan` says of each request what it gets: None is the endpoint's own answer."""

    client: Any
    plan: Iterator[Fault | Exception | None]
    requests: int = 0
    bodies: list[dict[str, Any]] = field(default_factory=list)

    def __enter__(self) -> "Faults":
        self.client.meta.events.register_first("before-send", self._before, unique_id="faults")
        return self

    def __exit__(self, *_: object) -> None:
        self.client.meta.events.unregister("before-send", unique_id="faults")

    def _before(self, request: Any, **_: Any) -> AWSResponse | None:
        self.requests += 1
        self.bodies.append(json.loads(request.body))
        fault = next(self.plan, None)
        if isinstance(fault, Exception):
            raise fault
        return None if fault is None else _answer(request.url, *fault)


class _Raw:
    def __init__(self, body: bytes) -> None:
        self.body = body

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.body


def _answer(url: str, status: int, code: str, message: str) -> AWSResponse:
    body = json.dumps({"__type": f"com.amazonaws.timestream#{code}", "message": message}).encode()
    return AWSResponse(url, status, {"content-type": "application/x-amz-json-1.0"}, _Raw(body))
