"""Answers that Lambda cannot give: it takes 6 MB of what a function says, and anything more is a 500.

A route that declares `AnswerElsewhere` is answered with 303 then: the same bytes lie in the service's bucket of
answers, under a link of a few minutes that opens this one object. Any other route says that it is too much (413).
"""

import base64
import json
from datetime import timedelta
from typing import Any, Final

from stadion import ids
from stadion.errors import TooLargeError, UnavailableError
from stadion.i18n import Text
from stadion.observability import count
from stadion.settings import Settings, load
from stadion.storage import s3_client

MAX_BYTES: Final = 4 * 1024 * 1024
"""Of a body in the JSON of Lambda's answer: with headers, and with what Lambda adds, it stays well below 6 MB."""
MOST_OF_A_CHARACTER: Final = 6
"""Bytes of a character in JSON: `\\uffff`."""
LINK_LASTS: Final = timedelta(minutes=5)
PREFIX: Final = "answers/"
KEPT_HEADERS: Final = {
    "Content-Type": "ContentType",
    "Content-Encoding": "ContentEncoding",
    "Content-Disposition": "ContentDisposition",
}


class AnswerTooLargeError(TooLargeError):
    code = "answer_too_large"
    title = Text(en="Too large an answer", ru="Слишком большой ответ")
    explanation = Text(
        en="This is more than one answer can carry. Ask for a shorter range, a lower resolution or fewer keys.",
        ru="Столько не помещается в один ответ. Запросите меньший период, меньшее разрешение или меньше полей.",
    )


class AnswerNotKeptError(UnavailableError):
    code = "answer_not_kept"
    title = Text(en="Not ready", ru="Не готово")
    explanation = Text(
        en="The file could not be put down just now. Ask again in a moment.",
        ru="Сейчас не удалось подготовить файл. Повторите запрос чуть позже.",
    )


class AnswerSettings(Settings):
    answers_bucket: str = ""


def is_too_large(answer: dict[str, Any]) -> bool:
    """Asks for the bytes in JSON only where their number is not clear."""
    body = answer.get("body") or ""
    if len(body) * MOST_OF_A_CHARACTER <= MAX_BYTES:
        return False
    return len(body) > MAX_BYTES or len(json.dumps(body)) > MAX_BYTES


def elsewhere(answer: dict[str, Any], user_id: str) -> dict[str, Any]:
    """The answer that leads to this one. `AnswerTooLargeError` where there is no bucket, `AnswerNotKeptError`."""
    bucket = load(AnswerSettings).answers_bucket
    if not bucket:
        raise AnswerTooLargeError
    key = f"{PREFIX}{user_id}/{ids.new_id()}"
    location = _put(bucket, key, answer)
    count("AnsweredElsewhere")
    return {**answer, "statusCode": 303, "headers": {"Location": location}, "body": "", "isBase64Encoded": False}


def _put(bucket: str, key: str, answer: dict[str, Any]) -> str:
    from botocore.exceptions import BotoCoreError, ClientError

    body = base64.b64decode(answer["body"]) if answer.get("isBase64Encoded") else answer["body"].encode()
    said: Any = {KEPT_HEADERS[name]: value for name, value in answer["headers"].items() if name in KEPT_HEADERS}
    try:
        s3_client().put_object(Bucket=bucket, Key=key, Body=body, CacheControl="private, no-store", **said)
    except (BotoCoreError, ClientError) as error:
        raise AnswerNotKeptError from error
    lasts = int(LINK_LASTS.total_seconds())
    return s3_client().generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=lasts)
