"""The step that turns athletes into batches, one at a time; it goes on where it was when it is done again."""

from collections import Counter
from datetime import datetime

from promos.campaigns.plan.values import HOLD_OUT
from promos.campaigns.run import batch_store as batches
from promos.campaigns.run import store
from promos.campaigns.run.audience import BATCH, LOOKED_AT_ONCE, Question, Selection, look
from promos.campaigns.run.domain import Chosen, Run, RunOutcome, RunState

NOBODY = "nobody_to_tell"


def choose_batch(run: Run, now: datetime) -> Run:
    """The file is written before the run says that it is there. An audience of nobody ends the run."""
    if run.state is not RunState.CHOOSING:
        return run
    question = Question.of(run.campaign_id, run.plan)
    chosen = run.chosen
    found, is_done = _gather(question, chosen, now)
    number = chosen.batches
    if found.members:
        batches.write(run.run_id, number, found.members)
    after = Chosen(
        cursor=found.cursor,
        batches=number + bool(found.members),
        looked_at=chosen.looked_at + found.looked_at,
        by_arm=_sum(chosen.by_arm, found.by_arm),
        left_out=_sum(chosen.left_out, found.left_out),
    )

    def advance(stored: Run) -> Run:
        if stored.chosen != chosen or stored.state is not RunState.CHOOSING:
            return stored  # somebody else was quicker
        done = {"state": RunState.SENDING} if is_done else {}
        end = {"outcome": RunOutcome.COMPLETED, "reason": NOBODY} if is_done and not after.batches else {}
        return stored.changed(chosen=after, **done, **end)

    return store.change_run(run.campaign_id, run.run_id, advance, now)


def _gather(question: Question, chosen: Chosen, now: datetime) -> tuple[Selection, bool]:
    found = Selection(cursor=chosen.cursor)
    while True:
        page = look(question, cursor=found.cursor, now=now, offers_left=_offers_left(question, chosen, found))
        found.members += page.members
        found.left_out += page.left_out
        found.looked_at += page.looked_at
        found.cursor = page.cursor
        if page.cursor is None:
            return found, True
        if len(found.members) >= BATCH or found.looked_at >= LOOKED_AT_ONCE:
            return found, False


def _offers_left(question: Question, chosen: Chosen, found: Selection) -> int | None:
    most = question.plan.most_offers
    if most is None:
        return None
    counted = _sum(chosen.by_arm, found.by_arm)
    return most - sum(number for arm, number in counted.items() if arm != HOLD_OUT)


def _sum(one: dict[str, int], other: dict[str, int] | Counter[str]) -> dict[str, int]:
    return dict(Counter(one) + Counter(other))
