"""Errors that a caller can act on. Each is named once, with a code that never changes; `problems` maps them to HTTP."""

from typing import Any, ClassVar

from stadion.i18n import Language, Text


class StadionError(Exception):
    """Subclass one of the kinds below, not this class."""

    code: ClassVar[str]
    title: ClassVar[Text]
    explanation: ClassVar[Text]

    def __init__(self, *, pointer: str | None = None, extensions: dict[str, Any] | None = None, **values: Any) -> None:
        self.pointer = pointer
        self.extensions = extensions or {}
        self.values = values
        super().__init__(self.detail(Language.EN))

    def detail(self, language: Language) -> str:
        return self.explanation.say(language, **self.values)

    def places(self, language: Language) -> list[dict[str, str]]:
        """Where in the request it is wrong, and why."""
        if self.pointer is None:
            return []
        return [{"pointer": self.pointer, "code": self.code, "detail": self.detail(language)}]


class UnacceptableValueError(ValueError):
    """A validator's: pydantic gathers it with the others, and `problems` says it in the caller's language.

    `code`: that of the same refusal elsewhere, for those who decide by it."""

    def __init__(self, text: Text, code: str = "value_error") -> None:
        self.text = text
        self.code = code
        super().__init__(text.en)


class InvalidError(StadionError):
    """What was sent breaks a rule that a schema cannot express."""


class UnauthenticatedError(StadionError):
    """The caller is not who they say."""


class ForbiddenError(StadionError):
    """Known and not allowed. Another athlete's thing is a `NotFoundError` instead."""


class NotFoundError(StadionError):
    """Absent, or not the caller's to see."""


class ConflictError(StadionError):
    """What is stored contradicts what was asked."""


class PreconditionFailedError(StadionError):
    """The caller edited an older version."""


class TooLargeError(StadionError):
    """More than one exchange can carry."""


class PreconditionRequiredError(StadionError):
    """An edit without `If-Match`."""


class UnprocessableError(StadionError):
    """Well-formed, but not to be done."""


class TooManyRequestsError(StadionError):
    """Slow down: `Retry-After` says for how long; `used_up`: headers of the limit."""

    def __init__(self, *, retry_after_s: int = 1, used_up: dict[str, str] | None = None, **more: Any) -> None:
        self.retry_after_s = retry_after_s
        self.used_up = used_up
        super().__init__(**more)


class UnavailableError(StadionError):
    """A dependency is busy; the same request may succeed in a moment."""


class StaleVersionError(PreconditionFailedError):
    code = "version_is_stale"
    title = Text(en="Changed meanwhile", ru="Данные изменились")
    explanation = Text(
        en="It was changed since you read it. Read it again and repeat your change.",
        ru="Данные изменились после того, как вы их прочитали. Прочитайте их заново и повторите изменение.",
    )


class IfMatchRequiredError(PreconditionRequiredError):
    code = "if_match_required"
    title = Text(en="If-Match is required", ru="Нужен заголовок If-Match")
    explanation = Text(
        en="Send the ETag of the version you are changing as If-Match.",
        ru="Передайте ETag изменяемой версии в заголовке If-Match.",
    )


class FieldRequiredError(InvalidError):
    """A merge patch said null for what must have a value."""

    code = "field_is_required"
    title = Text(en="Cannot be removed", ru="Нельзя удалить")
    explanation = Text(en="{field} can be changed, not removed.", ru="{field} можно изменить, но не удалить.")


class InvalidCursorError(InvalidError):
    code = "cursor_is_invalid"
    title = Text(en="Cursor is not valid", ru="Недействительный курсор")
    explanation = Text(
        en="The cursor does not belong to this list with these filters. Start again without a cursor.",
        ru="Курсор не относится к этому списку с этими фильтрами. Начните без курсора.",
    )


class IdempotencyKeyReusedError(UnprocessableError):
    code = "idempotency_key_reused"
    title = Text(en="Idempotency-Key was used before", ru="Ключ Idempotency-Key уже использован")
    explanation = Text(
        en="This Idempotency-Key came with another request before. Use a new key for a new request.",
        ru="Этот Idempotency-Key уже пришёл с другим запросом. Для нового запроса нужен новый ключ.",
    )


class RequestInProgressError(ConflictError):
    code = "request_in_progress"
    title = Text(en="Still being processed", ru="Ещё выполняется")
    explanation = Text(
        en="The same thing is being changed by another request right now. Try again in a moment.",
        ru="То же самое прямо сейчас изменяет другой запрос. Повторите чуть позже.",
    )


class InvalidIdempotencyKeyError(InvalidError):
    code = "idempotency_key_is_invalid"
    title = Text(en="Idempotency-Key is not valid", ru="Недопустимый Idempotency-Key")
    explanation = Text(
        en="Idempotency-Key takes 1 to 200 visible ASCII characters.",
        ru="Idempotency-Key — от 1 до 200 видимых символов ASCII.",
    )


class InvalidTokenError(UnauthenticatedError):
    code = "access_token_required"
    title = Text(en="Access token required", ru="Нужен токен доступа")
    explanation = Text(
        en="Send the access token of a signed-in athlete as a Bearer token.",
        ru="Передайте токен доступа вошедшего спортсмена как Bearer.",
    )


class SessionOverError(UnauthenticatedError):
    code = "session_is_over"
    title = Text(en="Session is over", ru="Сеанс завершён")
    explanation = Text(en="Sign in again.", ru="Войдите заново.")


class SuspendedError(ForbiddenError):
    code = "account_is_suspended"
    title = Text(en="Account suspended", ru="Аккаунт приостановлен")
    explanation = Text(
        en="This account is suspended. Write to support if you do not know why.",
        ru="Этот аккаунт приостановлен. Если вы не знаете причину, напишите в поддержку.",
    )


class NotAnAdminError(ForbiddenError):
    code = "signed_request_required"
    title = Text(en="Not for you", ru="Доступ закрыт")
    explanation = Text(en="This takes a signed AWS request.", ru="Нужен подписанный запрос AWS.")


class ConsentRequiredError(ForbiddenError):
    """The athlete has not agreed to it, or does so no more."""

    code = "consent_required"
    title = Text(en="Consent required", ru="Нужно согласие")
    explanation = Text(
        en="These are health data: grant the consent health_data first.",
        ru="Это данные о здоровье: сначала дайте согласие health_data.",
    )
