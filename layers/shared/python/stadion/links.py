"""Links that the store gave: passed on byte for byte. What we add stands in the query and nowhere else."""

import re
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import quote, unquote_plus

from pydantic import AfterValidator, Field

from stadion.errors import UnacceptableValueError
from stadion.i18n import Text

_HTTPS = re.compile(r"https://[A-Za-z0-9.-]+(:\d{1,5})?([/?#][^\s\x00-\x1f\x7f<>\"]*)?")
_NO_LINK = Text(
    en="Send an https address such as https://store.example/p/1, with a host in Latin letters and without spaces.",
    ru="Укажите адрес вида https://store.example/p/1: https, имя сервера латиницей, без пробелов.",
)


def _https(url: str) -> str:
    if _HTTPS.fullmatch(url) is None:
        raise UnacceptableValueError(_NO_LINK)
    return url


Link = Annotated[str, Field(max_length=1000, examples=["https://store.example/p/8736421"]), AfterValidator(_https)]


def with_query(link: str, parameters: Mapping[str, str]) -> str:
    """The link with these parameters, in place of those of the same name. All else is as it was, byte for byte:
    a signature over the rest holds, and what no reader of URLs would write alike is not written anew."""
    before, hash_, fragment = link.partition("#")
    path, _, query = before.partition("?")
    kept = [part for part in query.split("&") if query and unquote_plus(part.partition("=")[0]) not in parameters]
    added = [f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in parameters.items()]
    return f"{path}?{'&'.join([*kept, *added])}{hash_}{fragment}" if kept or added else before + hash_ + fragment
