from stadion.errors import ConflictError, NotFoundError
from stadion.i18n import Text


class BackfillNotFoundError(NotFoundError):
    code = "achievement_backfill_not_found"
    title = Text(en="No such run", ru="Запуск не найден")
    explanation = Text(en="Nothing was counted under this name.", ru="Под этим именем пересчёта не было.")


class BackfillEndedError(ConflictError):
    code = "achievement_backfill_has_ended"
    title = Text(en="It has ended", ru="Запуск закончен")
    explanation = Text(en="A run that has ended cannot {action}.", ru="Действие {action} недоступно: запуск закончен.")
