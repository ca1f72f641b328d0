"""What can go wrong with a recording's stretch."""

from stadion.errors import ConflictError, InvalidError, UnprocessableError
from stadion.i18n import Text


class NotRecordedError(UnprocessableError):
    code = "workout_has_no_recording"
    title = Text(en="No recording", ru="Записи нет")
    explanation = Text(
        en="Only a recorded workout can be cropped or split: this one has no recorded points.",
        ru="Обрезать или разделить можно только записанную тренировку: у этой нет записанных точек.",
    )


class OutsideRecordingError(InvalidError):
    code = "outside_the_recording"
    title = Text(en="Outside the recording", ru="За пределами записи")
    explanation = Text(
        en="As it is shown, the workout lasts {seconds} s: a stretch begins before that, and ends after it begins.",
        ru="Сейчас тренировка длится {seconds} с: отрезок начинается раньше и кончается после своего начала.",
    )


class NotCroppedError(ConflictError):
    code = "workout_is_not_cropped"
    title = Text(en="Not cropped", ru="Не обрезана")
    explanation = Text(en="The whole recording counts already.", ru="Запись и так учитывается целиком.")


class NotSplitError(ConflictError):
    code = "workout_is_not_split"
    title = Text(en="Not split", ru="Не разделена")
    explanation = Text(
        en="Nothing was split off this workout's end.", ru="От конца этой тренировки ничего не отделяли."
    )


class TooManyRecordingsError(ConflictError):
    code = "too_many_recordings"
    title = Text(en="Too many recordings", ru="Слишком много записей")
    explanation = Text(
        en="Together both have more than {most} recordings, and a workout is measured from that many at most.",
        ru="Вместе у них больше {most} записей, а тренировка измеряется не больше чем по стольким.",
    )


class SplitPartGoneError(ConflictError):
    code = "split_part_is_gone"
    title = Text(en="The other part is gone", ru="Второй части больше нет")
    explanation = Text(
        en="The workout that was split off was deleted. Delete this one too and upload the recording again "
        "to have all of it.",
        ru="Отделённая тренировка удалена. Чтобы вернуть запись целиком, удалите и эту и загрузите файл ещё раз.",
    )
