from stadion.errors import UnavailableError, UnprocessableError
from stadion.i18n import Text


class TelemetryTooLargeError(UnprocessableError):
    code = "telemetry_is_too_large"
    title = Text(en="Batch is too large", ru="Пакет слишком большой")
    explanation = Text(
        en="A batch takes up to 512 KB of JSON; send several.", ru="Пакет — не больше 512 КБ JSON; отправьте несколько."
    )


class TelemetryNotQueuedError(UnavailableError):
    code = "telemetry_not_taken"
    title = Text(en="Not taken", ru="Не принято")
    explanation = Text(
        en="Your samples could not be taken. Send the same batch again in a moment; nothing is counted twice.",
        ru="Не удалось принять измерения. Отправьте тот же пакет чуть позже; дважды ничего не посчитается.",
    )
