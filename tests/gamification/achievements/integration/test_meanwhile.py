"""Workouts, corrections and a count of the whole diary at the same time, in any order of their requests."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gamification.achievements import service, store
from gamification.achievements.base.counters import reached, recounted, rule_book
from stadion.errors import RequestInProgressError
from tests.gamification.achievements.books import NOW, OF_EVERY_KIND
from tests.gamification.achievements.histories import Told, diary, histories
from tests.gamification.achievements.integration.test_awards import held, judge_by, judged_by, published, tell
from tests.kit.interleaving import ORDERS, interleaved
from tests.kit.services import ATHLETE

CALLS = 4
"""At once."""


@settings(max_examples=25)
@given(told=histories(4), order=ORDERS, counts_anew=st.booleans(), new_rules=st.booleans())
def test_whoever_comes_between_begins_again(
    told: list[Told], order: list[int], counts_anew: bool, new_rules: bool
) -> None:
    book = rule_book(OF_EVERY_KIND)
    first = OF_EVERY_KIND[:5] if new_rules else OF_EVERY_KIND
    with judged_by(*first) as memory:
        with pytest.MonkeyPatch.context() as patch:
            tell(told[0])
            judge_by(patch, *OF_EVERY_KIND)
            calls: list[Callable[[], Any]] = [partial(tell, one) for one in told[1:CALLS]]
            if counts_anew:
                calls.append(partial(service.settle, ATHLETE, NOW))
            if calls:
                interleaved(memory, calls, order, expected=(RequestInProgressError,))
            for one in told:  # as the queue does: again, whatever became of it
                tell(one)
            service.settle(ATHLETE, NOW)
        expected = recounted(book, diary(told))
        assert set(held()) == set(reached(book, expected))
        tallies = store.tallies(ATHLETE, expected)
        counted = {name: one.value.totals for name, one in tallies.items() if one.value is not None}
        assert counted["ever"] == expected["ever"]
        revisions = [
            (one["achievement_id"], one["occurrence"], one["level"], one["revision"])
            for one in published(memory, "AchievementUnlocked") + published(memory, "AchievementRevoked")
        ]
        assert len(revisions) == len(set(revisions)), "each change is told once"
