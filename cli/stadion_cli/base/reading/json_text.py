"""JSON in which no object has a key twice (RFC 8259 leaves open which of the two holds)."""

import json
import re
from json import scanner
from json.decoder import JSONObject  # type: ignore[attr-defined]
from typing import Any, Final

from stadion_cli.base.reading.unreadable import KeyTwiceError, UnreadableError

TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:]')


def read(text: str) -> Any:
    """UnreadableError."""
    try:
        return json.loads(text, cls=_Decoder)
    except json.JSONDecodeError as error:
        raise UnreadableError(f"it is not JSON: {error.msg}.", error.lineno) from error
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"it is not JSON: {error}") from error


class _Decoder(json.JSONDecoder):
    def __init__(self) -> None:
        super().__init__(parse_constant=_refuse)
        self.parse_object = _object
        self.scan_once = scanner.py_make_scanner(self)  # type: ignore[attr-defined]


def _refuse(name: str) -> Any:
    raise ValueError(f"there is no {name} in it.")


def _object(at: tuple[str, int], strict: bool, scan_once: Any, _: Any, __: Any, memo: Any = None) -> Any:
    text, start = at
    pairs, end = JSONObject(at, strict, scan_once, None, list, memo)
    found: dict[str, Any] = {}
    for number, (key, value) in enumerate(pairs):
        if key in found:
            raise KeyTwiceError(key, text.count("\n", 0, _place_of_key(text, start, number)) + 1)
        found[key] = value
    return found, end


def _place_of_key(text: str, start: int, number: int) -> int:
    """Of the object that begins before `start`: where its key of that number stands."""
    depth, before, seen = 0, start, -1
    for token in TOKEN.finditer(text, start):
        if token[0] in "{[":
            depth += 1
        elif token[0] in "}]":
            depth -= 1
        elif token[0] == ":" and depth == 0:
            seen += 1
            if seen == number:
                break
        before = token.start()
    return before
