"""What can go wrong with a look at a board."""

from stadion.errors import NotFoundError
from stadion.i18n import Text


class BoardNotFoundError(NotFoundError):
    code = "board_not_found"
    title = Text(en="No such board", ru="Такой таблицы нет")
    explanation = Text(en="No board has this name. {why}", ru="Таблицы с таким названием нет. {why}")
