"""A check looks at one thing of the account and says what it found; what it could not look at is never green."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from stadion_cli.preflight.world import World

DENIED: Final = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "NotAuthorized",
        "UnauthorizedOperation",
        "Forbidden",
        "403",
        "DataUnavailableException",
    }
)
"""As services say it. Cost Explorer says the last where nobody has switched it on."""
NOT_THERE: Final = frozenset(
    {
        "InvalidAction",
        "UnknownOperationException",
        "UnsupportedOperation",
        "AWS.SimpleQueueService.UnsupportedOperation",
        "NotImplemented",
        "InternalFailure",
        "501",
    }
)
"""As emulators and regions say that they have no such call."""


class Status(StrEnum):
    PASSED = "passed"
    PARTLY = "partly"
    WARNED = "warned"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"
    FAILED = "failed"


BAD: Final = frozenset({Status.FAILED, Status.UNKNOWN})


@dataclass(frozen=True)
class Finding:
    """What was seen, and where it is not good, what to do: a command, or a place in a document."""

    status: Status
    words: str
    remedy: str = ""
    seen: Mapping[str, Any] = field(default_factory=dict)


def passed(words: str, **seen: Any) -> Finding:
    return Finding(Status.PASSED, words, seen=seen)


def warned(words: str, remedy: str, **seen: Any) -> Finding:
    return Finding(Status.WARNED, words, remedy, seen)


def failed(words: str, remedy: str, **seen: Any) -> Finding:
    return Finding(Status.FAILED, words, remedy, seen)


def unknown(words: str, remedy: str, **seen: Any) -> Finding:
    return Finding(Status.UNKNOWN, words, remedy, seen)


def skipped(words: str, remedy: str = "") -> Finding:
    return Finding(Status.SKIPPED, words, remedy)


def judged(well: bool, words: str, otherwise: str, remedy: str, **seen: Any) -> Finding:
    return passed(words, **seen) if well else failed(otherwise, remedy, **seen)


Look = Callable[["World"], Iterator[Finding]]


@dataclass(frozen=True)
class Check:
    number: int
    name: str
    title: str
    looks: tuple[Look, ...]
    """Each by itself: what one of them cannot do keeps no other from it."""
    costs_usd: float = 0.0


@dataclass(frozen=True)
class Result:
    check: Check
    findings: tuple[Finding, ...]
    seconds: float = 0.0

    @property
    def status(self) -> Status:
        """The worst; of good ones and skipped ones together, partly."""
        found = {finding.status for finding in self.findings}
        for worst in (Status.FAILED, Status.UNKNOWN, Status.WARNED):
            if worst in found:
                return worst
        if Status.SKIPPED in found:
            return Status.PARTLY if Status.PASSED in found else Status.SKIPPED
        return Status.PASSED if found else Status.UNKNOWN


def made(check: Check, world: "World") -> Result:
    started = time.monotonic()
    found = tuple(finding for look in check.looks for finding in _guarded(look, world))
    return Result(check, found, round(time.monotonic() - started, 1))


def left_out(check: Check, why: str) -> Result:
    return Result(check, (skipped(why),))


def _guarded(look: Look, world: "World") -> Iterator[Finding]:
    try:
        yield from look(world)
    except Exception as error:  # noqa: BLE001 - one check that breaks must not keep the others from looking
        yield explained(error)


def explained(error: Exception) -> Finding:
    from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, UnknownServiceError

    if isinstance(error, ClientError):
        return _answered(error)
    if isinstance(error, (EndpointConnectionError, UnknownServiceError)):
        return skipped(f"there is no such service here: {error}")
    if isinstance(error, BotoCoreError):
        return unknown(f"AWS could not be asked: {error}", "aws sts get-caller-identity")
    said = str(error).strip() or type(error).__name__
    return failed(f"it went wrong: {said[:300]}", "stadion logs --since 10m, and the runbook")


def _answered(error: Any) -> Finding:
    code, words = str(error.response["Error"].get("Code", "")), error.response["Error"].get("Message", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    asked = error.operation_name
    if code in DENIED:
        return unknown(
            f"your identity may not ask {asked}: {words}"[:300],
            f"allow it {asked} (docs/how-to/first-day-on-aws.md#who-runs-it)",
        )
    if code in NOT_THERE or status == 501:
        return skipped(f"there is no {asked} here")
    return failed(f"{asked} answered {code}: {words}"[:300], "look at the words of AWS")


def worst(results: Iterable[Result]) -> bool:
    """Whether one of them is a reason not to go on."""
    return any(result.status in BAD for result in results)
