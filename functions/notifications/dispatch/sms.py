"""A message as an SMS: what is told in the sender's own words is shortened; codes and the way out stay whole."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from notifications.inbox.domain import Notification
from notifications.templates import by_language, in_language, words
from stadion.sms import MOST_PARTS, composed, parts, shortened
from stadion.units import Reader


def sms(message: Notification, reader: Reader, *, way_out: str | None) -> str:
    """In as many parts as it may have, unless what stays whole needs more."""
    values = by_language(message.values)

    def said(told: Mapping[str, Any]) -> str:
        return composed(*words(message.template, told, reader), reader.language, way_out=way_out)

    free = {
        name: str(in_language(value, reader.language)) for name, value in values.items() if isinstance(value, Mapping)
    }
    for name in sorted(free, key=lambda name: len(free[name]), reverse=True):
        values = {**values, name: shortened(free[name], partial(_fits, said, values, name))}
    return said(values)


def _fits(said: Callable[[Mapping[str, Any]], str], values: Mapping[str, Any], name: str, text: str) -> bool:
    return parts(said({**values, name: text})) <= MOST_PARTS
