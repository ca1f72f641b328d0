from stadion.errors import InvalidError, NotFoundError
from stadion.i18n import Text


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
