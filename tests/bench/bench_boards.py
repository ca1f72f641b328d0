"""What boards cost at a million athletes: ranks, pages, writes, and what one partition has to take (ADR 42).

The store is a dict that bills as DynamoDB does (`tests.kit.counted_store`); the code above it is the real one.

Run from the repository's root: python -m tests.bench.bench_boards
"""

import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / root) for root in ("functions", "layers/shared/python") if str(ROOT / root) not in sys.path]

import os  # noqa: E402

os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Stadion")  # read when the layer is imported

import random  # noqa: E402

from gamification.athletes.domain import Athlete, Stay  # noqa: E402
from gamification.athletes.store import ATHLETES  # noqa: E402
from gamification.base.domain import Source  # noqa: E402
from gamification.boards import order, placement, rank, service, store, trie  # noqa: E402
from gamification.boards.domain import BoardId, BoardPage, Period, period_named  # noqa: E402
from gamification.boards.placement import Image  # noqa: E402
from gamification.boards.scores import milliseconds  # noqa: E402
from gamification.boards.store import Placed, Scores  # noqa: E402
from gamification.boards.trie import Node, Slot  # noqa: E402
from gamification.xp import service as xp  # noqa: E402
from stadion.events.workouts import WorkoutFacts  # noqa: E402
from tests.kit.counted_store import Bill, CountedStore, Partition, size_of  # noqa: E402
from tests.kit.memory import stored_in  # noqa: E402

MILLION: Final = 1_000_000
SEED: Final = 20261128
WEEK: Final = "2026-W49"
XP, SESSIONS = BoardId.parse(f"global.all.xp.{WEEK}"), BoardId.parse(f"global.all.workouts.{WEEK}")
SCOPES: Final = ("global", "country-ru")
FAMILIES: Final = ("all", "run")
PERIODS: Final = {WEEK: 1.0, "2026-12": 3.5, "ever": 120.0}
"""What an athlete has of a week's typical score by then."""


# --- scores ---------------------------------------------------------------------------------------------------------


def user_of(number: int) -> str:
    return f"{number:08x}-ceea-467f-a0e6-7b1c2d3e4f50"


def log_normal(chance: random.Random, median: float, most: int) -> int:
    return min(most, max(1, round(median * chance.lognormvariate(0, 0.9))))


def sessions(chance: random.Random) -> int:
    """A week's workouts, 1 to 14: hundreds of thousands share a score."""
    return min(14, 1 + int(chance.expovariate(1 / 2.2)))


def moment(chance: random.Random, period: Period) -> datetime:
    length = min(period.end, datetime(2026, 12, 6, tzinfo=UTC)) - period.start
    return period.start + timedelta(milliseconds=chance.randrange(int(length.total_seconds() * 1000)))


def keys_of(draw: Any, period: Period, people: int) -> list[str]:
    """Of all athletes, by their number."""
    chance = random.Random(SEED)
    return [order.key_of(draw(chance), moment(chance, period), period, user_of(n)) for n in range(people)]


# --- a board, as the consumer would have left it --------------------------------------------------------------------


def load(table: Any, board: BoardId, ordered: list[str]) -> dict[str, int]:
    """Its entries and nodes, written at once; how many nodes each depth has."""
    until = board.span.kept_until
    expires_at = str(int(until.timestamp())) if until is not None else None
    octaves: dict[str, list[str]] = defaultdict(list)
    for key in ordered:
        octaves[key[0]].append(key[1:])
    for octave, rest in octaves.items():
        partition = table.partitions[store.entries_pk(str(board), octave)] = Partition(expires_at)
        partition.load(rest)
    depths: dict[str, int] = defaultdict(int)
    for node in nodes_of(str(board), "", ordered):
        depths[str(len(node.prefix))] += 1
        item = {
            **store.node_key(node.board, node.prefix),
            "revision": {"N": "1"},
            "version": {"N": "1"},
            **{store.SLOT + digit: {"B": slot.dump()} for digit, slot in node.slots.items()},
        }
        if expires_at is not None:
            item["expires_at"] = {"N": expires_at}
        assert size_of(item) < 1024
        table[item["pk"]["S"], item["sk"]["S"]] = item
    return dict(depths)


def nodes_of(board: str, prefix: str, ordered: list[str]) -> Iterator[Node]:
    groups: dict[str, list[str]] = defaultdict(list)
    for key in ordered:
        groups[key[len(prefix)]].append(key)
    split = {digit for digit, keys in groups.items() if len(keys) > trie.LARGEST_LEAF}
    yield Node(board, prefix, 1, 1, {digit: Slot(1, len(keys), digit in split) for digit, keys in groups.items()})
    for digit in split:
        yield from nodes_of(board, prefix + digit, groups[digit])


def depth_of(table: Any, board: BoardId, key: str) -> int:
    for length, digit in enumerate(key):
        item = table[f"NODE#{board}#{key[:length]}", store.NODE]
        if not Slot.load(item[store.SLOT + digit]["B"]).is_split:
            return length + 1
    raise ValueError(key)


def put_placed(table: Any, user_id: str, period: Period, keys: dict[BoardId, str]) -> None:
    value = Placed(
        revision=1,
        keys={board.key: key for board, key in keys.items()},
        depths={board.key: depth_of(table, board, key) for board, key in keys.items()},
        kept_until=period.kept_until,
    )
    place = store.PLACED.at(user_id, period.name)
    item = store.PLACED.item(place, value, revision=1, now=datetime(2026, 12, 1, tzinfo=UTC)).to_dynamodb_dict()
    table[place.pk, place.sk] = item


# --- ranks and pages ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cost:
    requests: list[int]
    units: list[float]

    def line(self, what: str) -> str:
        mean = sum(self.units) / len(self.units)
        return (
            f"| {what} | {sum(self.requests) / len(self.requests):.2f} | {max(self.requests)} "
            f"| {mean:.1f} | {max(self.units):.1f} |"
        )


@dataclass(frozen=True)
class Read:
    """Of one board."""

    what: str
    people: int
    largest_tie: int
    nodes: dict[str, int]
    rank: Cost
    page: Cost
    short_pages: int


def read_costs(what: str, board: BoardId, draw: Any, people: int, asked: int) -> Read:
    """All answers are compared with a sort of all scores."""
    period = board.span
    keys = keys_of(draw, period, people)
    ordered = sorted(keys)
    truth = [order.read(key, period) for key in ordered]
    plain = sorted(truth, key=lambda one: (-one.score, one.reached, one.user_id))
    assert truth == plain
    first: dict[int, int] = {}
    many: dict[int, int] = defaultdict(int)
    for number, one in enumerate(plain, 1):
        first.setdefault(one.score, number)
        many[one.score] += 1
    chance = random.Random(SEED)
    places = {0, 1, 5, people - 1, people // 2, *(chance.randrange(people) for _ in range(asked))}
    places |= {first[score] - 1 for score in chance.sample(sorted(first), min(len(first), asked // 4))}
    with stored_in(CountedStore()) as counted:
        table: Any = counted.tables["stadion-gamification"]
        nodes = load(table, board, ordered)
        for number in places:
            put_placed(table, plain[number].user_id, period, {board: ordered[number]})
        ranks, pages, short = Cost([], []), Cost([], []), 0
        for number in sorted(places):
            one = plain[number]
            counted.forget()
            me = rank.rank(one.user_id, board)
            note(ranks, counted.forget())
            assert me is not None
            assert (me.score, me.rank, me.position, me.total) == (one.score, first[one.score], number + 1, people)
            page = rank.page(board, one.user_id)
            note(pages, counted.forget())
            assert page.me == me
            short += len(page.rows) < min(people, 100)
            compare(page, plain, first, number)
    return Read(what, people, max(many.values()), nodes, ranks, pages, short)


def compare(page: BoardPage, plain: list[order.Ordered], first: dict[int, int], number: int) -> None:
    top = [(one.user_id, one.score, first[one.score]) for one in plain[: len(page.rows)]]
    assert [(row.user_id, row.score, row.rank) for row in page.rows] == top
    near = [(one.user_id, one.score, first[one.score]) for one in plain[max(0, number - 5) : number + 6]]
    assert [(row.user_id, row.score, row.rank) for row in page.around] == near


def note(cost: Cost, bill: Bill) -> None:
    cost.requests.append(bill.reads)
    cost.units.append(bill.read_units)


# --- writes ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Written:
    """Units of one ordinary workout on the eight default boards of one period."""

    period: str
    alone: float
    in_tens: float


def write_costs(name: str, times: float, people: int, workouts: int) -> Written:
    """A run of 8 km that counts 45 XP, of athletes who are on all boards of the default set."""
    period = period_named(name)
    assert period is not None
    draws = {
        "xp": partial(log_normal, median=120 * times, most=order.MOST),
        "distance": partial(log_normal, median=18_000 * times, most=order.MOST),
    }
    with stored_in(CountedStore()) as counted:
        table: Any = counted.tables["stadion-gamification"]
        keys = {metric: keys_of(draw, period, people) for metric, draw in draws.items()}
        boards = [BoardId.parse(f"{s}.{f}.{m}.{name}") for s in SCOPES for f in FAMILIES for m in draws]
        for metric, all_keys in keys.items():
            ordered = sorted(all_keys)
            for board in boards:
                if board.metric == metric:
                    load(table, board, ordered)
        chance = random.Random(SEED)
        chosen = chance.sample(range(people), 2 * workouts)
        images = [moved(table, boards, period, keys, number) for number in chosen]
        now = datetime(2026, 12, 6, 1, tzinfo=UTC)
        counted.forget()
        for image in images[:workouts]:
            placement.place([image], now)
        alone = counted.forget().write_units / workouts
        for begin in range(workouts, 2 * workouts, 10):
            placement.place(images[begin : begin + 10], now)
        return Written(name, alone, counted.forget().write_units / workouts)


def moved(table: Any, boards: list[BoardId], period: Period, keys: dict[str, list[str]], number: int) -> Image:
    """The athlete's scores after the workout."""
    put_placed(table, user_of(number), period, {board: keys[board.metric][number] for board in boards})
    at = datetime(2026, 12, 6, tzinfo=UTC) + timedelta(seconds=number % 3600)
    more = {"xp": 45, "distance": 8000}
    scores = {
        board.key: (order.read(keys[board.metric][number], period).score + more[board.metric], milliseconds(at))
        for board in boards
    }
    return Image(user_of(number), period, 2, Scores(scores=scores, kept_until=period.kept_until), at)


def transaction() -> float:
    """Units of what moves the scores, of a workout whose athlete has run before that day."""
    now = datetime(2026, 12, 2, 12, tzinfo=UTC)
    with stored_in(CountedStore()) as counted:
        live_in("RU")
        for number in range(2):
            workout = WorkoutFacts.model_validate(RUN | {"workout_id": user_of(number)})
            source = Source(user_of(0), workout.workout_id, 1, workout, now, occurred_at=now)
            xp.apply(source)
            counted.forget()
            service.apply(source)
        return counted.forget().write_units


RUN: Final = {
    "revision": 1,
    "sport_type": "Run",
    "started_at": "2026-12-02T06:00:00Z",
    "time_zone": "Europe/Moscow",
    "elapsed_time_s": 2900.0,
    "moving_time_s": 2700.0,
    "distance_m": 8000.0,
    "ascent_m": 60.0,
    "origin": "watch",
}


def live_in(country: str) -> None:
    stay = Stay(since=datetime(2026, 1, 1, tzinfo=UTC), first=1, last=1, country=country, region="RU-MOW", city="M")
    ATHLETES.item(ATHLETES.at(user_of(0)), Athlete(stays=[stay]), revision=1, now=stay.since).save()


@dataclass(frozen=True)
class Hot:
    """A second of a hot board."""

    updates: int
    batch: int
    partitions: int
    hottest: int
    """Write units of the partition that takes most."""
    hottest_entries: int
    total: float


def hot_board(people: int, updates: int, batch: int, board: BoardId, draw: Any, step: int) -> Hot:
    period = board.span
    with stored_in(CountedStore()) as counted:
        table: Any = counted.tables["stadion-gamification"]
        keys = keys_of(draw, period, people)
        load(table, board, sorted(keys))
        images = []
        for number in random.Random(SEED).sample(range(people), updates):
            put_placed(table, user_of(number), period, {board: keys[number]})
            score = order.read(keys[number], period).score + step
            at = datetime(2026, 12, 6, tzinfo=UTC) + timedelta(milliseconds=number % 1000)
            scores = Scores(scores={board.key: (score, milliseconds(at))}, kept_until=period.kept_until)
            images.append(Image(user_of(number), period, 2, scores, at))
        now = datetime(2026, 12, 6, 1, tzinfo=UTC)
        counted.forget()
        for begin in range(0, updates, batch):
            placement.place(images[begin : begin + batch], now)
        bill = counted.forget()
    entries = {pk: units for pk, units in bill.writes.items() if pk.startswith("BOARD#")}
    nodes = {pk: units for pk, units in bill.writes.items() if pk.startswith("NODE#")}
    return Hot(updates, batch, len(bill.writes), max(nodes.values()), max(entries.values()), bill.write_units)


# --- the report -----------------------------------------------------------------------------------------------------

TYPICAL: Final = partial(log_normal, median=120, most=2100)


@dataclass(frozen=True)
class Report:
    reads: list[Read]
    writes: list[Written]
    hot: list[Hot]
    transaction: float

    @property
    def alone(self) -> float:
        return self.transaction + sum(one.alone for one in self.writes)

    @property
    def in_tens(self) -> float:
        return self.transaction + sum(one.in_tens for one in self.writes)


def measure(people: int = MILLION, asked: int = 200, workouts: int = 100, updates: int = 1000) -> Report:
    return Report(
        [
            read_costs("XP of a week", XP, TYPICAL, people, asked),
            read_costs("workouts of a week", SESSIONS, sessions, people, asked),
        ],
        [write_costs(name, times, people, workouts) for name, times in PERIODS.items()],
        [
            hot_board(people, updates, 100, XP, TYPICAL, 45),
            hot_board(people, updates, 100, SESSIONS, sessions, 1),
        ],
        transaction(),
    )


def report(found: Report) -> str:
    lines = ["| board, answer | requests | at most | read units | at most |", "| --- | --- | --- | --- | --- |"]
    for one in found.reads:
        about = f"{one.what}, {one.people:,} athletes, up to {one.largest_tie:,} with one score"
        lines += [one.rank.line(f"{about}: my rank"), one.page.line(f"{one.what}: top 100, ± 5 and my rank")]
        lines.append(f"nodes of {one.what} by depth: {one.nodes}; pages shorter than 100: {one.short_pages}")
    for write in found.writes:
        lines.append(f"{write.period}: {write.alone:.1f} write units alone, {write.in_tens:.1f} in a batch of ten")
    lines.append(
        f"over the default set, with {found.transaction:.0f} of the transaction: {found.alone:.1f} alone, "
        f"{found.in_tens:.1f} in a batch of ten"
    )
    lines += [
        f"{one.updates} updates in batches of {one.batch}: {one.total:.0f} write units over {one.partitions} "
        f"partitions, of nodes {one.hottest} at most, of entries {one.hottest_entries}"
        for one in found.hot
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(report(measure(int(sys.argv[1]) if len(sys.argv) > 1 else MILLION)))
