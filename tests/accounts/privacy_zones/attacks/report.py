"""Every attack over many towns and all radii, and the page that tells how near they came."""

from collections.abc import Callable, Iterable, Sequence
from itertools import permutations
from pathlib import Path
from string import Template
from typing import Final

import numpy as np

from accounts.privacy_zones.domain import ZoneRadius
from tests.accounts.privacy_zones.attacks import attacks
from tests.accounts.privacy_zones.attacks.attacks import Evidence, athlete
from tests.accounts.privacy_zones.attacks.streets import Floats

PAGE: Final = Path("docs/proof/privacy-zones.md")
TEMPLATE: Final = Path(__file__).parent / "page.md"
Attack = Callable[[Evidence], Floats]
HIDDEN: Final[dict[str, Attack]] = {
    "distance": attacks.by_distance,
    "circle": attacks.by_circle,
    "both": attacks.by_both,
}
NOT_HIDDEN: Final[dict[str, Attack]] = {
    "middle of the first visible points": attacks.by_the_middle,
    "shortest ways": attacks.by_shortest_ways,
}
HISTORIES: Final = [
    *((one,) for one in ZoneRadius),
    *permutations(ZoneRadius, 2),
    tuple(ZoneRadius),
    tuple(reversed(ZoneRadius)),
]
Errors = dict[tuple[str, ZoneRadius], list[float]]


def attacked(seeds: Iterable[int], found: dict[str, Attack], view: attacks.View = attacks.as_now) -> Errors:
    errors: Errors = {}
    for seed in seeds:
        for radius in ZoneRadius:
            one = athlete(seed, radius)
            seen = Evidence(one, one.seen(view))
            for name, attack in found.items():
                errors.setdefault((name, radius), []).append(one.error(attack(seen)))
    return errors


def called_at_home(seeds: Iterable[int], *, holds: bool) -> dict[ZoneRadius, list[float]]:
    seeds = list(seeds)
    return {
        radius: [attacks.by_a_call_at_home(athlete(seed, radius), holds=holds) for seed in seeds]
        for radius in ZoneRadius
    }


def changed(seeds: Iterable[int]) -> dict[str, list[float]]:
    """By what was set one after the other, and what of it somebody saw: everything, or the last alone."""
    seeds = list(seeds)
    found = {}
    for history in HISTORIES:
        for seen, what in ((sorted(history), "all"), ([history[-1]], "the last")):
            name = f"{' → '.join(str(int(one)) for one in history)}, sees {what}"
            found[name] = [attacks.by_radii(seed, history, seen) for seed in seeds]
    return found


def told(errors: Sequence[float]) -> str:
    return f"{np.median(errors):.2f} ({np.percentile(errors, 10):.2f})"


def page(*, towns: int) -> str:
    seeds = range(towns)
    now, before = attacked(seeds, HIDDEN | NOT_HIDDEN), attacked(seeds, HIDDEN, attacks.as_before)
    radii = [*ZoneRadius]
    head = "| attack | " + " | ".join(f"{int(radius)} m" for radius in radii) + " |\n| --- |" + " --- |" * len(radii)

    def rows(errors: Errors, names: Iterable[str]) -> str:
        return "\n".join(f"| {name} | " + " | ".join(told(errors[name, one]) for one in radii) + " |" for name in names)

    holds, free = (called_at_home(seeds, holds=one) for one in (True, False))
    calls = "\n".join(
        f"| {name} | " + " | ".join(told(found[one]) for one in radii) + " |"
        for name, found in (("as now", holds), ("without the hold", free))
    )
    histories = "\n".join(f"| {name} | {told(errors)} |" for name, errors in changed(range(2 * towns)).items())
    tables = {
        "hidden": rows(now, HIDDEN),
        "before": rows(before, HIDDEN),
        "calls": calls,
        "not_hidden": rows(now, NOT_HIDDEN),
        "histories": histories,
    }
    return Template(TEMPLATE.read_text()).substitute(towns=towns, head=head, **tables)
