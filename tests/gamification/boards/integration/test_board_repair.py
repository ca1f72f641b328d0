"""What drifted is found, and repaired while the board is being written."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gamification.boards import store
from gamification.boards.repair import service
from gamification.boards.repair.domain import Checked, Fault
from gamification.boards.store import Entry
from gamification.boards.trie import Slot
from stadion.errors import InvalidCursorError
from tests.kit.boards import BOARD, NOW, Truth, check, place, small_leaves, sums
from tests.kit.memory import Memory, memory
from tests.kit.services import Answer, Service, answer_of, http_event


def full(truth: Truth, people: int = 60) -> None:
    for first in range(0, people, 10):
        place(*(truth.image(f"u{n}", 1 + n * 7 % 90, NOW + timedelta(seconds=n)) for n in range(first, first + 10)))


def parts(*, repairs: bool = False) -> list[Checked]:
    found, cursor = [], None
    while True:
        found.append(service.check(BOARD, cursor, repairs=repairs))
        cursor = found[-1].following
        if cursor is None:
            return found


def faults(*, repairs: bool = False) -> list[Fault]:
    return [one.fault for part in parts(repairs=repairs) for one in part.wrong]


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "ENTRIES_AT_ONCE", 12)


@pytest.mark.usefixtures("in_parts")
def test_of_a_board_in_order_nothing_is_wrong_and_all_of_it_is_looked_at() -> None:
    with memory(), small_leaves():
        truth = Truth()
        full(truth)
        found = parts()
        assert len(found) > 3
        assert sum(part.entries for part in found) == 60
        assert [one for part in found for one in part.wrong] == []


def slot_of(split: bool) -> tuple[str, str]:
    """A node's prefix, and a digit of it."""
    prefixes = [""]
    for prefix in prefixes:
        node = store.read_nodes([(str(BOARD), prefix)])[str(BOARD), prefix]
        for digit, slot in node.slots.items():
            if slot.is_split == split and (split or prefix):
                return prefix, digit
            if slot.is_split:
                prefixes.append(prefix + digit)
    raise LookupError


def spoil(memory_: Memory, *, split: bool) -> None:
    """A slot says three more than there are."""
    prefix, digit = slot_of(split)
    item = memory_.tables["stadion-gamification"][f"NODE#{BOARD}#{prefix}", store.NODE]
    slot = Slot.load(item[store.SLOT + digit]["B"])
    item[store.SLOT + digit]["B"] = replace(slot, count=slot.count + 3).dump()


@pytest.mark.usefixtures("in_parts")
@pytest.mark.parametrize("what", ["leaf", "child", "slot", "octave", "orphan", "root"])
def test_whatever_is_wrong_is_found_and_repaired(what: str) -> None:
    with memory() as kept, small_leaves():
        truth = Truth()
        full(truth)
        table = kept.tables["stadion-gamification"]
        if what in {"leaf", "child"}:
            spoil(kept, split=what == "child")
        elif what == "slot":
            prefix, digit = slot_of(split=False)
            del table[f"NODE#{BOARD}#{prefix}", store.NODE][store.SLOT + digit]
        elif what == "octave":
            del table[f"NODE#{BOARD}#", store.NODE][store.SLOT + "a"]
        elif what == "root":
            del table[f"NODE#{BOARD}#", store.NODE]
        else:
            ghost = truth.image("u3", 77)
            place(ghost)
            key = next(iter(store.placed([("u3", BOARD.period)])["u3", BOARD.period].keys.values()))  # type: ignore[union-attr]
            full(truth)
            store.write_entries([Entry(str(BOARD), key)], [])
        assert faults()
        assert faults(repairs=True)
        faults(repairs=True)
        assert faults() == []
        check(truth)
        sums(kept.items())


@pytest.mark.usefixtures("in_parts")
def test_a_repair_and_writers_are_not_in_each_other_s_way() -> None:
    with memory() as kept, small_leaves():
        truth = Truth()
        full(truth)
        spoil(kept, split=False)
        cursor, number = None, 0
        for _ in range(3):
            while True:
                place(truth.image(f"u{number % 60}", 1 + number * 31 % 90))
                number += 1
                cursor = service.check(BOARD, cursor, repairs=True).following
                if cursor is None:
                    break
        assert faults() == []
        check(truth)
        sums(kept.items())


def test_what_the_consumer_is_about_to_place_is_no_fault() -> None:
    with memory():
        truth = Truth()
        place(truth.image("a", 5))
        image = truth.image("a", 9)
        assert image.scores is not None
        item = store.SCORES.item(store.SCORES.at("a", BOARD.period), image.scores, revision=2, now=NOW)
        item.save()
        assert faults(repairs=True) == []
        place(image)
        check(truth)


@pytest.mark.parametrize("cursor", ["x" * 65, "", "\n", "ы"])
def test_a_cursor_is_digits(cursor: str) -> None:
    with memory(), pytest.raises(InvalidCursorError):
        service.check(BOARD, cursor)


def signed(gamification: Service, method: str, path: str, query: dict[str, str] | None = None) -> Answer:
    event = http_event(method, f"/v1/admin/boards/{path}", None, user=None, query=query)
    event["requestContext"]["authorizer"] = {"iam": {"userArn": "arn:aws:iam::000000000000:user/admin"}}
    return answer_of(gamification.invoke("admin_api", event))


def test_admins_ask_by_the_current_period(gamification: Service) -> None:
    found = signed(gamification, "GET", "global.all.xp.ever/drift")
    assert (found.status, found.body["board"], found.body["wrong"]) == (200, "global.all.xp.ever", [])
    week = signed(gamification, "POST", "global.all.xp.week/recount")
    assert week.body["board"].startswith("global.all.xp.20")
    refused = signed(gamification, "GET", "nowhere.all.xp.week/drift")
    assert (refused.status, refused.body["code"]) == (404, "board_not_found")
    lost = signed(gamification, "GET", "global.all.xp.ever/drift", {"cursor": "x" * 65})
    assert (lost.status, lost.body["code"]) == (400, "cursor_is_invalid")
