"""One message of a connection: what is asked, who asks, what is answered."""

import json
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import InitErrorDetails

from stadion import problems
from stadion.errors import StadionError
from stadion.i18n import Language
from stadion.observability import count, logger
from telemetry.live import service
from telemetry.live.audience import service as audience
from telemetry.live.audience.domain import Watcher
from telemetry.live.errors import LiveSessionNotFoundError, ReadOnlyConnectionError
from telemetry.live.messages import (
    CLIENT_MESSAGE,
    REQUEST_ID,
    DiscardMessage,
    ErrorAnswer,
    PauseMessage,
    PingMessage,
    PongAnswer,
    ResumeMessage,
    SamplesAnswer,
    SamplesMessage,
    SessionAnswer,
    StartMessage,
    StateMessage,
    StopMessage,
    WatchAnswer,
    WatchMessage,
)
from telemetry.live.socket.identity import Caller
from telemetry.live.values import MarkKind


def answer(body: str, who: Caller, connection_id: str, now: datetime) -> tuple[str, BaseModel]:
    """What was asked, in a word for the log, and the answer."""
    action, request_id = "unreadable", None
    try:
        sent = _read(body)
        request_id = _request_id(sent)
        who.ask()
        message = CLIENT_MESSAGE.validate_python(sent)
        action = str(message.action)
        answered = _answer(message, who, connection_id, now)
    except StadionError as error:
        return action, _refused(error, who.language).model_copy(update={"request_id": request_id})
    except ValidationError as error:
        return action, _invalid(error, who.language).model_copy(update={"request_id": request_id})
    except Exception:  # noqa: BLE001 - the connection is told, whatever it was
        count("UnexpectedError")
        logger.exception("unexpected error")
        words = problems.UNEXPECTED_DETAIL.say(who.language)
        return action, ErrorAnswer(request_id=request_id, status=500, code="unexpected_error", detail=words)
    return action, answered.model_copy(update={"request_id": request_id})


def _read(body: str) -> Any:
    try:
        return json.loads(body)
    except (RecursionError, ValueError) as error:
        wrong = InitErrorDetails(type="json_invalid", input=None, ctx={"error": "it cannot be read"})
        raise ValidationError.from_exception_data("message", [wrong]) from error


def _request_id(sent: Any) -> str | None:
    """As far as it can be said back: half a surrogate pair is JSON, and no text."""
    try:
        return REQUEST_ID.validate_python(sent.get("request_id") if isinstance(sent, dict) else None)
    except ValidationError:
        return None


def _answer(message: Any, who: Caller, connection_id: str, now: datetime) -> BaseModel:
    if isinstance(message, PingMessage):
        return PongAnswer()
    if isinstance(message, WatchMessage):
        return WatchAnswer(seen=_watch(message, who, connection_id, now))
    user_id = who.user_id
    if user_id is None:
        raise ReadOnlyConnectionError
    match message:
        case SamplesMessage():
            return SamplesAnswer.of(service.take(user_id, message.session_id, message.sent(), now))
        case StartMessage():
            session = service.start(user_id, message.start(), now)
        case PauseMessage():
            session = service.mark(user_id, message.session_id, MarkKind.PAUSE, message.at_s, now)
        case ResumeMessage():
            session = service.mark(user_id, message.session_id, MarkKind.RESUME, message.at_s, now)
        case StopMessage():
            session = service.stop(user_id, message.session_id, message.at_s, now)
        case DiscardMessage():
            session = service.discard(user_id, message.session_id, now)
        case StateMessage():
            session = service.state(user_id, message.session_id)
        case _:
            raise LiveSessionNotFoundError
    return SessionAnswer.of(session)


def _watch(message: WatchMessage, who: Caller, connection_id: str, now: datetime) -> Any:
    if who.link_id is not None and who.athlete_id is not None and who.session_id is not None:
        by_link = Watcher(connection_id=connection_id, session_id=who.session_id, link_id=who.link_id)
        return audience.watch(who.athlete_id, by_link, now)
    athlete = message.user_id or who.user_id
    if athlete is None:
        raise LiveSessionNotFoundError
    if athlete == who.user_id:
        session_id = message.session_id or service.open_session_of(athlete)
    else:
        session_id = audience.athlete_session(athlete, who.user_id or "", message.session_id, now)
    return audience.watch(
        athlete, Watcher(connection_id=connection_id, session_id=session_id, user_id=who.user_id), now
    )


def _refused(error: StadionError, language: Language) -> ErrorAnswer:
    document = problems.of_error(error, language=language, instance="", trace_id="")
    return _told(document)


def _invalid(error: ValidationError, language: Language) -> ErrorAnswer:
    found = [{**entry, "loc": ("body", *_place(entry["loc"]))} for entry in error.errors(include_url=False)]
    status = 400 if found[0]["type"] == "json_invalid" else 422
    document = problems.of_validation(found, status=status, language=language, instance="", trace_id="")
    return _told(document)


def _told(problem: dict[str, Any]) -> ErrorAnswer:
    return ErrorAnswer.model_validate({**problem, "type": "error"})


def _place(where: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Without the name of the kind of message, which the union puts before."""
    return where[1:] if len(where) > 1 else where
