"""What can go wrong with an account, in words that give nothing away about who has one."""

from stadion.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    TooManyRequestsError,
    UnauthenticatedError,
)
from stadion.i18n import Text


class SignInFailedError(UnauthenticatedError):
    """Also for an e-mail that is not confirmed: Cognito says so before it looks at the password, and that would tell
    who has begun to register."""

    code = "sign_in_failed"
    title = Text(en="Sign-in failed", ru="Не удалось войти")
    explanation = Text(
        en="E-mail or password is wrong, or the e-mail is not confirmed yet.",
        ru="Неверный адрес или пароль, либо адрес ещё не подтверждён.",
    )


class SessionOverError(UnauthenticatedError):
    code = "session_is_over"
    title = Text(en="Session is over", ru="Сеанс завершён")
    explanation = Text(en="Sign in again.", ru="Войдите заново.")


class InvalidEmailError(InvalidError):
    code = "email_is_invalid"
    title = Text(en="Check the e-mail", ru="Проверьте адрес")
    explanation = Text(en="No mail can be sent to this address.", ru="На этот адрес нельзя отправить письмо.")


class WrongCodeError(InvalidError):
    code = "code_is_wrong"
    title = Text(en="Code is wrong", ru="Неверный код")
    explanation = Text(
        en="The code is wrong or no longer valid. Ask for a new one.",
        ru="Код неверен или устарел. Запросите новый.",
    )


class WrongPasswordError(InvalidError):
    code = "current_password_is_wrong"
    title = Text(en="Password is wrong", ru="Неверный пароль")
    explanation = Text(en="The current password is wrong.", ru="Текущий пароль неверен.")


class WeakPasswordError(InvalidError):
    code = "password_is_weak"
    title = Text(en="Choose another password", ru="Выберите другой пароль")
    explanation = Text(
        en="Take at least 10 characters that are not your e-mail, a sequence or one of the most common passwords.",
        ru="Нужно не меньше 10 символов: не ваш адрес, не последовательность и не самый частый пароль.",
    )


class TooManyAttemptsError(TooManyRequestsError):
    code = "too_many_attempts"
    title = Text(en="Too many attempts", ru="Слишком много попыток")
    explanation = Text(en="Wait a while and try again.", ru="Подождите немного и попробуйте снова.")


class UserNotFoundError(NotFoundError):
    code = "user_not_found"
    title = Text(en="No such user", ru="Пользователь не найден")
    explanation = Text(en="There is no user with this id.", ru="Пользователя с таким идентификатором нет.")


class ConsentRequiredError(ForbiddenError):
    code = "consent_required"
    title = Text(en="Consent required", ru="Нужно согласие")
    explanation = Text(
        en="Physical data are health data: grant the consent health_data first.",
        ru="Физические данные относятся к данным о здоровье: сначала дайте согласие health_data.",
    )


class NotMeasuredYetError(InvalidError):
    code = "measured_in_the_future"
    title = Text(en="In the future", ru="В будущем")
    explanation = Text(
        en="A measurement is of today or of a day since 1900.",
        ru="Измерение относится к сегодня или к дню с 1900 года.",
    )


class TooManyZonesError(ConflictError):
    code = "too_many_privacy_zones"
    title = Text(en="Too many privacy zones", ru="Слишком много зон приватности")
    explanation = Text(en="Remove one of the ten first.", ru="Сначала удалите одну из десяти.")
