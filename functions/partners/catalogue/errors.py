from collections.abc import Sequence

from stadion.errors import NotFoundError, UnprocessableError
from stadion.i18n import Text
from stadion.links import host_of, is_on


class ProductNotFoundError(NotFoundError):
    code = "product_not_found"
    title = Text(en="No such product", ru="Товар не найден")
    explanation = Text(en="Your catalogue has no product with this SKU.", ru="В вашем каталоге нет такого артикула.")


class ImportNotFoundError(NotFoundError):
    code = "import_not_found"
    title = Text(en="No such import", ru="Загрузка не найдена")
    explanation = Text(en="There is no import with this id.", ru="Загрузки с таким идентификатором нет.")


_NONE = Text(
    en="No host is set for your links yet. Ask us to set it: stadion partner change <you> --host {host}.",
    ru="Для ваших ссылок ещё не задан сервер. Попросите нас задать: stadion partner change <вы> --host {host}.",
)
_OTHER = Text(
    en="{host} is none of your hosts: {hosts}. Ask us to add it.",
    ru="{host} нет среди ваших серверов: {hosts}. Попросите нас добавить.",
)


class HostNotAllowedError(UnprocessableError):
    code = "host_is_not_yours"
    title = Text(en="Leads elsewhere", ru="Ведёт в другое место")
    explanation = Text(en="{said}", ru="{said_ru}")


def not_on(link: str, hosts: Sequence[str]) -> Text:
    """What is wrong, in words."""
    text, values = _OTHER if hosts else _NONE, {"host": host_of(link), "hosts": ", ".join(hosts)}
    return Text(en=text.en.format(**values), ru=text.ru.format(**values))


def check_host(link: str, hosts: Sequence[str]) -> None:
    if not is_on(link, hosts):
        said = not_on(link, hosts)
        raise HostNotAllowedError(pointer="#/deeplink", said=said.en, said_ru=said.ru)
