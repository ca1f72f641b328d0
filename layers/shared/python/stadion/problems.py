"""RFC 9457 problem documents: the one table from kinds of errors to HTTP."""

from collections.abc import Mapping
from typing import Any

from stadion.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    PreconditionFailedError,
    PreconditionRequiredError,
    StadionError,
    TooLargeError,
    TooManyRequestsError,
    UnacceptableValueError,
    UnauthenticatedError,
    UnavailableError,
    UnprocessableError,
)
from stadion.fields import NO_DAY, NO_TIME
from stadion.formats import FORMATS
from stadion.i18n import Language, Text

CONTENT_TYPE = "application/problem+json"
MAX_ERRORS = 50
MAX_POINTER = 200
TYPE_PREFIX = "https://stadion.example/problems/"

STATUS: dict[type[StadionError], int] = {
    InvalidError: 400,
    UnauthenticatedError: 401,
    ForbiddenError: 403,
    NotFoundError: 404,
    ConflictError: 409,
    PreconditionFailedError: 412,
    TooLargeError: 413,
    UnprocessableError: 422,
    PreconditionRequiredError: 428,
    TooManyRequestsError: 429,
    UnavailableError: 503,
}

ROUTE_NOT_FOUND = Text(en="There is nothing at this address.", ru="По этому адресу ничего нет.")
NOT_FOUND_TITLE = Text(en="Not found", ru="Не найдено")
INVALID_TITLE = Text(en="Invalid request", ru="Неверный запрос")
INVALID_DETAIL = Text(
    en="{count} of the sent values cannot be accepted; see errors.",
    ru="Некоторые значения не приняты ({count}); смотрите errors.",
)
UNEXPECTED_TITLE = Text(en="Something went wrong", ru="Что-то пошло не так")
UNEXPECTED_DETAIL = Text(
    en="The fault is ours and has been recorded. Try again later; tell support the trace_id if it stays.",
    ru="Ошибка на нашей стороне и уже записана. Попробуйте позже; если не пройдёт, сообщите поддержке trace_id.",
)

# What pydantic says most often, for people. Anything else keeps pydantic's own sentence in English.
VALIDATION: dict[str, Text] = {
    "missing": Text(en="This value is required.", ru="Это значение обязательно."),
    "extra_forbidden": Text(en="This field is not known.", ru="Такого поля нет."),
    "json_invalid": Text(
        en="The body is not valid JSON, or says a name twice.", ru="Тело запроса — не JSON, или имя в нём повторяется."
    ),
    "unsupported_content_type": Text(en="Send JSON, as application/json.", ru="Нужен JSON, application/json."),
    "string_unicode": Text(en="This is not valid Unicode.", ru="Это не Unicode."),
    "string_type": Text(en="Send a text.", ru="Нужна строка."),
    "string_too_short": Text(en="At least {min_length} characters.", ru="Не короче {min_length} символов."),
    "string_too_long": Text(en="At most {max_length} characters.", ru="Не длиннее {max_length} символов."),
    "string_pattern_mismatch": Text(en="The format is not right.", ru="Неверный формат."),
    "int_type": Text(en="Send a whole number.", ru="Нужно целое число."),
    "int_parsing": Text(en="Send a whole number.", ru="Нужно целое число."),
    "int_from_float": Text(en="Send a whole number.", ru="Нужно целое число."),
    "float_type": Text(en="Send a number.", ru="Нужно число."),
    "float_parsing": Text(en="Send a number.", ru="Нужно число."),
    "finite_number": Text(en="Send a finite number.", ru="Нужно конечное число."),
    "bool_type": Text(en="Send true or false.", ru="Нужно true или false."),
    "bool_parsing": Text(en="Send true or false.", ru="Нужно true или false."),
    "list_type": Text(en="Send a list.", ru="Нужен список."),
    "dict_type": Text(en="Send a JSON object.", ru="Нужен объект JSON."),
    "model_type": Text(en="Send a JSON object.", ru="Нужен объект JSON."),
    "model_attributes_type": Text(en="Send a JSON object.", ru="Нужен объект JSON."),
    "union_tag_not_found": Text(en="{discriminator} is required.", ru="Нужно указать {discriminator}."),
    "union_tag_invalid": Text(en="Must be one of: {expected_tags}.", ru="Одно из: {expected_tags}."),
    "greater_than": Text(en="Must be more than {gt}.", ru="Должно быть больше {gt}."),
    "greater_than_equal": Text(en="Must be at least {ge}.", ru="Должно быть не меньше {ge}."),
    "less_than": Text(en="Must be less than {lt}.", ru="Должно быть меньше {lt}."),
    "less_than_equal": Text(en="Must be at most {le}.", ru="Должно быть не больше {le}."),
    "enum": Text(en="Must be one of: {expected}.", ru="Одно из: {expected}."),
    "literal_error": Text(en="Must be one of: {expected}.", ru="Одно из: {expected}."),
    "timezone_aware": Text(
        en="Send the time with its offset, such as 2026-11-21T08:40:00+03:00.",
        ru="Укажите время со смещением, например 2026-11-21T08:40:00+03:00.",
    ),
    "datetime_type": NO_TIME,
    "datetime_from_date_parsing": NO_TIME,
    "datetime_parsing": NO_TIME,
    "date_type": NO_DAY,
    "date_parsing": NO_DAY,
    "date_from_datetime_parsing": NO_DAY,
    "date_from_datetime_inexact": NO_DAY,
    "too_long": Text(en="At most {max_length} entries.", ru="Не больше {max_length} элементов."),
    "too_short": Text(en="At least {min_length} entries.", ru="Не меньше {min_length} элементов."),
}


def status_of(error: StadionError) -> int:
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem(
    *, status: int, code: str, title: str, detail: str, instance: str, trace_id: str, **extensions: Any
) -> dict[str, Any]:
    return {
        "type": TYPE_PREFIX + code,
        "title": title,
        "status": status,
        "detail": detail,
        "instance": instance,
        "code": code,
        "trace_id": trace_id,
        **extensions,
    }


def of_error(error: StadionError, *, language: Language, instance: str, trace_id: str) -> dict[str, Any]:
    extensions = dict(error.extensions)
    if places := error.places(language):
        extensions["errors"] = places
    return problem(
        status=status_of(error),
        code=error.code,
        title=error.title.say(language),
        detail=error.detail(language),
        instance=instance,
        trace_id=trace_id,
        **extensions,
    )


def of_validation(
    errors: list[dict[str, Any]], *, status: int, language: Language, instance: str, trace_id: str
) -> dict[str, Any]:
    return problem(
        status=status,
        code="request_is_invalid",
        title=INVALID_TITLE.say(language),
        detail=INVALID_DETAIL.say(language, count=len(errors)),
        instance=instance,
        trace_id=trace_id,
        errors=[_entry(error, language) for error in errors[:MAX_ERRORS]],
    )


def _entry(error: dict[str, Any], language: Language) -> dict[str, str]:
    place, *path = error["loc"]
    if error["type"] == "json_invalid":
        path = []
    steps = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)
    pointer = f"#{steps}" if place == "body" else f"{place}:{'.'.join(map(str, path))}"
    return {"pointer": pointer[:MAX_POINTER], "code": str(error["type"]), "detail": sentence(error, language)}


def sentence(error: Mapping[str, Any], language: Language) -> str:
    """One of pydantic's errors for people."""
    values = error.get("ctx", {})
    raised = values.get("error")
    if isinstance(raised, UnacceptableValueError):
        return raised.text.say(language)
    text = FORMATS.get(str(values.get("pattern"))) or VALIDATION.get(error["type"])
    if text is None:
        return str(error.get("msg", error["type"])).removeprefix("Value error, ")
    try:
        return text.say(language, **_said(values, language))
    except KeyError:
        return str(error.get("msg", error["type"]))


def _said(values: dict[str, Any], language: Language) -> dict[str, Any]:
    """Whole limits as whole numbers; pydantic's lists of choices are English."""
    said: dict[str, Any] = {name: _whole(value) for name, value in values.items()}
    if language is Language.RU and isinstance(said.get("expected"), str):
        said["expected"] = " или ".join(said["expected"].rsplit(" or ", 1))
    return said


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def unexpected(*, language: Language, instance: str, trace_id: str) -> dict[str, Any]:
    return problem(
        status=500,
        code="unexpected_error",
        title=UNEXPECTED_TITLE.say(language),
        detail=UNEXPECTED_DETAIL.say(language),
        instance=instance,
        trace_id=trace_id,
    )


def no_such_route(*, language: Language, instance: str, trace_id: str) -> dict[str, Any]:
    return problem(
        status=404,
        code="route_not_found",
        title=NOT_FOUND_TITLE.say(language),
        detail=ROUTE_NOT_FOUND.say(language),
        instance=instance,
        trace_id=trace_id,
    )
