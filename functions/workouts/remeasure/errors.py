from stadion.errors import ConflictError, NotFoundError
from stadion.i18n import Text


class RemeasureRunNotFoundError(NotFoundError):
    code = "remeasure_run_not_found"
    title = Text(en="No such run", ru="Запуск не найден")
    explanation = Text(en="No workouts were measured anew under this name.", ru="Под этим именем пересчёта не было.")


class RemeasureRunTakenError(ConflictError):
    code = "remeasure_run_taken"
    title = Text(en="Name is taken", ru="Имя занято")
    explanation = Text(
        en="There is another run with this name. Choose a new one.",
        ru="Запуск с таким именем уже есть. Выберите новое имя.",
    )


class RemeasureDryRunError(ConflictError):
    code = "remeasure_wants_a_dry_run"
    title = Text(en="No dry run to apply", ru="Нет пробного запуска")
    explanation = Text(
        en="What is applied is the list of a dry run that has ended, at most {days} days ago.",
        ru="Применяется список пробного запуска, который закончился не раньше чем {days} дней назад.",
    )


class RemeasureAppliedError(ConflictError):
    code = "remeasure_was_applied"
    title = Text(en="Applied already", ru="Уже применён")
    explanation = Text(
        en="{run_id} applies this list. Resume it if it did not end, or begin a new dry run.",
        ru="Этот список применяет {run_id}. Продолжите его, если он не закончен, или начните новый пробный запуск.",
    )


class RemeasureRunEndedError(ConflictError):
    code = "remeasure_run_has_ended"
    title = Text(en="It has ended", ru="Запуск закончен")
    explanation = Text(en="A run that has ended cannot {action}.", ru="Действие {action} недоступно: запуск закончен.")
