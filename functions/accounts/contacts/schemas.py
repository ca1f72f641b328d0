"""Requests of a new address or phone."""

from typing import Annotated

import phonenumbers
from pydantic import AfterValidator, Field

from accounts.sign_in.schemas import Code, Email, Password
from stadion.errors import UnacceptableValueError
from stadion.http import RequestModel
from stadion.i18n import Text


def _phone(text: str) -> str:
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException as error:
        raise UnacceptableValueError(
            Text(
                en="Send the number as E.164, e.g. +79161234567.",
                ru="Укажите номер в формате E.164, например +79161234567.",
            )
        ) from error
    if not phonenumbers.is_valid_number(number):
        raise UnacceptableValueError(
            Text(en="There is no such phone number.", ru="Такого номера телефона не существует.")
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


Phone = Annotated[str, Field(max_length=32, examples=["+79161234567"]), AfterValidator(_phone)]


class NewEmail(RequestModel):
    email: Email
    current_password: Password


class NewPhone(RequestModel):
    phone: Phone


class CodeOnly(RequestModel):
    code: Code
