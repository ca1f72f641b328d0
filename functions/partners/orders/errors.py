from stadion.errors import ConflictError, UnprocessableError
from stadion.i18n import Text


class WebhookIdReusedError(UnprocessableError):
    code = "webhook_id_reused"
    title = Text(en="webhook-id was used before", ru="webhook-id уже использован")
    explanation = Text(
        en="This webhook-id came with another body before. A new message needs a new id.",
        ru="Этот webhook-id уже пришёл с другим телом. Новому сообщению нужен новый идентификатор.",
    )


class OrderVersionTakenError(ConflictError):
    code = "order_version_taken"
    title = Text(en="Version is taken", ru="Версия занята")
    explanation = Text(
        en="Another message of this order had this version. Number an order's messages one after the other.",
        ru="У этого заказа уже было другое сообщение с этой версией. Нумеруйте сообщения заказа подряд.",
    )


class OrderCompletedTwiceError(ConflictError):
    code = "order_completed_already"
    title = Text(en="Completed already", ru="Заказ уже завершён")
    explanation = Text(
        en="This order was completed by its version {version}; what is completed can only be returned.",
        ru="Заказ завершён сообщением с версией {version}; завершённый заказ можно только вернуть.",
    )


class MoreReturnedThanBoughtError(UnprocessableError):
    code = "more_returned_than_bought"
    title = Text(en="More than was bought", ru="Больше, чем куплено")
    explanation = Text(
        en="The returns of '{sku}' are more than the order has of it.",
        ru="Возвратов '{sku}' больше, чем куплено в заказе.",
    )


class TooManyOrderMessagesError(ConflictError):
    code = "too_many_order_messages"
    title = Text(en="Too many messages", ru="Слишком много сообщений")
    explanation = Text(
        en="An order takes at most {most} messages.", ru="У заказа может быть не больше {most} сообщений."
    )


class TooManyReturnedLinesError(ConflictError):
    code = "too_many_returned_lines"
    title = Text(en="Too many lines returned", ru="Слишком много строк возврата")
    explanation = Text(
        en="The returns of an order name at most {most} lines in all. Return whole lines, or all that is left.",
        ru="Возвраты одного заказа называют не больше {most} строк. Верните строки целиком или всё, что осталось.",
    )
