"""Several witnesses of one number: most of those that agree are believed, and who is alone is not."""

from collections.abc import Mapping
from dataclasses import dataclass

_TOLERANCES = (0.01, 0.02, 0.04, 0.08)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A number that two witnesses tell differently, with nothing to decide between them."""

    number: str
    figures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who is believed of a number; `others` are those that were not, where nobody bears either out."""

    witness: str
    value: float
    others: Mapping[str, float]

    def dispute(self, number: str, digits: int) -> Dispute | None:
        if not self.others:
            return None
        figures = {self.witness: self.value, **self.others}
        return Dispute(number=number, figures={name: round(value, digits) for name, value in figures.items()})


def weighed(figures: Mapping[str, float | None], *, slack: float) -> Verdict | None:
    """`figures` in order of belief. Of the largest group that agrees, within `slack` or a few per cent, the first."""
    known = {name: value for name, value in figures.items() if value is not None}
    if not known:
        return None
    for tolerance in _TOLERANCES:
        groups = [(_who_agree(known, value, tolerance, slack), name) for name, value in known.items()]
        size, witness = max(groups, key=lambda group: group[0])
        if size > 1:
            return Verdict(witness, known[witness], {})
    witness = next(iter(known))
    return Verdict(witness, known[witness], {name: value for name, value in known.items() if name != witness})


def _who_agree(known: Mapping[str, float], value: float, tolerance: float, slack: float) -> int:
    return sum(agree(value, other, tolerance=tolerance, slack=slack) for other in known.values())


def agree(one: float, other: float, *, tolerance: float = 0.02, slack: float) -> bool:
    return abs(one - other) <= max(slack, tolerance * max(one, other))
