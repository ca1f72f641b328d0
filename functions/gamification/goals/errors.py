from gamification.goals.domain import MOST_GOALS
from stadion.errors import ConflictError, NotFoundError
from stadion.i18n import Text


class GoalNotFoundError(NotFoundError):
    code = "goal_not_found"
    title = Text(en="No such goal", ru="Цель не найдена")
    explanation = Text(en="You have no goal with this id.", ru="У вас нет цели с таким идентификатором.")


class GoalIdTakenError(ConflictError):
    code = "goal_id_taken"
    title = Text(en="Id is taken", ru="Идентификатор занят")
    explanation = Text(
        en="You have another goal with this id. Change it by PATCH, or choose a new id.",
        ru="У вас уже есть другая цель с этим идентификатором. Измените её через PATCH или выберите новый.",
    )


class TooManyGoalsError(ConflictError):
    code = "too_many_goals"
    title = Text(en="Too many goals", ru="Слишком много целей")
    explanation = Text(
        en=f"You have {MOST_GOALS} goals. Remove one first.", ru=f"Целей уже {MOST_GOALS}. Сначала удалите одну."
    )
