"""The athlete's index and sums in the workouts table: written with every workout, in the same transaction.

Lists and totals read them (docs/decisions/0039-lists-and-totals.md)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Final

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from stadion import writes
from stadion.change import Change
from stadion.dynamo import Item, absent
from stadion.records import Place, Records, Stored
from stadion.sports import SportType
from workouts.base.entry import MEASURES, Entry, Standing
from workouts.domain import Workout

FORMAT: Final = 1
"""Of entries and sums. With another one, every athlete's index is built anew at their next list."""
FIRST: Final = 1
"""Index of an athlete whose diary was empty."""
ALL: Final = (" ", "~")
"""Sort keys, which begin with a moment."""


class _EntryItem(Item):
    e = UnicodeAttribute()
    w = UnicodeAttribute(null=True)


class CountedItem(Item):
    """What is counted up without a look: how a diary is listed, and the sums of a sport in it. Workouts are of a type
    below it, since one request reads all of them."""

    format = NumberAttribute(null=True)
    generation = NumberAttribute(null=True)
    generations = NumberAttribute(null=True)
    unlisted_writes = NumberAttribute(null=True)
    workouts = NumberAttribute(null=True)
    distance_m = NumberAttribute(null=True)
    elapsed_time_s = NumberAttribute(null=True)
    moving_time_s = NumberAttribute(null=True)
    ascent_m = NumberAttribute(null=True)
    calories_kcal = NumberAttribute(null=True)
    assumed_calories_kcal = NumberAttribute(null=True)


UNLISTED: Final = CountedItem.format.does_not_exist() | (CountedItem.format != FORMAT)
NOTED: Final[list[Action]] = [CountedItem.unlisted_writes.add(1), Item.kind.set("diary")]


@dataclass(frozen=True)
class DiaryState:
    """Whether lists may rest on the index, and on which of those that were built."""

    format: int = 0
    generation: int = 0
    unlisted_writes: int = 0
    """Whoever builds an index sees by it that somebody wrote meanwhile."""
    workouts: int = 0

    @property
    def is_listed(self) -> bool:
        return self.format == FORMAT


@dataclass(frozen=True)
class SportSums:
    """Of an athlete's workouts of a sport and a standing."""

    sport_type: SportType
    standing: Standing
    amounts: Mapping[str, int] = field(default_factory=dict)
    """`entry.MEASURES`."""


def _entry(item: Any) -> Entry:
    started_at, workout_id, _ = item.sk.split("#")
    return Entry.load(started_at, workout_id, item.e, item.w or "")


def state_of(item: Any) -> DiaryState:
    return DiaryState(*(int(getattr(item, one.name) or 0) for one in fields(DiaryState)))


def _sums(item: Any) -> SportSums:
    _, sport_type, standing = item.sk.split("#")
    amounts = {name: int(getattr(item, name) or 0) for name in MEASURES}
    return SportSums(SportType(sport_type), Standing(standing), amounts)


ENTRIES = Records(
    Entry,
    kind="entry",
    pk="INDEX#{user_id}",
    sk="{started_at}#{workout_id}#{generation}",
    dump=lambda _: None,
    load=_entry,
    attributes=lambda entry: {"e": entry.dump(), "w": entry.words or None},
    item_type=_EntryItem,
)
"""What lists filter, order and search by: with every write of its workout; lists and totals."""
STATES = Records(
    DiaryState,
    kind="diary",
    pk="ATHLETE#{user_id}",
    sk="DIARY",
    dump=lambda _: None,
    load=state_of,
    attributes=lambda state: {one.name: getattr(state, one.name) for one in fields(DiaryState)},
    item_type=CountedItem,
)
"""Which index of the athlete's counts, and how many workouts are in it: every write holds only while that stands."""
SUMS = Records(
    SportSums,
    kind="sums",
    pk="ATHLETE#{user_id}",
    sk="DIARY#{sport_type}#{standing}",
    dump=lambda _: None,
    load=_sums,
    attributes=lambda sums: dict(sums.amounts),
    item_type=CountedItem,
)
"""Of all workouts of a sport, by standing: moved with every write of one; totals, and the `total` of lists."""


class Listing:
    """What a change does to the athlete's index and sums: gathered, and written once, since a transaction takes an
    item once."""

    def __init__(self, user_id: str, state: Stored[DiaryState], *, is_new: bool = False) -> None:
        """`is_new`: nothing was ever in the diary."""
        self._user_id = user_id
        self._state = state
        self._is_new = is_new
        self._moves: list[tuple[Entry | None, Entry | None]] = []

    def move(self, old: Workout | None, new: Workout | None) -> None:
        """A workout that is new, changes, or goes."""
        before, after = (None if one is None else Entry.of(one) for one in (old, new))
        self._moves.append((before, after))

    def write(self, change: Change) -> None:
        """The change ends in `WriteConflictError` when the index is another one meanwhile."""
        known = self._state.value
        if not self._moves:
            return
        if known is not None and not known.is_listed:
            self._write_unlisted(change)
        elif known is not None:
            self._write_listed(change, known.generation)
        elif self._is_new:
            self._write_listed(change, FIRST)
        else:
            self._write_unlisted(change)

    def _write_unlisted(self, change: Change) -> None:
        change.update(self._state.place, NOTED, UNLISTED)

    def _write_listed(self, change: Change, generation: int) -> None:
        places: dict[Place[Entry], Entry | None] = {}
        for old, new in self._moves:
            if old is not None:
                places[self._place(old, generation)] = None
            if new is not None:
                places[self._place(new, generation)] = new
        for place, entry in places.items():
            if entry is None:
                change.delete(place)
            else:
                change.put(place, entry, new=False)
        self._write_sums(change)
        self._write_state(change, generation)

    def _place(self, entry: Entry, generation: int) -> Place[Entry]:
        return ENTRIES.at(self._user_id, entry.started_at, entry.workout_id, generation)

    def _write_sums(self, change: Change) -> None:
        moved: dict[tuple[SportType, Standing], Counter[str]] = {}
        for old, new in self._moves:
            for entry, sign in ((old, -1), (new, 1)):
                if entry is not None:
                    sums = moved.setdefault((entry.sport, entry.standing), Counter())
                    for name, amount in entry.amounts().items():
                        sums[name] += sign * amount
        for key, amounts in moved.items():
            added = [getattr(CountedItem, name).add(amount) for name, amount in amounts.items() if amount]
            if added:
                change.update(SUMS.at(self._user_id, *key), [*added, Item.kind.set("sums")])

    def _write_state(self, change: Change, generation: int) -> None:
        more = sum((new is not None) - (old is not None) for old, new in self._moves)
        counted: list[Action] = [CountedItem.workouts.add(more)] if more else []
        if self._is_new:
            begun = [CountedItem.format.set(FORMAT), CountedItem.generation.set(generation), Item.kind.set("diary")]
            change.update(self._state.place, [*counted, *begun, CountedItem.generations.set(generation)], absent())
            return
        same = (CountedItem.format == FORMAT) & (CountedItem.generation == generation)
        if counted:
            change.update(self._state.place, counted, same)
        else:
            change.require(self._state.place, same)


# --- reading ---


def pages(
    user_id: str, between: tuple[str, str] = ALL, *, newest_first: bool = False, limit: int | None = None
) -> Iterator[tuple[list[tuple[int, Entry]], bool]]:
    """Of a megabyte each, the first one of `limit` entries: with the generation of each entry, as of this moment; and
    whether there are more."""
    partition = ENTRIES.at(user_id, "", "", 0).pk
    found = _EntryItem.query(
        partition,
        Item.sk.between(*between),
        scan_index_forward=not newest_first,
        page_size=limit,
        consistent_read=True,
    ).page_iter
    for page in found:
        found.page_size = None  # type: ignore[assignment]
        yield [_parsed(raw) for raw in page["Items"]], found.last_evaluated_key is not None


def _parsed(raw: Mapping[str, Mapping[str, str]]) -> tuple[int, Entry]:
    """Without pynamodb's object of it: they are thousands."""
    started_at, workout_id, generation = raw["sk"]["S"].split("#")
    words = raw["w"]["S"] if "w" in raw else ""
    return int(generation), Entry.load(started_at, workout_id, raw["e"]["S"], words)


# --- building it anew ---


def begin(user_id: str) -> tuple[DiaryState, int]:
    """The state as it is, and the number of an index that nobody else builds."""
    place = STATES.at(user_id)
    raw = CountedItem.updated(place.pk, place.sk, [CountedItem.generations.add(1), Item.kind.set("diary")])
    item = CountedItem.of_raw(raw)
    return state_of(item), int(item.generations)


def build(user_id: str, generation: int, workouts: Iterable[Workout], now: datetime) -> list[SportSums]:
    """Entries that nobody reads before the index counts; their sums."""
    sums: dict[tuple[SportType, Standing], Counter[str]] = {}

    def entries() -> Iterator[tuple[Place[Entry], Entry]]:
        for workout in workouts:
            entry = Entry.of(workout)
            sums.setdefault((entry.sport, entry.standing), Counter()).update(entry.amounts())
            yield ENTRIES.at(user_id, entry.started_at, entry.workout_id, generation), entry

    writes.put_all(entries(), now)
    return [SportSums(sport, standing, amounts) for (sport, standing), amounts in sums.items()]


def let_count(user_id: str, seen: DiaryState, generation: int, sums: Iterable[SportSums], now: datetime) -> None:
    """`WriteConflictError` when anybody wrote since `seen`, or another index counts."""
    counted = {SUMS.of(one, user_id): one for one in sums}
    total = sum(one.amounts["workouts"] for one in counted.values())
    as_seen = CountedItem.unlisted_writes == seen.unlisted_writes
    if not seen.unlisted_writes:
        as_seen = CountedItem.unlisted_writes.does_not_exist() | as_seen
    state: list[Action] = [CountedItem.format.set(FORMAT), CountedItem.generation.set(generation)]
    with Change(user_id, now) as change:
        change.update(STATES.at(user_id), [*state, CountedItem.workouts.set(total)], UNLISTED & as_seen)
        for place, one in counted.items():
            change.put(place, one, new=False)
        for stored in SUMS.each(user_id):
            if stored.place not in counted:
                change.delete(stored.place)


def void(user_id: str, now: datetime) -> None:
    """The index counts no more: the next list builds another one."""
    with Change(user_id, now) as change:
        change.update(STATES.at(user_id), [CountedItem.format.set(0), *NOTED])


def sweep(user_id: str, generation: int, *, but: bool = False) -> None:
    """Entries of an index, or of all `but` it; a crash leaves some, which nobody reads."""
    for page, _ in pages(user_id):
        writes.delete_all(
            ENTRIES.at(user_id, entry.started_at, entry.workout_id, own)
            for own, entry in page
            if (own != generation) is but
        )
