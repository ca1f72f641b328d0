from stadion.errors import NotFoundError
from stadion.i18n import Text


class NotificationNotFoundError(NotFoundError):
    code = "notification_not_found"
    title = Text(en="No such notification", ru="Уведомление не найдено")
    explanation = Text(en="You have no notification with this id.", ru="У вас нет уведомления с таким идентификатором.")
