from stadion.errors import InvalidError
from stadion.i18n import Text


class FormatCannotCarryError(InvalidError):
    code = "format_cannot_carry_workout"
    title = Text(en="This format cannot carry the workout", ru="Этот формат не вмещает тренировку")
    explanation = Text(
        en="{format} has no place for what is known of this workout; ask for one of {formats}.",
        ru="В {format} нет места для того, что известно об этой тренировке; запросите один из {formats}.",
    )
