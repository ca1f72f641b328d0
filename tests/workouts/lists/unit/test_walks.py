"""Any list, walked page by page in any direction while workouts go, against the plain list that it is of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stadion.clock import rfc3339
from stadion.sports import SportType
from workouts.base.entry import Entry, Standing, words_of
from workouts.lists import store
from workouts.lists.domain import ANY, NUMBERS, Filters, Order, Place, Span, words_asked

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
MEGABYTE = 4
"""Entries of one answer of DynamoDB's."""
SPORTS = (SportType.RUN, SportType.RIDE)
NUMBER = st.none() | st.sampled_from([0.0, 1.5, 2.0, 1000.0])
NAMES = st.sampled_from(["", "Утренняя пробежка", "Ёлки", "Café run", "run", "Long ride home"])


@dataclass
class Index:
    """As DynamoDB keeps it: by its sort keys."""

    entries: list[Entry]
    reads: int = 0
    gone: set[str] = field(default_factory=set)

    def pages(
        self, _: str, between: tuple[str, str], *, newest_first: bool = False, limit: int | None = None
    ) -> Iterator[tuple[list[tuple[int, Entry]], bool]]:
        low, high = between
        keys = sorted(
            ((f"{one.position}#1", one) for one in self.entries if low <= f"{one.position}#1" <= high),
            key=lambda one: one[0],
            reverse=newest_first,
        )
        found = [one for _, one in keys if one.workout_id not in self.gone]
        first = min(MEGABYTE, limit or MEGABYTE)
        parts = [found[:first], *(found[n : n + MEGABYTE] for n in range(first, len(found), MEGABYTE))]
        for number, part in enumerate(parts):
            self.reads += 1
            yield [(1, entry) for entry in part], number + 1 < len(parts)


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    minutes = draw(st.lists(st.integers(0, 12), max_size=14))
    return [
        Entry(
            started_at=rfc3339(BEGINNING + timedelta(minutes=minute)),
            workout_id=f"w-{number}",
            sport=draw(st.sampled_from(SPORTS)),
            day=BEGINNING.date(),
            elapsed=60.0,
            moving=draw(st.sampled_from([0.0, 30.0, 60.0])),
            distance=draw(NUMBER),
            ascent=draw(NUMBER),
            speed=draw(NUMBER),
            standing=draw(st.sampled_from(Standing)),
            has_gps=draw(st.booleans()),
            gear=draw(st.sampled_from([(), ("a",), ("a", "b")])),
            tags=draw(st.sampled_from([(), ("hilly",), ("hilly", "club")])),
            marks=draw(st.sampled_from([(), ("race",)])),
            words=words_of(draw(NAMES)),
        )
        for number, minute in enumerate(minutes)
    ]


SPANS = st.builds(Span, least=NUMBER, most=NUMBER)
MOMENTS = st.none() | st.integers(-1, 13).map(lambda minute: BEGINNING + timedelta(minutes=minute))
FILTERS = st.builds(
    Filters,
    sport_types=st.sampled_from([(), (SportType.RUN,), SPORTS]),
    started_from=MOMENTS,
    started_to=MOMENTS,
    gear_id=st.sampled_from([None, None, "a", "b"]),
    distance=st.just(ANY) | SPANS,
    moving_time=st.just(ANY),
    speed=st.just(ANY),
    ascent=st.just(ANY) | SPANS,
    tags=st.sampled_from([(), (), ("hilly",), ("club", "hilly")]),
    mark=st.sampled_from([None, None, "race"]),
    has_gps=st.sampled_from([None, None, True, False]),
    flagged=st.sampled_from([None, None, True, False]),
    words=st.sampled_from([None, None, "run", "УТР", "елк", "cafe", "ri ho"]).map(words_asked),
)


def plain(index: Index, filters: Filters, order: Order, *, agrees: bool) -> list[str]:
    """The whole list: filtered and sorted in the plainest way."""

    def passes(one: Entry) -> bool:
        begins = datetime.fromisoformat(one.started_at)
        if (filters.started_from and begins < filters.started_from) or (
            filters.started_to and begins >= filters.started_to
        ):
            return False
        return filters.pass_(one, agrees=agrees)

    found = sorted((one for one in index.entries if passes(one)), key=lambda one: one.position, reverse=order.descends)
    if not order.is_of_time:
        number = NUMBERS[order.by]
        told = [one for one in found if number(one) is not None]
        told.sort(key=lambda one: number(one) or 0, reverse=order.descends)
        found = told + [one for one in found if number(one) is None]
    return [one.workout_id for one in found if one.workout_id not in index.gone]


@given(
    known=entries(),
    filters=FILTERS,
    order=st.sampled_from(Order),
    limit=st.integers(1, 5),
    agrees=st.booleans(),
    going=st.lists(st.integers(0, 13), max_size=3),
    turn=st.integers(0, 5),
)
def test_any_walk_meets_each_workout_that_stays_once_and_in_order(
    known: list[Entry], filters: Filters, order: Order, limit: int, agrees: bool, going: Sequence[int], turn: int
) -> None:
    index = Index(known)
    leaving = [f"w-{number}" for number in going]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "pages", index.pages)

        def page(place: Place) -> store.Listed:
            before = index.reads
            told = Place.load(place.dump()) if place != Place() else place
            walk = store._Walk("u-1", filters, order, told, limit, None)
            listed = walk.listed(agrees=agrees)
            assert len(listed.entries) <= limit
            assert not order.is_of_time or index.reads - before <= store.READ_AT_MOST
            return listed

        seen, at, steps = [], page(Place()), 0
        assert at.before is None
        while True:
            seen += [one.workout_id for one in at.entries]
            if leaving and steps == turn % 3:
                index.gone.add(leaving.pop())
            steps += 1
            if at.after is None:
                break
            at = page(at.after)
        stayed = plain(index, filters, order, agrees=agrees)
        assert [one for one in seen if one not in index.gone] == stayed
        assert len(seen) == len(set(seen))

        back = [[one.workout_id for one in at.entries]]
        while at.before is not None:
            if leaving:
                index.gone.add(leaving.pop())
            at = page(at.before)
            back.insert(0, [one.workout_id for one in at.entries])
        there = [one for some in back for one in some if one not in index.gone]
        assert there == plain(index, filters, order, agrees=agrees)


@pytest.mark.parametrize(
    ("asked", "text", "is_found"),
    [
        ("Елк", "Ёлки вокруг парка", True),
        ("CAFE ru", "Café, running", True),
        ("unning", "running", False),
        ("long ride", "Long Run", False),
        ("straße", "STRASSE", True),
        ("internationalization-of-everything", "internationalization of everything", True),
        ("10k", "parkrun #10 (10K)", True),
    ],
)
def test_words_are_found_by_how_they_begin(asked: str, text: str, is_found: bool) -> None:
    entry = Entry("2026-01-01T00:00:00.000Z", "w-1", SportType.RUN, BEGINNING.date(), 1, 1, words=words_of(text))
    assert Filters(words=words_asked(asked)).pass_(entry, agrees=True) is is_found


@given(known=entries())
def test_an_entry_comes_back_as_it_was_stored(known: list[Entry]) -> None:
    for one in known:
        assert Entry.load(one.started_at, one.workout_id, one.dump(), one.words) == one


def test_the_words_of_an_entry_have_an_end_and_each_is_there_once() -> None:
    many = " ".join(f"слово{number}" for number in range(1000))
    words = words_of("Run run RUN", many, None)
    assert len(words.encode()) <= 2000
    assert words.startswith("run слово0 слово1 ")
