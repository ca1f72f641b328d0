from stadion.errors import InvalidError, NotFoundError, UnavailableError, UnprocessableError
from stadion.i18n import Text


class StreamsNotFoundError(NotFoundError):
    code = "streams_not_found"
    title = Text(en="No streams", ru="Записи нет")
    explanation = Text(
        en="You have no workout with this id, or nothing was recorded in it.",
        ru="У вас нет тренировки с таким идентификатором, или в ней ничего не записано.",
    )


class UnknownStreamError(InvalidError):
    code = "stream_is_unknown"
    title = Text(en="Unknown stream", ru="Неизвестный поток")
    explanation = Text(en="There is no stream {name}; there are {known}.", ru="Потока {name} нет; есть {known}.")


class NoDistanceError(InvalidError):
    code = "workout_has_no_distance"
    title = Text(en="No distance", ru="Нет расстояния")
    explanation = Text(
        en="This workout has no distance to go by; ask with series=time.",
        ru="В этой тренировке нет расстояния; запросите series=time.",
    )


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


class MetricNotFoundError(NotFoundError):
    code = "metric_not_found"
    title = Text(en="Unknown metric", ru="Неизвестный показатель")
    explanation = Text(en="There is no such metric; there are {known}.", ru="Такого показателя нет; есть {known}.")


class TelemetryRangeError(InvalidError):
    code = "telemetry_range_is_invalid"
    title = Text(en="Range is not valid", ru="Неверный период")
    explanation = Text(
        en="Send from and to as dates or as times with their offset, from before to, at most {days} days apart.",
        ru="Передайте from и to как даты или как время со смещением, from раньше to, не больше {days} дней.",
    )


class TelemetryRangeTooLongError(InvalidError):
    code = "telemetry_range_is_too_long"
    title = Text(en="Too much at once", ru="Слишком много сразу")
    explanation = Text(
        en="This range holds more samples than one answer takes. Ask for a shorter one, or for a lower resolution.",
        ru="В этом периоде слишком много измерений. Запросите более короткий или меньшее разрешение.",
    )
