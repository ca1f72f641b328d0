"""What can go wrong with asking for a board."""

from stadion.errors import NotFoundError, TooManyRequestsError
from stadion.i18n import Text


class TooManyBoardsError(TooManyRequestsError):
    code = "too_many_boards"
    title = Text(en="Too many new boards", ru="Слишком много новых таблиц")
    explanation = Text(
        en="You had {most} boards made today. Ask for another one tomorrow.",
        ru="Сегодня для вас уже составлено таблиц: {most}. Попросите новую завтра.",
    )


class BoardNotKeptError(NotFoundError):
    code = "board_not_kept"
    title = Text(en="No such board", ru="Такой таблицы нет")
    explanation = Text(
        en="This board is not kept: its period has not begun or is over for too long, or it is of a place where nobody"
        " who lives there asked for it.",
        ru="Эта таблица не ведётся: её период ещё не начался или прошёл слишком давно, или никто из жителей этого места"
        " её не просил.",
    )
