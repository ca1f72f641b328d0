"""A file of products: what its lines say, and what is wrong with them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import ValidationError

from partners.catalogue.complaints import complaints
from partners.catalogue.domain import Product
from partners.catalogue.imports import LineError
from partners.catalogue.problems import MAX_LINES, FileProblem, UnreadableFileError
from partners.catalogue.rows import Row, rows
from partners.catalogue.schemas import ProductEntry
from stadion.i18n import Language


@dataclass(frozen=True)
class Line:
    """One product of the file, or what is wrong with it. `sku` is known of most wrong lines too."""

    number: int
    sku: str | None
    product: Product | None
    errors: list[LineError]

    @property
    def is_broken(self) -> bool:
        """Nobody can tell which product it is about."""
        return self.sku is None


def read(data: bytes, fmt: str, partner_id: str, now: datetime) -> list[Line]:
    """UnreadableFileError."""
    lines: list[Line] = []
    for row in rows(data, fmt):
        lines.append(_line(row, partner_id, now))
        if len(lines) > MAX_LINES:
            raise UnreadableFileError(FileProblem.TOO_MANY_LINES)
    if not lines:
        raise UnreadableFileError(FileProblem.EMPTY)
    return _each_once(lines)


def _line(row: Row, partner_id: str, now: datetime) -> Line:
    if row.fields is None:
        code, detail = row.fault or ("", "")
        return Line(row.number, None, None, [LineError(line=row.number, code=code, detail=detail)])
    try:
        entry = ProductEntry.model_validate(row.fields)
    except ValidationError as error:
        errors = [
            LineError(line=row.number, field=field[:64], code=code, detail=detail)
            for field, code, detail in complaints(error, Language.EN)
        ]
        sku = row.fields.get("sku")
        return Line(row.number, sku.strip() or None if isinstance(sku, str) else None, None, errors)
    return Line(row.number, entry.sku, entry.product(partner_id, now), [])


def _each_once(lines: Sequence[Line]) -> list[Line]:
    """Of lines about one SKU nobody knows which holds: all of them are refused."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for line in lines:
        if line.sku is not None:
            numbers[line.sku].append(line.number)
    return [_refused(line, numbers[line.sku]) if line.sku and len(numbers[line.sku]) > 1 else line for line in lines]


def _refused(line: Line, numbers: Sequence[int]) -> Line:
    listed = " and ".join(map(str, numbers)) if len(numbers) == 2 else f"{numbers[0]} to {numbers[-1]}"
    detail = f"This SKU stands in lines {listed}: leave one of them."
    twice = LineError(line=line.number, field="sku", code="sku_stands_twice", detail=detail)
    return replace(line, product=None, errors=[*line.errors, twice])
