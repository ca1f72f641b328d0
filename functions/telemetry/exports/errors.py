from stadion.errors import InvalidError, UnprocessableError
from stadion.i18n import Text


class FormatCannotCarryError(InvalidError):
    code = "format_cannot_carry_workout"
    title = Text(en="This format cannot carry the workout", ru="Этот формат не вмещает тренировку")
    explanation = Text(
        en="{format} has no place for what is known of this workout; ask for one of {formats}.",
        ru="В {format} нет места для того, что известно об этой тренировке; запросите один из {formats}.",
    )


class ExportNeedsGzipError(UnprocessableError):
    """Lambda answers with 6 MB at most, and would answer 502."""

    code = "export_needs_gzip"
    title = Text(en="Too large without gzip", ru="Слишком велик без gzip")
    explanation = Text(
        en="This export is larger than an answer may be. Ask for it with Accept-Encoding: gzip.",
        ru="Этот файл больше, чем может быть ответ. Запросите его с Accept-Encoding: gzip.",
    )
