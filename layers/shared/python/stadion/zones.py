"""IANA time zones, checked."""

from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field

from stadion.errors import UnacceptableValueError
from stadion.i18n import Text

_NO_ZONE = Text(
    en="This is not an IANA time zone such as Europe/Moscow.",
    ru="Это не часовой пояс IANA, такой как Europe/Moscow.",
)


@cache
def known_zones() -> frozenset[str]:
    """Without the two that are no place: what they mean depends on the machine that reads them."""
    return frozenset(available_timezones()) - {"localtime", "Factory"}


def _known(name: str) -> str:
    if name not in known_zones():
        raise UnacceptableValueError(_NO_ZONE)
    return name


TimeZone = Annotated[str, Field(examples=["Europe/Moscow"]), AfterValidator(_known)]
