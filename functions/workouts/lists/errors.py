"""What can go wrong with a list."""

from stadion.errors import InvalidError, UnavailableError
from stadion.i18n import Text


class NoWordsError(InvalidError):
    code = "search_has_no_words"
    title = Text(en="Nothing to search for", ru="Искать нечего")
    explanation = Text(
        en="Send at least one letter or digit in q, or leave it out.",
        ru="Передайте в q хотя бы одну букву или цифру или не передавайте его.",
    )


class TooManyToOrderError(InvalidError):
    code = "too_many_to_order"
    title = Text(en="Too many workouts to order", ru="Слишком много тренировок для сортировки")
    explanation = Text(
        en="Narrow the list by started_from and started_to, or order it by started_at.",
        ru="Сузьте список с помощью started_from и started_to или упорядочьте его по started_at.",
    )


class DiaryIsBeingListedError(UnavailableError):
    """An index that was built before others wrote the diary is not used; it is tried again with the next request."""

    code = "diary_is_being_listed"
    title = Text(en="The list is being prepared", ru="Список готовится")
    explanation = Text(
        en="Your diary is being prepared for lists while it changes. Try again in a moment.",
        ru="Дневник готовится к показу и меняется в это же время. Попробуйте ещё раз чуть позже.",
    )
