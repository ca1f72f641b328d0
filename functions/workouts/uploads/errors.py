from stadion.errors import ConflictError, NotFoundError
from stadion.i18n import Text


class UploadNotFoundError(NotFoundError):
    code = "upload_not_found"
    title = Text(en="No such upload", ru="Загрузка не найдена")
    explanation = Text(en="You have no upload with this id.", ru="У вас нет загрузки с таким идентификатором.")


class UploadIdTakenError(ConflictError):
    code = "upload_id_taken"
    title = Text(en="Id is taken", ru="Идентификатор занят")
    explanation = Text(
        en="You have another upload with this id. Choose a new id.",
        ru="У вас уже есть другая загрузка с этим идентификатором. Выберите новый.",
    )
