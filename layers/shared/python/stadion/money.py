"""Money: whole numbers of the smallest unit of one ISO 4217 currency. Two currencies are never added."""

from functools import cache
from typing import Annotated

from pydantic import AfterValidator, Field

from stadion.errors import UnacceptableValueError
from stadion.i18n import Text

MAX_MINOR = 10**12
NOT_A_CURRENCY = Text(
    en="This is no currency of ISO 4217 such as RUB or EUR.", ru="Это не валюта по ISO 4217, такая как RUB или EUR."
)

Minor = Annotated[int, Field(ge=0, le=MAX_MINOR, strict=True, description="in the currency's smallest unit")]


@cache
def exponents() -> dict[str, int]:
    """Currency -> how many of its decimals the smallest unit is; without metals, funds and codes for testing."""
    from iso4217 import Currency as Iso  # takes 50 ms, which most functions never need

    return {one.code: one.exponent for one in Iso if one.exponent is not None}


def exponent(currency: str) -> int:
    """2 for RUB, 0 for JPY, 3 for KWD. What is no currency any more had two."""
    return exponents().get(currency, 2)


def _current(code: str) -> str:
    if code not in exponents():
        raise UnacceptableValueError(NOT_A_CURRENCY)
    return code


Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["RUB"]), AfterValidator(_current)]
