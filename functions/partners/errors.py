from stadion.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    UnauthenticatedError,
    UnprocessableError,
)
from stadion.i18n import Text


class PartnerNotFoundError(NotFoundError):
    code = "partner_not_found"
    title = Text(en="No such partner", ru="Партнёр не найден")
    explanation = Text(en="There is no partner with this id.", ru="Партнёра с таким идентификатором нет.")


class PartnerIdTakenError(ConflictError):
    code = "partner_id_taken"
    title = Text(en="Id is taken", ru="Идентификатор занят")
    explanation = Text(en="There is a partner with this id already.", ru="Партнёр с таким идентификатором уже есть.")


class PartnerDisabledError(ForbiddenError):
    code = "partner_is_disabled"
    title = Text(en="Disabled", ru="Доступ отключён")
    explanation = Text(en="This partner has been disabled.", ru="Доступ этого партнёра отключён.")


class AbilityMissingError(ForbiddenError):
    code = "partner_may_not"
    title = Text(en="Not agreed", ru="Не предусмотрено")
    explanation = Text(
        en="This partner was not given the ability '{ability}'.", ru="Партнёру не дано право '{ability}'."
    )


class RotationOpenError(ConflictError):
    code = "rotation_is_open"
    title = Text(en="A rotation is open", ru="Замена не завершена")
    explanation = Text(
        en="Two are valid already. Finish the last rotation first.",
        ru="Действуют уже два. Сначала завершите прошлую замену.",
    )


class PlanNotFoundError(InvalidError):
    code = "plan_not_found"
    title = Text(en="No such plan", ru="Тариф не найден")
    explanation = Text(en="There is no usage plan '{plan}'.", ru="Тарифа '{plan}' нет.")


class SignatureInvalidError(UnauthenticatedError):
    code = "webhook_signature_invalid"
    title = Text(en="Signature is not valid", ru="Неверная подпись")
    explanation = Text(
        en="webhook-signature is not that of this body, webhook-id and webhook-timestamp under a secret of yours.",
        ru="webhook-signature не соответствует телу, webhook-id и webhook-timestamp ни с одним вашим секретом.",
    )


class WebhookOutOfWindowError(UnauthenticatedError):
    code = "webhook_timestamp_out_of_window"
    title = Text(en="Too old or too new", ru="Время вне допуска")
    explanation = Text(
        en="webhook-timestamp is more than five minutes from now. Sign each attempt anew.",
        ru="webhook-timestamp отличается от текущего времени больше чем на пять минут. Подпишите попытку заново.",
    )


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


class ProductNotFoundError(NotFoundError):
    code = "product_not_found"
    title = Text(en="No such product", ru="Товар не найден")
    explanation = Text(en="Your catalogue has no product with this SKU.", ru="В вашем каталоге нет такого артикула.")


class ImportNotFoundError(NotFoundError):
    code = "import_not_found"
    title = Text(en="No such import", ru="Загрузка не найдена")
    explanation = Text(en="There is no import with this id.", ru="Загрузки с таким идентификатором нет.")


class EndpointNotFoundError(NotFoundError):
    code = "endpoint_not_found"
    title = Text(en="No such endpoint", ru="Адрес не найден")
    explanation = Text(
        en="This partner has no endpoint with this id.", ru="У партнёра нет адреса с таким идентификатором."
    )


class UrlRefusedError(InvalidError):
    code = "url_refused"
    title = Text(en="Not an address for webhooks", ru="Недопустимый адрес")
    explanation = Text(
        en="Webhooks go to public https addresses without user, password or fragment.",
        ru="Вебхуки отправляются только на публичные https-адреса без имени, пароля и фрагмента.",
    )


class TooManyEndpointsError(ConflictError):
    code = "too_many_endpoints"
    title = Text(en="Too many endpoints", ru="Слишком много адресов")
    explanation = Text(en="A partner takes at most {most}.", ru="У партнёра их может быть не больше {most}.")
