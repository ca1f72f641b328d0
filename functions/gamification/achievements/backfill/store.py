"""Runs in the gamification table, and the walk over all athletes. The keys stand in the service's README."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from gamification.achievements.backfill.domain import Backfill
from gamification.achievements.backfill.errors import BackfillNotFoundError
from gamification.athletes.store import ATHLETES
from stadion import change
from stadion.change import Change
from stadion.records import Records

RUNS = Records(
    Backfill,
    kind="achievement_backfill",
    pk="ACHIEVEMENTS",
    sk="BACKFILL#{run_id}",
    own_revision=True,
    missing=BackfillNotFoundError,
)
"""Runs that counted all diaries anew: admins, and each step, on the revision."""


def open_run(run: Backfill, now: datetime) -> None:
    with Change(None, now) as change_:
        change_.put(RUNS, run)


def runs() -> list[Backfill]:
    """Newest first, if their names begin with a time, as those of the command do."""
    return list(RUNS.every(newest_first=True))


def revise(old: Backfill, new: Backfill) -> None:
    """`WriteConflictError` when somebody came between."""
    with Change(None, new.updated_at) as change_:
        change_.replace(RUNS.seen(old), new)


def note(run_id: str, how: Callable[[Backfill], Backfill], now: datetime) -> Backfill:
    return change.revise(RUNS.at(run_id), how, now)


def shards() -> list[str]:
    """Of the list of all athletes of whom anybody told."""
    return ATHLETES.index.partitions() if ATHLETES.index is not None else []


def some_athletes(
    shard: str, position: dict[str, Any] | None, *, limit: int
) -> tuple[list[str], dict[str, Any] | None]:
    """Their ids, and the position after them; from an index, so a moment late."""
    stored, after = ATHLETES.portion(shard, position=position, limit=limit)
    return [one.place.pk.partition("#")[2] for one in stored], after
