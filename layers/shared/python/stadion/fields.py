"""Types of request fields that several services share: what the stores and the bus can hold, and nothing else."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Strict

from stadion.errors import UnacceptableValueError
from stadion.i18n import Text

LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+$"
"""One line of text, without control characters and without those that turn the direction of what follows."""

TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]*$"
"""Lines of text, by the same measure: they may break, and be indented."""

PICTURE_TYPE = r"^image/(jpeg|png|webp)$"
"""What `stadion.pictures` opens."""

FIRST_YEAR, LAST_YEAR = 1900, 2200
NO_TIME = Text(
    en="Send an RFC 3339 time such as 2026-11-21T08:40:00+03:00.",
    ru="Нужно время в формате RFC 3339, например 2026-11-21T08:40:00+03:00.",
)
NO_DAY = Text(en="Send a date as YYYY-MM-DD.", ru="Нужна дата ГГГГ-ММ-ДД.")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_OUT_OF_REASON = Text(
    en=f"Send a time between {FIRST_YEAR} and {LAST_YEAR}.", ru=f"Нужно время между {FIRST_YEAR} и {LAST_YEAR} годом."
)


def _written_as_time(value: Any) -> Any:
    """Pydantic would take 1700000000 as seconds since 1970, and a client's mistake as a workout of another year."""
    if isinstance(value, int | float) or (isinstance(value, str) and value.replace(".", "", 1).isdigit()):
        raise UnacceptableValueError(NO_TIME)
    return value


def _written_as_day(value: Any) -> Any:
    """Pydantic would take 1763510400 as a day, and midnight in another zone as the day before."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        return value
    raise UnacceptableValueError(NO_DAY)


def _within_reason(moment: datetime) -> datetime:
    """The first and the last year of the calendar have no UTC in some zones."""
    if not FIRST_YEAR <= moment.year < LAST_YEAR:
        raise UnacceptableValueError(_OUT_OF_REASON)
    return moment.astimezone(UTC)


def _to_thousandths(value: float) -> float:
    """DynamoDB's numbers end at 1e-130; nobody measures finer than a millimetre or a millisecond."""
    return round(value, 3) + 0.0  # nothing has no sign


Moment = Annotated[AwareDatetime, BeforeValidator(_written_as_time), AfterValidator(_within_reason)]
Day = Annotated[date, BeforeValidator(_written_as_day)]
Thousandths = AfterValidator(_to_thousandths)
Amount = Annotated[float, Strict(), Thousandths]
"""A JSON number (not true, not a text) to three decimals."""
