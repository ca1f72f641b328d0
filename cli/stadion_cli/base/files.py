"""Files that people write for commands: YAML or JSON, one document."""

import json
import re
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from stadion_cli.base.errors import UsageError

File = Annotated[Path, typer.Argument(help="YAML or JSON.", exists=True, dir_okay=False, readable=True)]
MAX_BYTES: Final = 1_000_000
INT: Final = "tag:yaml.org,2002:int"
READ_OTHERWISE: Final = (INT, "tag:yaml.org,2002:timestamp")
"""To YAML 1.1, 18:00 is the number 1080, 0123 is 83, and 2026-12-01 a date."""


def read(path: Path) -> dict[str, Any]:
    """The object in the file. YAML's dates become text again, so that the API judges them."""
    text = _text(path)
    found = _json(text, path) if path.suffix == ".json" else _yaml(text, path)
    if not isinstance(found, dict):
        raise UsageError(f"{path} does not hold an object with names and values.")
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except (TypeError, ValueError) as error:
        raise UsageError(f"{path} holds what JSON has not: {error}") from error
    return found


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
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8: {error.reason}") from error


def _json(text: str, path: Path) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise UsageError(f"{path} is not JSON: {error}") from error


def _yaml(text: str, path: Path) -> Any:
    try:
        yaml: Any = import_module("yaml")
    except ImportError as error:
        raise UsageError("Reading YAML takes PyYAML.", hint="pip install PyYAML, or write JSON") from error
    loader: Any = type("Loader", (yaml.SafeLoader,), {})  # in which times and dates stay as they were written
    loader.yaml_implicit_resolvers = {
        first: [(tag, shape) for tag, shape in found if tag not in READ_OTHERWISE]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    loader.add_implicit_resolver(INT, re.compile(r"^(?:0|-?[1-9][0-9]*)$"), list("-0123456789"))
    try:
        return yaml.load(text, loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UsageError(f"{path} is not YAML: {error}") from error
