"""IANA time zones, checked."""

from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field


@cache
def known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _known(name: str) -> str:
    if name not in known_zones():
        raise ValueError("This is not an IANA time zone such as Europe/Moscow.")
    return name


TimeZone = Annotated[str, Field(examples=["Europe/Moscow"]), AfterValidator(_known)]
