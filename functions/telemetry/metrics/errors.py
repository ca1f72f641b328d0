from stadion.errors import InvalidError, NotFoundError
from stadion.i18n import Text


class MetricsNotFoundError(NotFoundError):
    code = "metrics_not_found"
    title = Text(en="No metrics", ru="Показателей нет")
    explanation = Text(
        en="You have no workout with this id, or it has not been measured yet. They come a moment after the workout.",
        ru="У вас нет такой тренировки, или она ещё не посчитана. Показатели появляются чуть позже тренировки.",
    )


class MetricsRangeError(InvalidError):
    code = "metrics_range_is_invalid"
    title = Text(en="Range is not valid", ru="Неверный период")
    explanation = Text(
        en="Send from and to as dates such as 2026-11-21, from not after to, at most {days} days.",
        ru="Передайте from и to как даты вида 2026-11-21, from не позже to, не больше {days} дней.",
    )


class SeriesRangeError(InvalidError):
    code = "series_range_is_invalid"
    title = Text(en="Range is not valid", ru="Неверный период")
    explanation = Text(
        en="Send from before to, at most {steps} steps and, of samples, {days} days apart. Take longer steps or less.",
        ru="from раньше to; не больше {steps} шагов и, для измерений, {days} дней. Удлините шаг или сократите период.",
    )


class HistogramWidthError(InvalidError):
    code = "histogram_width_is_invalid"
    title = Text(en="Width is not valid", ru="Неверная ширина")
    explanation = Text(
        en="The width of a bar is a multiple of {width}.", ru="Ширина столбца должна быть кратна {width}."
    )
