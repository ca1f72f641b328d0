"""Ids that come from outside, the same at the till, in messages, on the command line and in files."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from stadion.errors import UnacceptableValueError
from stadion.i18n import Text

_NO_USER_ID = Text(
    en="Send the athlete's Stadion id, a UUID such as 8f14e45f-ceea-467f-a0e6-7b1c2d3e4f50.",
    ru="Передайте идентификатор спортсмена Stadion — UUID вида 8f14e45f-ceea-467f-a0e6-7b1c2d3e4f50.",
)


def _canonical(typed: str) -> str:
    """RFC 9562: hexadecimal digits are of either case on input, and lower case on output."""
    try:
        return str(UUID(typed.strip()))
    except ValueError as error:
        raise UnacceptableValueError(_NO_USER_ID) from error


OrderId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$", examples=["o-48151"])]
"""The store's own. No colon and no number sign: keys and sources of postings are put together with them."""
UserId = Annotated[
    str,
    Field(max_length=64, examples=["8f14e45f-ceea-467f-a0e6-7b1c2d3e4f50"]),
    AfterValidator(_canonical),
]
Sku = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$", examples=["8736421"])]
Label = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,80}$", examples=["winter-2026"])]
PartnerId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,29}$", examples=["store"])]
