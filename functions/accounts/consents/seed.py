"""The first texts, which ship with the code, so that a fresh stack has something to agree to."""

import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path

from accounts.consents.domain import ConsentText, ConsentTexts
from stadion.events.accounts import ConsentKind

FILE = Path(__file__).with_name("texts.toml")


@cache
def first_texts() -> dict[ConsentKind, ConsentTexts]:
    """Raises KeyError for a kind that the file says nothing of."""
    read = tomllib.loads(FILE.read_text(encoding="utf-8"))
    begins = datetime.fromisoformat(read["current_from"])
    return {
        kind: ConsentTexts(
            kind=kind,
            versions=[ConsentText(version=read["version"], current_from=begins, texts=read["texts"][kind.value])],
        )
        for kind in ConsentKind
    }
