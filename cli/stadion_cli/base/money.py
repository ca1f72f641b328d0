"""Money for people, out of the smallest units that the API speaks."""

from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache


def money(minor: float, currency: str, *, signed: bool = False) -> str:
    """`1 234.50 RUB`; a fraction of the smallest unit is rounded."""
    return f"{amount(minor, currency, signed=signed)} {currency}"


def amount(minor: float, currency: str, *, signed: bool = False) -> str:
    """As `money`, where the currency is said elsewhere."""
    places = decimals(currency)
    units = Decimal(str(minor)).quantize(Decimal(1), ROUND_HALF_EVEN).scaleb(-places)
    text = f"{abs(units):,.{places}f}".replace(",", " ")
    if units < 0:
        return f"−{text}"
    return f"+{text}" if signed and units > 0 else text


@cache
def decimals(currency: str) -> int:
    """By ISO 4217, not by what people usually write: the two differ for some, and the API means the former."""
    from iso4217 import Currency

    try:
        return Currency(currency).exponent or 0
    except ValueError:
        return 2
