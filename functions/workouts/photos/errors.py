from stadion.errors import ConflictError, NotFoundError
from stadion.i18n import Text


class PhotoNotFoundError(NotFoundError):
    code = "photo_not_found"
    title = Text(en="No such photo", ru="Фотография не найдена")
    explanation = Text(en="The workout has no photo with this id.", ru="У тренировки нет фотографии с этим номером.")


class PhotoIdTakenError(ConflictError):
    code = "photo_id_taken"
    title = Text(en="Id is taken", ru="Идентификатор занят")
    explanation = Text(
        en="The workout has another photo with this id. Choose a new id.",
        ru="У тренировки уже есть другая фотография с этим идентификатором. Выберите новый.",
    )


class TooManyPhotosError(ConflictError):
    code = "too_many_photos"
    title = Text(en="Enough photos", ru="Фотографий достаточно")
    explanation = Text(
        en="A workout has {most} photos at most: delete one first.",
        ru="У тренировки не больше {most} фотографий: сначала удалите одну.",
    )
