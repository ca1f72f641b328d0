from stadion.errors import ConflictError, InvalidError, NotFoundError, TooManyRequestsError
from stadion.i18n import Text


class UserNotFoundError(NotFoundError):
    code = "user_not_found"
    title = Text(en="No such user", ru="Пользователь не найден")
    explanation = Text(en="There is no user with this id.", ru="Пользователя с таким идентификатором нет.")


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


class TooManyAttemptsError(TooManyRequestsError):
    code = "too_many_attempts"
    title = Text(en="Too many attempts", ru="Слишком много попыток")
    explanation = Text(en="Wait a while and try again.", ru="Подождите немного и попробуйте снова.")
