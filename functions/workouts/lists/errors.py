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
    """A long diary of before the index, or one that is written all the time: nothing is listed by halves."""

    code = "diary_is_being_listed"
    title = Text(en="The list is being prepared", ru="Список готовится")
    explanation = Text(
        en="Your diary is being prepared for lists. Try again in a few seconds.",
        ru="Дневник готовится к показу. Попробуйте ещё раз через несколько секунд.",
    )

    def __init__(self, *, retry_after_s: int) -> None:
        super().__init__()
        self.retry_after_s = retry_after_s
