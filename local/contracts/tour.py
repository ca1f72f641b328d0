"""The README's row of services: each folder with a README of its own, and the wings below it that have one."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from local.contracts.services import FUNCTIONS, services
from local.paths import ROOT

BEGIN: Final = "<!-- services: written by `stadion contracts write` -->"
END: Final = "<!-- /services -->"
MARKED: Final = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
README: Final = "README.md"


def readme() -> dict[Path, str]:
    """The README as it should be."""
    path = ROOT / README
    text = path.read_text(encoding="utf-8")
    return {path: MARKED.sub(lambda _: f"{BEGIN}{', '.join(_shown())}{END}", text)}


def _shown() -> Iterator[str]:
    """In the order of the document, which is a newcomer's."""
    for service in services():
        if (FUNCTIONS / service / README).exists():
            inner = sorted(path for path in (FUNCTIONS / service).rglob(README) if path.parent.name != service)
            with_wings = f" with {', '.join(map(_link, inner))}" if inner else ""
            yield _link(FUNCTIONS / service / README) + with_wings


def _link(path: Path) -> str:
    return f"[{path.parent.name.rstrip('_')}]({path.relative_to(ROOT).as_posix()})"
