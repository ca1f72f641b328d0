"""Files that people write for commands: YAML or JSON, one document."""

import json
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from stadion_cli.base import documents
from stadion_cli.base.errors import UsageError

File = Annotated[Path, typer.Argument(help="YAML or JSON.", exists=True, dir_okay=False, readable=True)]
MAX_BYTES: Final = 1_000_000


def read(path: Path) -> dict[str, Any]:
    """The object in the file. Dates and hours stay text, so that the API judges them."""
    is_json = path.suffix == ".json"
    try:
        found = documents.of_json(_text(path)) if is_json else documents.of_yaml(_text(path))
    except documents.UnreadableError as error:
        where = f"{path}, line {error.line}" if error.line is not None else str(path)
        raise UsageError(f"{where}: {error}", hint=error.hint) from error
    if not isinstance(found, dict):
        raise UsageError(f"{path} does not hold an object with names and values.")
    try:
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise UsageError(f"{path} holds what JSON has not: {error}") from error
    return found


def word(value: Any, key: str) -> str:
    """UsageError for a number or the like where a name is due."""
    if not isinstance(value, str):
        raise UsageError(f"{key} is no text: {value!r}.", hint=f'in quotes: {key}: "{value}"')
    return value


def write(path: Path, text: str) -> None:
    """As it is, whatever the platform's line ends."""
    try:
        path.write_bytes(text.encode())
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def _text(path: Path) -> str:
    if path.stat().st_size > MAX_BYTES:
        raise UsageError(f"{path} is larger than a megabyte.")
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8: {error.reason}.", hint="save it as UTF-8") from error
