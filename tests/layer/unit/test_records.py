"""Typed records and changes, over the store in memory."""

import operator
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

import pytest
from pydantic import AwareDatetime, BaseModel
from pynamodb.attributes import UnicodeAttribute

from stadion import pagination, writes
from stadion.change import Change, revise
from stadion.clock import rfc3339
from stadion.dynamo import Item
from stadion.errors import InvalidCursorError
from stadion.events.accounts import ConsentChanged, ConsentKind
from stadion.events.inventory import GearRetired
from stadion.events.outbox import ForeignEventError
from stadion.idempotency import IdempotencyKey, ReplayedError
from stadion.records import Index, Records, Stored, counters, fetch, partition
from stadion.retry import WriteConflictError
from tests.kit.memory import memory

NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
KEY = IdempotencyKey(user_id="u", operation="lend", key="k", digest="d")


class Shelf(StrEnum):
    FICTION = "fiction"
    MAPS = "maps"


class Book(BaseModel):
    user_id: str
    book_id: str
    shelf: Shelf = Shelf.FICTION
    revision: int = 1
    lent_until: AwareDatetime | None = None
    note: str | None = None


class Mark(BaseModel):
    page: int


class MissingBookError(Exception):
    pass


class TakenError(Exception):
    pass


LENT = Index("LENT#{shard}", "{lent_until}#{book_id}", shards=4, shard_by="{book_id}")
BOOKS = Records(
    Book,
    kind=lambda book: f"book_{book.shelf}",
    pk="USER#{user_id}",
    sk="BOOK#{shelf}#{book_id}",
    own_revision=True,
    kept_for=timedelta(days=7),
    kept_since="lent_until",
    index=LENT,
    missing=MissingBookError,
)
MARKS = Records(Mark, kind="mark", pk="USER#{user_id}", sk="MARK#{day}#{number:03}", nulls=True)
VISITS = counters("USER#{user_id}", "VISITS", kind="visits")


def book(book_id: str = "b-1", **fields: object) -> Book:
    return Book(user_id="u", book_id=book_id, **fields)


def put(*books: Book) -> None:
    with Change("u", NOW) as change:
        for one in books:
            change.put(BOOKS, one)


def mark(number: int, *, relying_on: Stored[Book]) -> None:
    with Change("u", NOW) as change:
        change.check(relying_on)
        change.put(MARKS.at("u", date(2026, 11, 21), number), Mark(page=number))


# --- keys and items -------------------------------------------------------------------------------------------------


def test_a_key_is_made_of_the_value_and_of_what_it_does_not_know() -> None:
    place = MARKS.at("u", date(2026, 11, 21), 7)
    own = BOOKS.of(book(shelf=Shelf.MAPS))

    assert (own.pk, own.sk) == ("USER#u", "BOOK#maps#b-1")
    assert (place.pk, place.sk) == ("USER#u", "MARK#2026-11-21#007")


def test_too_few_or_too_many_parts_of_a_key_are_refused() -> None:
    for key in (("u",), ("u", Shelf.MAPS, "b-1", "more")):
        with pytest.raises(ValueError, match=r"zip"):
            BOOKS.at(*key)


def test_an_item_is_listed_and_expires_by_the_value() -> None:
    with memory() as store:
        put(book("kept"), book("lent", lent_until=NOW))
        kept, lent = sorted(map(Item.from_raw_data, store.items()), key=lambda item: item.sk)

    assert (kept.gsi1pk, kept.gsi1sk, kept.expires_at) == (None, None, None)
    assert lent.gsi1sk == "2026-11-21T06:30:00.000Z#lent"
    assert lent.gsi1pk in BOOKS.index.partitions() if BOOKS.index else False
    assert lent.expires_at == (NOW + timedelta(days=7)).timestamp()
    assert (lent.kind, lent.revision, "note" in lent.body) == ("book_fiction", 1, False)


# --- reading --------------------------------------------------------------------------------------------------------


def test_what_is_not_there_is_none_or_said_by_the_records_own_error() -> None:
    with memory():
        assert BOOKS.find("u", Shelf.MAPS, "b-1") is None
        with pytest.raises(MissingBookError):
            BOOKS.get("u", Shelf.MAPS, "b-1")


def test_lists_go_by_the_beginning_of_the_key() -> None:
    with memory():
        put(book("b-1"), book("b-2"), book("m-1", shelf=Shelf.MAPS))

        assert [one.book_id for one in BOOKS.every("u")] == ["b-1", "b-2", "m-1"]
        assert [one.book_id for one in BOOKS.every("u", Shelf.FICTION, newest_first=True)] == ["b-2", "b-1"]
        with pytest.raises(ValueError, match="not given whole"):
            list(BOOKS.every())


@pytest.mark.parametrize(
    ("key", "told"),
    [
        (("u", Shelf.MAPS, "b#1"), "BOOK#maps#b#1"),
        (("u#1", Shelf.MAPS, "b"), "BOOK#maps#b"),
        (("u", "{shelf}", "{0}"), "BOOK#{shelf}#{0}"),
    ],
)
def test_a_value_stands_in_a_key_as_it_is(key: tuple[str, str, str], told: str) -> None:
    assert (BOOKS.at(*key).pk, BOOKS.at(*key).sk) == (f"USER#{key[0]}", told)


def test_a_value_cannot_make_a_key_that_of_something_else() -> None:
    """`maps#b` on the shelf `x` would be `b` on the shelf `maps`, if a shelf could be called so."""
    by_reader = Records(
        Book, kind="book", pk="READ#{user_id}#{shelf}", sk="BOOK", index=Index("{shelf}#X", "{book_id}")
    )
    with memory() as store:
        store.before = lambda *_: pytest.fail("asked")
        for ask in (
            lambda: BOOKS.at("u", "maps#b", "1"),
            lambda: BOOKS.each("u", "maps#b"),
            lambda: by_reader.at("u#maps", "x"),
            lambda: by_reader.of(book().model_copy(update={"user_id": "u#maps"})),
            lambda: LENT.keys({"book_id": "b"}, book().model_copy(update={"lent_until": "2026#b"})),
        ):
            with pytest.raises(ValueError, match="ends a name of a key"):
                ask()


def test_a_moment_without_a_zone_is_in_no_key() -> None:
    """It would be another moment on another machine."""
    with pytest.raises(ValueError, match="has no zone"):
        LENT.keys({}, book().model_copy(update={"lent_until": NOW.replace(tzinfo=None)}))


def test_of_what_was_not_asked_for_nobody_says_that_it_is_not_there() -> None:
    with memory():
        put(book())
        found = fetch(BOOKS.of(book("b-2")))

        assert found[BOOKS.of(book("b-2"))].value is None
        with pytest.raises(KeyError):
            found[BOOKS.of(book())]


@pytest.mark.parametrize("revision", [1, 2])
def test_a_value_that_does_not_count_its_change_replaces_nothing(revision: int) -> None:
    """Of two that read the same revision, the second would find it still there."""
    with memory():
        put(book(revision=2))
        seen = BOOKS.read("u", Shelf.FICTION, "b-1")
        with pytest.raises(ValueError, match=f"revision {revision} after 2"), Change("u", NOW) as change:
            change.replace(seen, book(revision=revision, note="mine"))
        with pytest.raises(ValueError, match=f"revision {revision} after 2"):
            writes.replace(seen, book(revision=revision, note="mine"), NOW)

        assert BOOKS.get("u", Shelf.FICTION, "b-1").note is None


def test_a_beginning_with_nothing_in_it_is_asked_of_nobody() -> None:
    """It would be the partition of an athlete called None."""
    with memory() as store:
        store.before = lambda *_: pytest.fail("asked")
        for key in ((None,), ("u", None)):
            with pytest.raises(ValueError, match="a name of the key is None"):
                BOOKS.each(*key)
            with pytest.raises(ValueError, match="a name of the key is None"):
                BOOKS.page(*key, scope=("books",), limit=1, cursor=None)


def test_a_cursor_stays_among_the_records_of_its_list() -> None:
    """In the partition there may be others, such as the marks."""
    mark_of_u = {"pk": {"S": "USER#u"}, "sk": {"S": "MARK#2026-11-21#001"}}
    cursor = pagination.encode(mark_of_u, pagination.fingerprint("books"))
    with memory(), pytest.raises(InvalidCursorError):
        BOOKS.page("u", scope=("books",), limit=1, cursor=cursor)


def test_pages_go_on_where_the_cursor_says_and_refuse_that_of_another_list() -> None:
    with memory():
        put(*(book(f"b-{number}") for number in range(5)))

        first = BOOKS.page("u", Shelf.FICTION, scope=("books", "u"), limit=3, cursor=None)
        second = BOOKS.page("u", Shelf.FICTION, scope=("books", "u"), limit=3, cursor=first.next_cursor)

        assert [one.book_id for one in (*first.items, *second.items)] == [f"b-{number}" for number in range(5)]
        with pytest.raises(Exception, match="does not belong to this list"):
            BOOKS.page("u", scope=("others", "u"), limit=3, cursor=first.next_cursor)


def test_the_index_lists_what_is_due() -> None:
    with memory():
        put(book("early", lent_until=NOW), book("late", lent_until=NOW + timedelta(days=1)))
        assert BOOKS.index is not None

        due = [
            stored.value.book_id
            for shard in BOOKS.index.partitions()
            for stored in BOOKS.listed(shard, "2026-11-21T06:30:00.000Z")
            if stored.value is not None
        ]

        assert due == ["early"]


def test_the_index_lists_what_comes_before_a_moment() -> None:
    with memory():
        put(book("early", lent_until=NOW), book("on time", lent_until=NOW + timedelta(hours=1)))
        before = rfc3339(NOW + timedelta(hours=1))

        found = [one.value for shard in LENT.partitions() for one in BOOKS.listed(shard, before=before)]

        assert [one.book_id for one in found if one] == ["early"]


def test_who_stops_early_asks_for_no_more_than_a_page() -> None:
    requests: list[str] = []
    with memory() as store:
        put(*(book(f"b-{number}") for number in range(9)))
        store.before = lambda operation, _: requests.append(operation)

        newest = BOOKS.every("u", newest_first=True, page_size=3)
        assert [next(newest).book_id for _ in range(4)] == ["b-8", "b-7", "b-6", "b-5"]
        assert requests == ["Query"] * 2


def test_one_request_brings_items_of_two_shapes_if_one_has_what_the_other_has() -> None:
    class Page(Item):
        data = UnicodeAttribute(null=True)

    class Map(Page):
        scale = UnicodeAttribute(null=True)

    class Cover(Item):
        colour = UnicodeAttribute(null=True)

    def texts(kind: str, name: str, item_type: type[Item]) -> Records[str]:
        text = operator.attrgetter(name)
        return Records(
            str,
            kind=kind,
            pk=f"{kind}s",
            sk="{number}",
            item_type=item_type,
            dump=lambda _: None,
            load=text,
            attributes=lambda value: {name: value},
        )

    pages, maps, covers = texts("page", "data", Page), texts("map", "scale", Map), texts("cover", "colour", Cover)
    with memory():
        with Change(None, NOW) as change:
            change.put(pages.at(1), "once upon a time")
            change.put(maps.at(2), "1:25000")
        found = fetch(pages.at(1), maps.at(2), BOOKS.at("u", Shelf.MAPS, "b-1"))

        assert (found[pages.at(1)].value, found[maps.at(2)].value) == ("once upon a time", "1:25000")
        with pytest.raises(ValueError, match="two shapes"):
            fetch(maps.at(2), covers.at(3))


def test_several_kinds_come_in_one_request_or_one_query() -> None:
    with memory() as store:
        put(book())
        with Change("u", NOW) as change:
            change.put(MARKS.at("u", date(2026, 11, 21), 1), Mark(page=3))
        requests: list[str] = []
        store.before = lambda operation, request: requests.append(operation)

        places = BOOKS.at("u", Shelf.FICTION, "b-1"), MARKS.at("u", date(2026, 11, 21), 1), VISITS.at("u")
        found = fetch(*places)
        whole = partition("USER#u")

        assert (found[places[0]].value, found[places[1]].value) == (book(), Mark(page=3))
        assert (found[places[2]].value, found[places[2]].revision) == (None, None)
        assert (whole.values(BOOKS), whole.values(MARKS)) == ([book()], [Mark(page=3)])
        assert requests == ["BatchGetItem", "Query"]


# --- changes --------------------------------------------------------------------------------------------------------


def test_a_change_is_written_whole_or_not_at_all() -> None:
    with memory() as store:
        put(book("b-2"))

        change = Change("u", NOW)
        change.put(BOOKS, book("b-1"))
        change.put(BOOKS, book("b-2"), refused=TakenError)

        with pytest.raises(TakenError):
            change.commit()

        assert [one.book_id for one in BOOKS.every("u")] == ["b-2"]
        assert store.commits == 1


def test_a_block_that_fails_writes_nothing() -> None:
    def fail() -> None:
        with Change("u", NOW) as change:
            change.put(BOOKS, book())
            raise ZeroDivisionError

    with memory() as store:
        with pytest.raises(ZeroDivisionError):
            fail()

        assert store.items() == []


def test_an_empty_change_asks_nothing_of_the_table() -> None:
    with memory() as store:
        requests: list[str] = []
        store.before = lambda operation, request: requests.append(operation)

        with Change("u", NOW):
            pass

        assert requests == []


@pytest.mark.parametrize("is_there", [False, True])
def test_what_was_read_is_replaced_only_while_it_is_still_so(is_there: bool) -> None:
    place = MARKS.at("u", date(2026, 11, 21), 1)
    with memory():
        if is_there:
            with Change("u", NOW) as change:
                change.replace(place.nothing(), Mark(page=1))
        seen = place.read()
        with Change("u", NOW) as change:
            change.replace(seen, Mark(page=2))

        with pytest.raises(WriteConflictError), Change("u", NOW) as change:
            change.replace(seen, Mark(page=3))

        after = place.read()
        assert (after.value, after.revision) == (Mark(page=2), 2 if is_there else 1)


def test_what_was_relied_on_must_still_be_so() -> None:
    with memory():
        put(book())
        seen = BOOKS.seen(book())
        mark(1, relying_on=seen)
        with Change("u", NOW) as change:
            change.replace(seen, book(revision=2))

        with pytest.raises(WriteConflictError):
            mark(2, relying_on=seen)

        assert [one.page for one in MARKS.every("u")] == [1]


def test_what_was_read_is_deleted_only_while_it_is_still_so() -> None:
    with memory():
        put(book(revision=2))

        with pytest.raises(TakenError), Change("u", NOW) as change:
            change.delete(BOOKS.seen(book()), refused=TakenError)
        with Change("u", NOW) as change:
            change.delete(BOOKS.seen(book(revision=2)))

        assert list(BOOKS.every("u")) == []


def replacing(change: Change, seen: Stored[Mark]) -> None:
    change.replace(seen, Mark(page=3), refused=TakenError)


def checking(change: Change, seen: Stored[Mark]) -> None:
    change.check(seen, refused=TakenError)


def deleting(change: Change, seen: Stored[Mark]) -> None:
    change.delete(seen, refused=TakenError)


@pytest.mark.parametrize("rely", [replacing, checking, deleting])
@pytest.mark.parametrize("counted", [False, True], ids=["without a revision", "with one"])
def test_what_somebody_deleted_meanwhile_is_not_as_it_was_read(
    rely: Callable[[Change, Stored[Mark]], None], *, counted: bool
) -> None:
    place = MARKS.at("u", date(2026, 11, 21), 1)
    with memory() as store:
        with Change("u", NOW) as change:
            change.put(place, Mark(page=1))
        if counted:
            revise(place, lambda read: read.model_copy(update={"page": 2}), NOW)
        seen = place.read()
        with Change("u", NOW) as change:
            change.delete(place)

        with pytest.raises(TakenError), Change("u", NOW) as change:
            rely(change, seen)

        assert store.items() == []


def test_a_counter_moves_without_a_look() -> None:
    with memory():
        for _ in range(3):
            with Change("u", NOW) as change:
                change.update(VISITS.at("u"), [Item.revision.add(1)])

        counted = VISITS.find("u")
        assert counted is not None
        assert counted.n == 3


def test_events_go_out_with_the_change_in_the_services_name() -> None:
    with memory("inventory") as store:
        with Change("u", NOW) as change:
            change.put(BOOKS, book())
            change.publish(GearRetired(gear_id="g-1", category="bike"))
        (told,) = store.stored("outbox")

    assert (told.body["source"], told.body["detail_type"]) == ("stadion.inventory", "GearRetired")
    assert (told.body["detail"]["user_id"], told.body["detail"]["occurred_at"]) == ("u", "2026-11-21T06:30:00Z")


def test_a_change_that_would_tell_what_only_another_service_knows_writes_nothing() -> None:
    news = ConsentChanged(kind=ConsentKind.PURCHASES, granted=True, revision=1, text_version="1", changed_at=NOW)
    change = Change("u", NOW)
    change.put(BOOKS, book())
    change.publish(news)
    with memory("inventory") as store:
        with pytest.raises(ForeignEventError):
            change.commit()

        assert store.items() == []


def test_the_same_request_again_is_answered_as_before() -> None:
    def lend() -> None:
        with Change("u", NOW, KEY) as change:
            change.remember(status=201, answer={"book_id": "b-1"})
            change.put(BOOKS, book(), refused=TakenError)

    with memory():
        lend()
        with pytest.raises(ReplayedError) as again:
            lend()

    assert (again.value.status, again.value.answer) == (201, {"book_id": "b-1"})


def test_a_revision_is_made_of_what_is_stored_even_if_another_came_between() -> None:
    place = BOOKS.at("u", Shelf.FICTION, "b-1")
    between = [book(revision=2, note="other")]

    def with_note(stored: Book) -> Book:
        if between:
            with Change("u", NOW) as change:
                change.replace(BOOKS.seen(stored), between.pop())
        return stored.model_copy(update={"lent_until": NOW, "revision": stored.revision + 1})

    with memory():
        with pytest.raises(MissingBookError):
            revise(place, with_note, NOW)
        put(book())
        revised = revise(place, with_note, NOW)

    assert (revised.note, revised.lent_until, revised.revision) == ("other", NOW, 3)


def test_a_revision_that_changes_nothing_writes_nothing() -> None:
    with memory() as store:
        put(book())
        commits = store.commits
        revise(BOOKS.at("u", Shelf.FICTION, "b-1"), lambda stored: stored, NOW)

        assert store.commits == commits
