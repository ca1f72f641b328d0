"""The copy of a consent is the newest one, whatever came first."""

from datetime import UTC, datetime
from itertools import permutations

import pytest

from stadion.consents import Consents, granted, with_news
from stadion.events.accounts import ConsentChanged, ConsentKind

WHEN = datetime(2026, 11, 28, tzinfo=UTC)


def news(revision: int, *, agreed: bool) -> ConsentChanged:
    kind = ConsentKind.MARKETING_PUSH
    return ConsentChanged(kind=kind, granted=agreed, text_version="1", revision=revision, changed_at=WHEN)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_newest_word_counts_in_whatever_order_they_come(order: tuple[int, ...]) -> None:
    said = [news(1, agreed=True), news(2, agreed=False), news(3, agreed=True)]
    withdrawn: Consents = {}
    known: Consents = {}

    for position in order:
        known = with_news(known, said[position])
        withdrawn = with_news(withdrawn, said[position]) if position < 2 else withdrawn

    assert granted(known) == {ConsentKind.MARKETING_PUSH}
    assert granted(withdrawn) == frozenset()
