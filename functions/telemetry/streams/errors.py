from stadion.errors import InvalidError, NotFoundError
from stadion.i18n import Text


class StreamsNotFoundError(NotFoundError):
    code = "streams_not_found"
    title = Text(en="No streams", ru="Записи нет")
    explanation = Text(
        en="You have no workout with this id, or nothing was recorded in it.",
        ru="У вас нет тренировки с таким идентификатором, или в ней ничего не записано.",
    )


class UnknownStreamError(InvalidError):
    code = "stream_is_unknown"
    title = Text(en="Unknown stream", ru="Неизвестный поток")
    explanation = Text(en="There is no stream {name}; there are {known}.", ru="Потока {name} нет; есть {known}.")


class NoDistanceError(InvalidError):
    code = "workout_has_no_distance"
    title = Text(en="No distance", ru="Нет расстояния")
    explanation = Text(
        en="This workout has no distance to go by; ask with series=time.",
        ru="В этой тренировке нет расстояния; запросите series=time.",
    )
