"""Use case: two days after a period is over, it is written down where everybody stood."""

import time
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Final

from gamification.boards import order, store
from gamification.boards.domain import WHOLE, BoardId, BoardMetric, Period, is_default
from gamification.boards.history import store as history
from gamification.boards.history.domain import Count, Settling, Stood, to_settle
from gamification.boards.trie import Node
from stadion import writes
from stadion.places import COUNTRIES
from stadion.records import Stored
from stadion.sports import Family

PAGE: Final = 500
"""Entries between two notes of how far it came."""
FOR_S: Final = 40.0
"""Of the round's minute."""
ROOT: Final = ""


def settle(now: datetime) -> int:
    """How many standings were written. What one round does not finish, the next goes on with."""
    until = time.monotonic() + FOR_S
    return sum(_settle(period, now, until) for period in to_settle(now))


def _settle(period: Period, now: datetime, until: float) -> int:
    stored = history.SETTLINGS.read(period.name)
    written, boards = 0, None
    while (stored.value is None or not stored.value.is_done) and time.monotonic() < until:
        boards = boards if boards is not None else _boards(period)
        written += _step(period, boards, stored, now)
        stored = history.SETTLINGS.read(period.name)
    return written


def _step(period: Period, boards: list[str], stored: Stored[Settling], now: datetime) -> int:
    """A page of a board, or on to the next one."""
    state = stored.value or Settling()
    page = _page(period, state)
    if page is None:
        _note(stored, _next_board(boards, state), now)
        return 0
    rows, further = page
    writes.put_all(((history.STOOD.of(stood, user_id, line), stood) for user_id, line, stood in rows), now)
    _note(stored, further, now)
    return len(rows)


def _note(stored: Stored[Settling], state: Settling, now: datetime) -> None:
    revision = (stored.value.revision if stored.value is not None else 0) + 1
    writes.replace(stored, state.model_copy(update={"revision": revision}), now)


Rows = list[tuple[str, str, Stood]]


def _page(period: Period, state: Settling) -> tuple[Rows, Settling] | None:
    """None: the board that the round is at has no more."""
    if state.board is None:
        return None
    board = BoardId.parse(state.board)
    root = store.read_nodes([(str(board), ROOT)])[(str(board), ROOT)]
    count = Count(state.counted, state.rank, state.score)
    rows: Rows = []
    octave, after = state.octave, state.after
    for entry in islice(_entries(root, state), PAGE):
        ordered = order.read(entry.key, period)
        rank = count.next(ordered.score)
        stood = Stood(period=period.name, rank=rank, score=ordered.score, total=root.total)
        rows.append((ordered.user_id, history.line_of(board), stood))
        octave, after = entry.key[0], entry.key
    if not rows:
        return None
    how_far = {"counted": count.position, "rank": count.rank, "score": count.score}
    return rows, state.model_copy(update={"octave": octave, "after": after, **how_far})


def _entries(root: Node, state: Settling) -> Iterator[store.Entry]:
    for octave in sorted(root.slots):
        if octave >= state.octave:
            first = state.after[1:] + "!" if octave == state.octave and state.after else store.ALL[0]
            yield from store.entries(root.board, octave, (first, store.ALL[1]), limit=PAGE)


def _next_board(boards: list[str], state: Settling) -> Settling:
    """In the order of their names."""
    later = [board for board in boards if state.board is None or board > state.board]
    return Settling(board=later[0]) if later else Settling(is_done=True)


def _boards(period: Period) -> list[str]:
    """Those that anybody is on: of the default set, and of those that somebody asked for."""
    scopes = ["global", *(f"country-{country.lower()}" for country in sorted(COUNTRIES))]
    families = [WHOLE, *(family.value for family in Family if family is not Family.UNKNOWN)]
    ids = [
        BoardId(scope, family, metric, period.name) for scope in scopes for family in families for metric in BoardMetric
    ]
    always = {str(one) for one in ids if is_default(one.key, period.kind)}
    asked = [BoardId.parse(one.board) for one in store.wanted() if one.is_active]
    wanted = {str(BoardId.of_key(one.key, period.name)) for one in asked if one.kind is period.kind}
    roots = store.read_nodes(((board, ROOT) for board in always | wanted), consistent=False)
    return sorted(board for (board, _), root in roots.items() if root.total > 0)
