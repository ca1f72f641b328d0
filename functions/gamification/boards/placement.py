"""Entries follow scores: what the images of the stream say, whoever repeats it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from gamification.boards import counts, order, store
from gamification.boards.domain import BoardId, Period
from gamification.boards.store import Entry, Placed, Scores

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
Who = tuple[str, str]
"""An athlete, and a period's name."""


@dataclass(frozen=True)
class Image:
    """The scores of an athlete in a period as a write left them; None: they were deleted."""

    user_id: str
    period: Period
    revision: int
    scores: Scores | None
    at: datetime

    @property
    def who(self) -> Who:
        return self.user_id, self.period.name


@dataclass(frozen=True)
class Step:
    """What is to be done for one athlete in one period."""

    who: Who
    last: Image
    put: tuple[Entry, ...]
    delete: tuple[Entry, ...]
    touched: tuple[Entry, ...]
    keys: Mapping[str, str]


def place(images: Sequence[Image], now: datetime) -> int:
    """Whose entries were moved. The images of one athlete and period in their order; anything may come again."""
    by_who: dict[Who, list[Image]] = defaultdict(list)
    for image in images:
        if image.period.is_kept(now):
            by_who[image.who].append(image)
    known = store.placed(by_who)
    steps = [_step(several, known[who]) for who, several in by_who.items() if not _is_done(several, known[who])]
    store.write_entries([one for step in steps for one in step.put], [one for step in steps for one in step.delete])
    depths = counts.recount({(one.board, one.key) for step in steps for one in step.touched})
    for step in steps:
        _keep(step, known[step.who], depths, now)
    if images:
        store.tell_freshness(max(image.at for image in images), now)
    return len(steps)


def _is_done(images: Sequence[Image], known: Placed | None) -> bool:
    """What was deleted begins again with the first revision."""
    was_deleted = any(image.scores is None for image in images)
    return not was_deleted and known is not None and known.revision >= images[-1].revision


def _step(images: Sequence[Image], known: Placed | None) -> Step:
    """What is to go: where the entries were, and where earlier images of the batch may have put them at a try that did
    not end."""
    last = images[-1]
    period = last.period
    placed = known or Placed(revision=0)
    target = _keys(last)
    name = last.scores.name if last.scores is not None else None
    maybe = {(key, place) for image in images[:-1] for key, place in _keys(image).items()}
    gone = ({*placed.keys.items()} | maybe) - {*target.items()}
    new = {*target.items()} - {*placed.keys.items()}
    renamed = {*target.items()} if placed.name != name else set()
    expires_at = int(period.kept_until.timestamp()) if period.kept_until is not None else None

    def entry(one: tuple[str, str]) -> Entry:
        key, place = one
        return Entry(str(BoardId.of_key(key, period.name)), place, name, expires_at)

    put, delete = sorted(new | renamed), sorted(gone)
    return Step(
        last.who,
        last,
        tuple(map(entry, put)),
        tuple(map(entry, delete)),
        tuple(map(entry, sorted(new | gone))),
        target,
    )


def _keys(image: Image) -> dict[str, str]:
    if image.scores is None or not image.scores.is_on:
        return {}
    return {
        key: order.key_of(min(score, order.MOST), EPOCH + timedelta(milliseconds=reached), image.period, image.user_id)
        for key, (score, reached) in image.scores.scores.items()
        if score > 0
    }


def _keep(step: Step, known: Placed | None, depths: Mapping[counts.Touched, int], now: datetime) -> None:
    """Last of all: until then, everything is done again."""
    if step.last.scores is None:
        store.forget_placed(*step.who)
        return
    before = known.depths if known is not None else {}
    found = {
        key: depths.get((str(BoardId.of_key(key, step.last.period.name)), where), before.get(key, 1))
        for key, where in step.keys.items()
    }
    value = Placed(
        revision=step.last.revision,
        name=step.last.scores.name,
        keys=dict(step.keys),
        depths=found,
        kept_until=step.last.scores.kept_until,
    )
    store.keep_placed(*step.who, value, now)
