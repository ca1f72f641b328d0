"""A file of products: what its lines say, and what is wrong with them."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from partners.catalogue.complaints import complaints
from partners.catalogue.domain import Product
from partners.catalogue.imports import LineError
from partners.catalogue.schemas import ProductEntry
from stadion.i18n import Language

MAX_LINES = 50_000
NEEDED = {"sku", "name", "deeplink", "price_minor", "currency"}
NUMBERS = {"price_minor"}
TRUTHS = {"is_sold": {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}}


class UnreadableFileError(Exception):
    """Nothing of the file can be read; `code` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


Fields = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """One product of the file, or what is wrong with it. `sku` is known of most wrong lines too."""

    sku: str | None
    product: Product | None
    errors: list[LineError]


def read(data: bytes, fmt: str, partner_id: str, now: datetime) -> list[Line]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFileError("file_is_not_utf8") from error
    lines = []
    for found in _csv(text) if fmt == "csv" else _jsonl(text):
        lines.append(found if isinstance(found, Line) else _line(*found, partner_id, now))
        if len(lines) > MAX_LINES:
            raise UnreadableFileError("too_many_lines")
    if not lines:
        raise UnreadableFileError("file_is_empty")
    return lines


def _jsonl(text: str) -> Iterator[tuple[int, Fields] | Line]:
    """The number and the fields of each line, or what is wrong with it."""
    for number, raw in enumerate(text.split("\n"), start=1):  # JSON may have other line separators inside
        if not raw.strip():
            continue
        try:
            fields = json.loads(raw)
        except (ValueError, RecursionError):
            yield _wrong(number, "json_invalid", "This line is not JSON.")
            continue
        if isinstance(fields, dict):
            yield number, fields
        else:
            yield _wrong(number, "model_type", "This line is not an object.")


def _csv(text: str) -> Iterator[tuple[int, Fields] | Line]:
    """With a header line that names the columns; an empty cell is no value."""
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="", strict=True)
    try:
        columns = set(reader.fieldnames or [])
    except csv.Error as error:
        raise UnreadableFileError("columns_are_missing") from error
    if NEEDED - columns:
        raise UnreadableFileError("columns_are_missing")
    while True:
        try:
            row = next(reader, None)
        except csv.Error:
            yield _wrong(reader.line_num, "csv_invalid", "This line is not CSV.")
            continue
        if row is None:
            return
        if "" in row:
            yield _wrong(reader.line_num, "csv_too_many_cells", "This line has more cells than the header.")
            continue
        yield reader.line_num, {name: _typed(name, cell) for name, cell in row.items() if cell}


def _typed(name: str, cell: str) -> Any:
    cell = cell.strip()
    if name in NUMBERS and cell.isascii() and cell.isdigit() and len(cell) < 20:
        return int(cell)
    return TRUTHS.get(name, {}).get(cell.lower(), cell)


def _line(number: int, fields: Fields, partner_id: str, now: datetime) -> Line:
    sku = fields.get("sku")
    try:
        entry = ProductEntry.model_validate(fields)
    except ValidationError as error:
        errors = [
            LineError(line=number, field=field[:64], code=code, detail=detail)
            for field, code, detail in complaints(error, Language.EN)
        ]
        return Line(sku=sku if isinstance(sku, str) else None, product=None, errors=errors)
    return Line(sku=entry.sku, product=entry.product(partner_id, now), errors=[])


def _wrong(number: int, code: str, detail: str) -> Line:
    return Line(sku=None, product=None, errors=[LineError(line=number, code=code, detail=detail)])
