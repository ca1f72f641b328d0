"""What a route declares of its answers: the errors that it may end in and the headers that come with a success.

The OpenAPI document is made of this, and the tests' clients refuse a problem that is not declared. What the edge says
to everybody needs no declaring: a value that is refused, a missing token or signature, a limit, a fault of ours.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from aws_lambda_powertools.event_handler.openapi.types import OpenAPIResponse

from stadion.errors import (
    IdempotencyKeyReusedError,
    IfMatchRequiredError,
    InvalidIdempotencyKeyError,
    RequestInProgressError,
    StadionError,
    StaleVersionError,
)

F = TypeVar("F", bound=Callable[..., Any])
Headers = tuple[Literal["ETag", "Location"], ...]


class NotModifiedError(Exception):
    """The client has this version already. Control flow, answered with 304; who raises it takes `If-None-Match`."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        super().__init__("not modified")


class AnswerElsewhere(Exception):  # noqa: N818 - it is no error
    """Never raised: who declares it may be answered 303, which leads to what is too large for an answer."""


Raises = tuple[type[StadionError] | type[NotModifiedError] | type[AnswerElsewhere], ...]

EDIT: Raises = (IfMatchRequiredError, StaleVersionError, RequestInProgressError)
"""Of a route that asks `if_match`: it takes `If-Match`."""
KEYED: Raises = (InvalidIdempotencyKeyError, IdempotencyKeyReusedError, RequestInProgressError)
"""Of a route that asks `idempotency_key`: it takes `Idempotency-Key`."""


def file_response(*content_types: str) -> dict[int, OpenAPIResponse]:
    """`responses` of a route that answers a file or a page instead of JSON."""
    kinds = (kind.partition(";")[0] for kind in content_types)
    return {200: {"description": "The file.", "content": {kind: {"schema": {"type": "string"}} for kind in kinds}}}


@dataclass(frozen=True)
class Contract:
    raises: Raises = ()
    headers: Headers = ()

    @property
    def errors(self) -> tuple[type[StadionError], ...]:
        """Those that are answered with a problem, each once."""
        return tuple(dict.fromkeys(error for error in self.raises if issubclass(error, StadionError)))


def declare(register: Callable[[F], F], raises: Raises, headers: Headers) -> Callable[[F], F]:
    """Keeps the contract on the route's function, where Powertools has no place for it, and registers the route."""

    def decorate(function: F) -> F:
        vars(function)["contract"] = Contract(raises, headers)
        return register(function)

    return decorate


def contract_of(function: Callable[..., Any]) -> Contract:
    found = vars(function).get("contract", Contract())
    assert isinstance(found, Contract)  # noqa: S101 - for the type checker
    return found
