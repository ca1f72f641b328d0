"""Which phone numbers get codes."""

from collections.abc import Collection
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberType

from accounts.contacts.errors import CountryNotServedError, NumberTakesNoCodeError
from stadion.values import Value

MOBILE: Final = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
"""Some countries, such as those of +1, do not tell the two apart."""


class Holder(Value):
    """Who has shown last that a number is theirs: one account."""

    user_id: str


def check_number(number: str, countries: Collection[str]) -> None:
    """Of a valid E.164 number."""
    parsed = phonenumbers.parse(number)
    if phonenumbers.number_type(parsed) not in MOBILE:
        raise NumberTakesNoCodeError(pointer="#/phone")
    if phonenumbers.region_code_for_number(parsed) not in countries:
        raise CountryNotServedError(pointer="#/phone")
