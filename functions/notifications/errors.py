from stadion.errors import ConflictError, InvalidError, NotFoundError, UnavailableError
from stadion.i18n import Text


class NotificationNotFoundError(NotFoundError):
    code = "notification_not_found"
    title = Text(en="No such notification", ru="Уведомление не найдено")
    explanation = Text(en="You have no notification with this id.", ru="У вас нет уведомления с таким идентификатором.")


class LinkInvalidError(InvalidError):
    code = "link_is_invalid"
    title = Text(en="This link does not work", ru="Ссылка не работает")
    explanation = Text(
        en="It was cut off or changed. Use the link from the mail as it is, or the settings of the app.",
        ru="Она обрезана или изменена. Откройте ссылку из письма целиком или зайдите в настройки приложения.",
    )


class TooManyDevicesError(ConflictError):
    code = "too_many_devices"
    title = Text(en="Too many devices", ru="Слишком много устройств")
    explanation = Text(en="Remove one of the ten first.", ru="Сначала удалите одно из десяти.")


class PushNotSetUpError(UnavailableError):
    code = "push_is_not_set_up"
    title = Text(en="No pushes here", ru="Push-уведомления недоступны")
    explanation = Text(
        en="Pushes for this platform are not set up on this stack.",
        ru="Push-уведомления для этой платформы здесь не настроены.",
    )


class DeviceTokenError(InvalidError):
    code = "device_token_is_invalid"
    title = Text(en="The token is not accepted", ru="Токен не принят")
    explanation = Text(
        en="The push service does not know such a token.", ru="Служба push-уведомлений не знает такого токена."
    )


class AlwaysOnError(InvalidError):
    code = "messages_are_always_on"
    title = Text(en="These cannot be turned off", ru="Эти сообщения нельзя отключить")
    explanation = Text(
        en="Transactional messages are about your account and your orders.",
        ru="Служебные сообщения касаются вашего аккаунта и заказов.",
    )


class NoDigestError(InvalidError):
    code = "no_digest_of_this_kind"
    title = Text(en="No digest of this kind", ru="Дайджест недоступен")
    explanation = Text(
        en="Only activity, gear and social messages come in digests.",
        ru="В дайджест собираются только сообщения об активности, снаряжении и друзьях.",
    )
