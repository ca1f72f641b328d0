"""A file of products: what its lines say, and what is wrong with them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import ValidationError

from partners.catalogue.complaints import complaints
from partners.catalogue.domain import Product
from partners.catalogue.imports import LineError
from partners.catalogue.problems import MAX_LINES, Fault, FileProblem, UnreadableFileError
from partners.catalogue.rows import Row, rows
from partners.catalogue.schemas import SKU_TWICE, entry
from partners.domain import Partner
from stadion.i18n import Language, Text

TWICE = Text(
    en="This SKU stands in lines {} and {}: leave one of them.",
    ru="Этот SKU стоит в строках {} и {}: оставьте одну.",
)
OFTEN = Text(
    en="This SKU stands in lines {} to {}: leave one of them.",
    ru="Этот SKU стоит в строках с {} по {}: оставьте одну.",
)


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


def read(data: bytes, fmt: str, partner: Partner, now: datetime) -> list[Line]:
    """UnreadableFileError."""
    lines: list[Line] = []
    for row in rows(data, fmt):
        lines.append(_line(row, partner, now))
        if len(lines) > MAX_LINES:
            raise UnreadableFileError(FileProblem.TOO_MANY_LINES)
    if not lines:
        raise UnreadableFileError(FileProblem.EMPTY)
    return _each_once(lines)


def _line(row: Row, partner: Partner, now: datetime) -> Line:
    if row.fields is None:
        return Line(row.number, None, None, [_error(row.number, row.fault)] if row.fault is not None else [])
    try:
        product = entry(row.fields, partner.hosts)
    except ValidationError as error:
        both = zip(complaints(error, Language.EN), complaints(error, Language.RU), strict=True)
        errors = [
            LineError(line=row.number, field=field[:64], code=code, detail=detail, detail_ru=detail_ru)
            for (field, code, detail), (_, _, detail_ru) in both
        ]
        sku = row.fields.get("sku")
        return Line(row.number, sku.strip() or None if isinstance(sku, str) else None, None, errors)
    return Line(row.number, product.sku, product.product(partner.partner_id, now), [])


def _error(number: int, fault: Fault, field: str | None = None) -> LineError:
    detail, detail_ru = fault.say(Language.EN), fault.say(Language.RU)
    return LineError(line=number, field=field, code=fault.code, detail=detail, detail_ru=detail_ru)


def _each_once(lines: Sequence[Line]) -> list[Line]:
    """Of lines about one SKU nobody knows which holds: all of them are refused."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for line in lines:
        if line.sku is not None:
            numbers[line.sku].append(line.number)
    return [_refused(line, numbers[line.sku]) if line.sku and len(numbers[line.sku]) > 1 else line for line in lines]


def _refused(line: Line, numbers: Sequence[int]) -> Line:
    text = TWICE if len(numbers) == 2 else OFTEN
    first, last = numbers[0], numbers[-1]
    said = Text(en=text.en.format(first, last), ru=text.ru.format(first, last))
    twice = _error(line.number, Fault(SKU_TWICE, said), "sku")
    return replace(line, product=None, errors=[*line.errors, twice])
