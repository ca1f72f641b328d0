"""Links that the store gave: passed on byte for byte. What we add stands in the query and nowhere else.

A link leads where it says: https, a host by its name, nobody's name or password before it. Whose hosts a partner may
name, an admin sets (`is_on`). What people only read has no links at all (`LinkFree`).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import quote, unquote_plus, urlsplit

from pydantic import AfterValidator, Field

from stadion.errors import UnacceptableValueError
from stadion.i18n import Text

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_NAME = rf"(?:{_LABEL}\.)+(?:[A-Za-z]{{2,63}}|xn--[A-Za-z0-9-]{{1,59}})"
_UNSEEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_HTTPS = re.compile(rf"https://{_NAME}(?::443)?(?:[/?#][^\s\x00-\x1f\x7f<>\"\\{_UNSEEN}]*)?")
_HOST = re.compile(rf"(?:\*\.)?{_NAME}")
_MOST_OF_A_NAME: Final = 253
_IN_A_LABEL = "[^\\s!-,./:-@\\[-^`{-~«»\u2012-\u203a]"
"""Whatever is no space, quotation mark or sign: pictures, too, may be a label."""
_DOMAIN = re.compile(
    rf"(?<!{_IN_A_LABEL})(?<!{_IN_A_LABEL}\.)(?:{_IN_A_LABEL}+\.)+"
    r"([^\W\d_]{2,}|xn--[a-z0-9-]+)(?![-_]*[^\W_])",
    re.IGNORECASE,
)
_FILLERS: Final = frozenset("\u115f\u1160\u3164\uffa0")
"""Letters of Hangul that are not seen."""
_LEADS_SOMEWHERE = re.compile(r"://|\bwww\.|\b(?:https?|mailto|tel|javascript):|\w@\w|\d\.\d+\.\d+\.\d", re.IGNORECASE)
_NO_LETTERS: Final = frozenset({"Cf", "Mn", "Mc", "Me"})
_TOP_LEVEL_DOMAINS = Path(__file__).with_name("top_level_domains.txt")
_NO_LINK = Text(
    en="Send an https address such as https://store.example/p/1: a host by its name, in Latin letters, without a user,"
    " a port or spaces.",
    ru="Укажите адрес вида https://store.example/p/1: https, имя сервера латиницей, без имени пользователя, порта и"
    " пробелов.",
)
_NO_HOST = Text(
    en="Send a host such as store.example, or *.store.example for all below it.",
    ru="Укажите имя сервера, например store.example, или *.store.example для всех под ним.",
)
_NO_TEXT = Text(
    en="This text is only read: leave out addresses of pages and e-mail.",
    ru="Этот текст только читают: уберите из него адреса страниц и почты.",
)


def _https(url: str) -> str:
    if _HTTPS.fullmatch(url) is None or len(host_of(url)) > _MOST_OF_A_NAME:
        raise UnacceptableValueError(_NO_LINK)
    return url


def _host(name: str) -> str:
    """DNS knows no case."""
    if _HOST.fullmatch(name) is None:
        raise UnacceptableValueError(_NO_HOST)
    return name.lower()


def _leads_nowhere(text: str) -> str:
    if _leads_somewhere(text) or _leads_somewhere(_as_a_host_is_read(text)):
        raise UnacceptableValueError(_NO_TEXT)
    return text


def _leads_somewhere(text: str) -> bool:
    names = (found[1].lower() for found in _DOMAIN.finditer(text))
    return bool(_LEADS_SOMEWHERE.search(text)) or any(name in _domains() or name.startswith("xn--") for name in names)


def _as_a_host_is_read(text: str) -> str:
    """IDNA knows four dots, and wide letters as others; what nobody sees (zero-width and the like) parts nothing, nor
    do marks on letters, by which some names of countries are spelled."""
    return unicodedata.normalize("NFKC", _without_marks(text)).replace("\u3002", ".")


def _without_marks(text: str) -> str:
    """Nor selectors of a letter's looks, which are marks as well, nor anything else that is not seen by itself."""
    return "".join(one for one in text if one not in _FILLERS and unicodedata.category(one) not in _NO_LETTERS)


Link = Annotated[str, Field(max_length=1000, examples=["https://store.example/p/8736421"]), AfterValidator(_https)]
Host = Annotated[str, Field(max_length=_MOST_OF_A_NAME, examples=["store.example"]), AfterValidator(_host)]
LinkFree = AfterValidator(_leads_nowhere)
"""Of a text: nothing in it that a mail or a message would make a link of."""


@cache
def _domains() -> frozenset[str]:
    """Of the root zone, 2026-11: `Dr.Martens` is a name, `sale.shoes` an address."""
    names = _TOP_LEVEL_DOMAINS.read_text(encoding="utf-8").split()
    return frozenset({*names, *map(_without_marks, names)})


def host_of(link: str) -> str:
    return str(urlsplit(link).hostname or "").lower()


def is_on(link: str, hosts: Iterable[str]) -> bool:
    """Whether it leads to one of the hosts, of which `*.store.example` is any below that name and not itself."""
    host = host_of(link)
    return any(host == one or (one.startswith("*.") and host.endswith(one[1:])) for one in hosts)


def with_query(link: str, parameters: Mapping[str, str]) -> str:
    """The link with these parameters, in place of those of the same name. All else is as it was, byte for byte:
    a signature over the rest holds, and what no reader of URLs would write alike is not written anew."""
    before, hash_, fragment = link.partition("#")
    path, _, query = before.partition("?")
    kept = [part for part in query.split("&") if query and unquote_plus(part.partition("=")[0]) not in parameters]
    added = [f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in parameters.items()]
    return f"{path}?{'&'.join([*kept, *added])}{hash_}{fragment}" if kept or added else before + hash_ + fragment
