from stadion.errors import ConflictError, InvalidError, NotFoundError
from stadion.i18n import Text


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
        en="Webhooks go to public https addresses, port 443 or 8443, without user, password or fragment.",
        ru="Вебхуки отправляются только на публичные https-адреса, порт 443 или 8443, без имени, пароля и фрагмента.",
    )


class TooManyEndpointsError(ConflictError):
    code = "too_many_endpoints"
    title = Text(en="Too many endpoints", ru="Слишком много адресов")
    explanation = Text(en="A partner takes at most {most}.", ru="У партнёра их может быть не больше {most}.")
