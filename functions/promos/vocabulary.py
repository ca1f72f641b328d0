"""Words of rules against the lists that they come from: gear, places, money. A word that is on none fits nobody.

Rules that were stored before are read whatever their words; only what is written anew is asked about.
"""

from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import Final

from promos.targeting import Problem, TargetingRule, nodes_of, phrased
from stadion.categories import GearCategory
from stadion.i18n import Text
from stadion.money import exponents
from stadion.places import COUNTRIES, regions

CATEGORIES: Final = frozenset(category.value for category in GearCategory)
NO_WORD: Final = Text(en="There is no {what_en} {word}.", ru="Нет {what_ru} {word}.")
NEARLY: Final = Text(
    en="There is no {what_en} {word}. Did you mean {near}?", ru="Нет {what_ru} {word}. Может быть, {near}?"
)
WORDS: Final[dict[str, tuple[str, str]]] = {
    "category": ("gear category", "категории снаряжения"),
    "country": ("country (ISO 3166-1)", "страны (ISO 3166-1)"),
    "region": ("region (ISO 3166-2)", "региона (ISO 3166-2)"),
    "currency": ("currency (ISO 4217)", "валюты (ISO 4217)"),
}


def unknown_words(rule: TargetingRule, *, pointer: str) -> list[Problem]:
    return [problem for place, node in nodes_of(rule, pointer) for problem in _of_node(node, place)]


def _of_node(node: TargetingRule, place: str) -> Iterator[Problem]:
    if node.profile is not None:
        yield from _each(node.profile.countries, COUNTRIES, "country", f"{place}/profile/countries")
        yield from _each(node.profile.regions, regions(), "region", f"{place}/profile/regions")
    if node.gear is not None:
        yield from _each(node.gear.categories, CATEGORIES, "category", f"{place}/gear/categories")
    if node.purchases is not None:
        yield from _one(node.purchases.category, CATEGORIES, "category", f"{place}/purchases/category")
        yield from _one(node.purchases.currency, exponents(), "currency", f"{place}/purchases/currency")


def _each(words: list[str] | None, known: Collection[str], kind: str, pointer: str) -> Iterator[Problem]:
    for number, word in enumerate(words or []):
        yield from _one(word, known, kind, f"{pointer}/{number}")


def _one(word: str | None, known: Collection[str], kind: str, pointer: str) -> Iterator[Problem]:
    if word is None or word in known:
        return
    what_en, what_ru = WORDS[kind]
    near = nearest(word, known)
    said = NEARLY if near else NO_WORD
    yield Problem(
        pointer, f"unknown_{kind}", phrased(said, what_en=what_en, what_ru=what_ru, word=word, near=near or "")
    )


def nearest(word: str, known: Collection[str]) -> str | None:
    """The word that was probably meant: `Moscow` is none of a list of codes, `runing_shoes` nearly is."""
    found = {one.casefold(): one for one in known}
    close = get_close_matches(word.casefold(), sorted(found), n=1, cutoff=0.7)
    return found[close[0]] if close else None
