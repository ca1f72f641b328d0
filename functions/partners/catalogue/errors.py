from collections.abc import Sequence
from typing import Any

from stadion.errors import NotFoundError, UnprocessableError
from stadion.i18n import Language, Text
from stadion.links import host_of, is_on


class ProductNotFoundError(NotFoundError):
    code = "product_not_found"
    title = Text(en="No such product", ru="Товар не найден")
    explanation = Text(en="Your catalogue has no product with this SKU.", ru="В вашем каталоге нет такого артикула.")


class ImportNotFoundError(NotFoundError):
    code = "import_not_found"
    title = Text(en="No such import", ru="Загрузка не найдена")
    explanation = Text(en="There is no import with this id.", ru="Загрузки с таким идентификатором нет.")


_WHOSE = Text(
    en="{host} is none of your hosts ({hosts}). Ask us to add it: stadion partner change YOU --host {host}.",
    ru="{host} нет среди ваших серверов ({hosts}). Попросите нас добавить: stadion partner change ВЫ --host {host}.",
)
_NONE_YET = "–"


class HostNotAllowedError(UnprocessableError):
    code = "host_is_not_yours"
    title = Text(en="Leads elsewhere", ru="Ведёт в другое место")
    explanation = _WHOSE


def not_on(link: str, hosts: Sequence[str]) -> Text:
    """What is wrong, in words."""
    values = _values(link, hosts)
    return Text(en=_WHOSE.say(Language.EN, **values), ru=_WHOSE.say(Language.RU, **values))


def check_host(link: str, hosts: Sequence[str]) -> None:
    if not is_on(link, hosts):
        raise HostNotAllowedError(pointer="#/deeplink", **_values(link, hosts))


def _values(link: str, hosts: Sequence[str]) -> dict[str, Any]:
    return {"host": host_of(link), "hosts": ", ".join(hosts) or _NONE_YET}
