from stadion.errors import ConflictError, InvalidError, NotFoundError, UnauthenticatedError
from stadion.i18n import Text


class PartnerNotFoundError(NotFoundError):
    code = "partner_not_found"
    title = Text(en="No such partner", ru="Партнёр не найден")
    explanation = Text(en="There is no partner with this id.", ru="Партнёра с таким идентификатором нет.")


class PartnerIdTakenError(ConflictError):
    code = "partner_id_taken"
    title = Text(en="Id is taken", ru="Идентификатор занят")
    explanation = Text(en="There is a partner with this id already.", ru="Партнёр с таким идентификатором уже есть.")


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
