"""Time-ordered identifiers (UUID version 7, RFC 9562), which a client may choose as well."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from uuid6 import uuid7


def new_id() -> str:
    return str(uuid7())


def _canonical(text: str) -> str:
    return str(UUID(text))


ClientId = Annotated[
    str,
    Field(
        pattern=r"^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[1-8][0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}$",
        examples=["0193a1c0-7b1e-7c3a-9f57-2f6c8e0d4b11"],
    ),
    AfterValidator(_canonical),
]
"""A UUID that the client may choose; UUIDv7 is advised, since lists are ordered by it."""
