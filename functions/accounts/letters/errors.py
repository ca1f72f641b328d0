from stadion.errors import UnavailableError
from stadion.i18n import Text


class NotSentError(UnavailableError):
    code = "message_not_sent"
    title = Text(en="Not sent", ru="Не отправлено")
    explanation = Text(
        en="The message could not be sent just now. Try again in a moment.",
        ru="Сообщение сейчас не удалось отправить. Попробуйте чуть позже.",
    )
