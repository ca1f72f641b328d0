"""The first texts, which ship with the code, so that a fresh stack has something to agree to."""

import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from accounts.consents.domain import ConsentText, ConsentTexts
from stadion.events.accounts import ConsentKind
from stadion.i18n import Language

FILE = Path(__file__).with_name("texts.toml")


@cache
def first_texts() -> dict[ConsentKind, ConsentTexts]:
    """Raises KeyError for a kind that the file says nothing of."""
    read = tomllib.loads(FILE.read_text(encoding="utf-8"))
    found = {kind: ConsentTexts(kind=kind, versions=[_text(read, read["texts"][kind.value])]) for kind in ConsentKind}
    for later in read["later"]:
        kind = ConsentKind(later["kind"])
        found[kind] = found[kind].with_text(_text(later, later))
    return found


def _text(of: dict[str, Any], said: dict[str, str]) -> ConsentText:
    return ConsentText(
        version=of["version"],
        current_from=datetime.fromisoformat(of["current_from"]),
        texts={language: said[language.value] for language in Language},
    )
