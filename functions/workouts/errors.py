"""What can go wrong with a workout, in words an athlete can act on."""

from stadion.errors import ConflictError, InvalidError, NotFoundError, UnprocessableError
from stadion.i18n import Text


class WorkoutNotFoundError(NotFoundError):
    code = "workout_not_found"
    title = Text(en="No such workout", ru="Тренировка не найдена")
    explanation = Text(en="You have no workout with this id.", ru="У вас нет тренировки с таким идентификатором.")


class FileNotFoundInWorkoutError(NotFoundError):
    code = "workout_has_no_file"
    title = Text(en="No file", ru="Файла нет")
    explanation = Text(
        en="The workout has no such recording: its files name those that it has, and one entered by hand has none.",
        ru="У тренировки нет такой записи: её записи перечислены в files, у введённой вручную их нет.",
    )


class DuplicateWorkoutError(ConflictError):
    """Carries `existing_workout_id`."""

    code = "workout_is_a_duplicate"
    title = Text(en="Already in the diary", ru="Уже есть в дневнике")
    explanation = Text(
        en="You have this workout already. Send on_duplicate=merge, replace or force to keep this one too.",
        ru="Эта тренировка уже есть. Чтобы сохранить и эту, передайте on_duplicate=merge, replace или force.",
    )

    @property
    def existing_workout_id(self) -> str:
        return str(self.extensions["existing_workout_id"])


class HourIsFullError(ConflictError):
    """So many fit into an hour's item for as long as anybody trains; without an end it outgrows what DynamoDB takes."""

    code = "hour_is_full"
    title = Text(en="Too many in one hour", ru="Слишком много за один час")
    explanation = Text(
        en="So many workouts that start within one hour are not taken: delete some of them first.",
        ru="Столько тренировок, начавшихся в течение одного часа, дневник не принимает: сначала удалите часть из них.",
    )


class WorkoutIdTakenError(ConflictError):
    code = "workout_id_taken"
    title = Text(en="Id is taken", ru="Идентификатор занят")
    explanation = Text(
        en="You have another workout with this id. Choose a new id.",
        ru="У вас уже есть другая тренировка с этим идентификатором. Выберите новый.",
    )


class WorkoutWasDeletedError(ConflictError):
    code = "workout_was_deleted"
    title = Text(en="Workout was deleted", ru="Тренировка удалена")
    explanation = Text(
        en="A workout with this id was deleted. Record it anew with a new id.",
        ru="Тренировка с этим идентификатором удалена. Запишите её заново с новым идентификатором.",
    )


class MeasuredFieldError(UnprocessableError):
    code = "field_is_measured"
    title = Text(en="Measured by the recording", ru="Измерено записью")
    explanation = Text(
        en="{field} comes from the recording and cannot be changed by hand.",
        ru="{field} берётся из записи, вручную его изменить нельзя.",
    )


class ImpossibleTimesError(InvalidError):
    code = "times_are_impossible"
    title = Text(en="Times do not fit", ru="Времена не сходятся")
    explanation = Text(
        en="Moving time cannot be longer than elapsed time.", ru="Время движения не может быть больше общего времени."
    )


class AverageAboveMaximumError(InvalidError):
    code = "average_is_above_maximum"
    title = Text(en="Values do not fit", ru="Значения не сходятся")
    explanation = Text(
        en="An average cannot be higher than the maximum.", ru="Среднее значение не может быть больше максимального."
    )


class FutureWorkoutError(InvalidError):
    code = "workout_is_in_the_future"
    title = Text(en="In the future", ru="В будущем")
    explanation = Text(
        en="A workout cannot have started or ended in the future, nor started before 1970.",
        ru="Тренировка не может начаться или закончиться в будущем, как и начаться до 1970 года.",
    )
