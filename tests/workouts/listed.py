"""The index and the sums of every athlete, against the workouts as they are stored."""

from collections import Counter, defaultdict
from typing import Any

from stadion.dynamo import Item
from workouts.base.entry import Entry
from workouts.base.index_store import STATES, SUMS, pages
from workouts.store import WORKOUTS


def check_lists() -> None:
    athletes = {item.pk.split("#")[1] for item in Item.scan(Item.kind.is_in("workout", "tombstone", "entry"))}
    for user_id in athletes:
        check_list(user_id)


def check_list(user_id: str) -> None:
    state = STATES.find(user_id)
    if state is None or not state.is_listed:
        return
    expected = {one.workout_id: Entry.of(one) for one in WORKOUTS.every(user_id, where=Item.kind == "workout")}
    listed = [entry for page, _ in pages(user_id) for number, entry in page if number == state.generation]
    assert {one.workout_id: one for one in listed} == expected
    assert len(listed) == len(expected) == state.workouts
    assert {key: amounts for key, amounts in _sums(user_id).items() if any(amounts.values())} == _added(expected)


def _sums(user_id: str) -> dict[tuple[Any, Any], dict[str, int]]:
    stored = (one.value for one in SUMS.each(user_id))
    return {(one.sport_type, one.standing): {k: v for k, v in one.amounts.items() if v} for one in stored if one}


def _added(entries: dict[str, Entry]) -> dict[tuple[Any, Any], dict[str, int]]:
    sums: dict[tuple[Any, Any], Counter[str]] = defaultdict(Counter)
    for entry in entries.values():
        sums[entry.sport, entry.standing].update(entry.amounts())
    return {key: dict(amounts) for key, amounts in sums.items()}
