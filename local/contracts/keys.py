"""The tables of keys in the services' READMEs: of every `Records` in their code, with the text that stands below it."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from local.contracts.models import ContractError
from local.contracts.services import FUNCTIONS
from stadion.records import Records

BEGIN: Final = "<!-- keys: written by `stadion contracts write` -->"
END: Final = "<!-- /keys -->"
HEAD: Final = (
    "| records | pk | sk | in `gsi1` | kept | what they are, who writes and reads them |",
    "| --- " * 6 + "|",
)
MARKED: Final = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)


@dataclass(frozen=True)
class Row:
    """Records of one kind, where they are written down."""

    name: str
    path: Path
    records: Records[Any]
    about: str

    def __str__(self) -> str:
        index = self.records.index
        listed = f"`{_shown(index.pk)}` `{_shown(index.sk)}`" if index is not None else ""
        cells = (self.name, f"`{_shown(self.records.pk)}`", f"`{_shown(self.records.sk)}`", listed, self._kept)
        return f"| {' | '.join([*cells, self.about])} |"

    @property
    def _kept(self) -> str:
        kept_for, since = self.records.kept_for, self.records.kept_since
        if kept_for is None:
            return ""
        name = f" after `{since}`" if since is not None else ""
        return f"{_days(kept_for)}{name}" if kept_for else f"until `{since}`"


def rows(folder: Path) -> Iterator[Row]:
    """In the order of the files and of the lines in them, each with the text below it."""
    for path in sorted(folder.rglob("*.py"), key=lambda path: (len(path.relative_to(folder).parts), path.as_posix())):
        source = path.read_bytes()
        if b"stadion.records import" in source:
            module = import_module(".".join(path.relative_to(FUNCTIONS).with_suffix("").parts))
            for name, about in _assigned(ast.parse(source, filename=str(path))):
                if isinstance(records := getattr(module, name, None), Records):
                    yield Row(name, path, records, about)


def check_readmes() -> None:
    """Every service has a README, and one with records a place in it for their table."""
    if faults := [fault for folder in sorted(FUNCTIONS.iterdir()) if folder.is_dir() for fault in _faults(folder)]:
        raise ContractError("\n".join(faults))


def _faults(folder: Path) -> Iterator[str]:
    sources = [path.read_bytes() for path in folder.rglob("*.py")]
    readme = folder / "README.md"
    place = f"functions/{folder.name}/README.md"
    if sources and not readme.exists():
        yield f"{place} is missing"
    elif any(b"stadion.records import" in source for source in sources):
        text = readme.read_text(encoding="utf-8")
        if not MARKED.search(text):
            yield f"{place} has no place for the table of keys: a line {BEGIN} and below it a line {END}"


def readmes() -> dict[Path, str]:
    """READMEs with a table of keys, as they should be: each has the records below it that no deeper one has."""
    marked = [path for path in sorted(FUNCTIONS.rglob("README.md")) if BEGIN in path.read_text(encoding="utf-8")]
    found = {}
    for path in marked:
        deeper = [other.parent for other in marked if path.parent in other.parent.parents]
        own = [row for row in rows(path.parent) if not any(folder in row.path.parents for folder in deeper)]
        before, _, after = MARKED.sub(END, path.read_text(encoding="utf-8")).partition(END)
        found[path] = before + "\n".join([BEGIN, *HEAD, *map(str, own), END]) + after
    return found


def _assigned(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Constants of a module, each with the text literal below it."""
    for node, below in zip(tree.body, [*tree.body[1:], None], strict=True):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            text = below.value.value if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) else ""
            yield node.targets[0].id, " ".join(str(text).split())


def _shown(template: str) -> str:
    """`{user_id}` as `<user_id>`, without how it is formatted."""
    return re.sub(r"\{([^}:]*)[^}]*\}", r"<\1>", template)


def _days(span: timedelta) -> str:
    return f"{span.days} day{'s' * (span.days > 1)}" if span.days else f"{span.total_seconds() / 3600:g} hours"
