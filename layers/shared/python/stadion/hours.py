"""Hours of somebody's day, as a clock on the wall shows them: no zone, no seconds, and no number."""

import re
from datetime import time
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer

from stadion.errors import UnacceptableValueError
from stadion.i18n import Text

_NO_HOUR = Text(
    en="Send an hour of the day as text, such as 08:00 or 22:30.",
    ru="Укажите время суток текстом, например 08:00 или 22:30.",
)
_HOUR = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(:00)?")


def _written(value: Any) -> Any:
    if isinstance(value, time) and value.tzinfo is None:
        return value.replace(second=0, microsecond=0)
    if not isinstance(value, str) or _HOUR.fullmatch(value.strip()) is None:
        raise UnacceptableValueError(_NO_HOUR)
    return time.fromisoformat(value.strip())


HourOfDay = Annotated[
    time,
    BeforeValidator(_written, json_schema_input_type=str),
    PlainSerializer(lambda hour: f"{hour:%H:%M}", return_type=str, when_used="json"),
    Field(examples=["08:00"], json_schema_extra={"pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}),
]
