"""Campaigns, their runs, and what was done and measured batch by batch. Their keys stand in ../README.md."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from pydantic import AwareDatetime

from promos.athletes import segment_store
from promos.athletes.segment_store import Asked
from promos.campaigns.errors import CampaignNotFoundError, RunNotFoundError
from promos.campaigns.run.domain import Campaign, Phase, Run
from stadion import pagination, writes
from stadion.change import Change, revise
from stadion.errors import StaleVersionError
from stadion.events.envelope import Event
from stadion.records import Index, Records, Stored
from stadion.values import Value

LISTED = "CAMPAIGNS"
KEPT_FOR = timedelta(days=400)
"""What was done and measured batch by batch; the run itself stays."""
Amounts = dict[str, Any]


class Withheld(Value):
    run_id: str
    chosen_at: AwareDatetime


CAMPAIGNS = Records(
    Campaign,
    kind="campaign",
    pk="CAMPAIGN#{campaign_id}",
    sk="CAMPAIGN",
    own_revision=True,
    index=Index(LISTED, "{campaign_id}"),
    dump=Campaign.stored,
    missing=CampaignNotFoundError,
)
"""Admins, steps, on the revision."""
RUNS = Records(
    Run,
    kind="campaign_run",
    pk="CAMPAIGN#{campaign_id}",
    sk="RUN#{run_id}",
    own_revision=True,
    dump=Run.stored,
    missing=RunNotFoundError,
)
"""With its plan, cursor, findings and decision: steps, on the revision; admins."""
BATCHES = Records[Amounts](
    dict,
    kind="campaign_batch",
    pk="RUN#{run_id}",
    sk="SENT#{phase}#{batch}",
    kept_for=KEPT_FOR,
    dump=dict,
    load=lambda item: dict(item.body),
)
"""That a batch was sent, and what became of its athletes: `send_batch`; repetitions, `status`."""
SUMS = Records[Amounts](
    dict,
    kind="campaign_sums",
    pk="RUN#{run_id}",
    sk="LOOK#{look:04}#{batch}",
    kept_for=KEPT_FOR,
    dump=dict,
    load=lambda item: dict(item.body),
)
"""Of a batch at a look: `measure_batch`; `judge_campaign`, in one query."""
WITHHELD = Records(
    Withheld,
    kind="withheld",
    pk="USER#{user_id}",
    sk="WITHHELD#{campaign_id}#{run_id}",
    kept_for=KEPT_FOR,
)
"""That a run chose the athlete and gave no offer in its test: `send_batch` of what recurs; its next runs, whose cap
counts it as one."""


def find(campaign_id: str) -> Campaign | None:
    return CAMPAIGNS.find(campaign_id)


def get(campaign_id: str) -> Campaign:
    return CAMPAIGNS.get(campaign_id)


def page(*, limit: int, cursor: str | None) -> pagination.Page[Campaign]:
    """By name; from an index, so a moment late."""
    return CAMPAIGNS.listed_page(LISTED, scope=("index", LISTED), limit=limit, cursor=cursor)


def everything() -> Iterator[Campaign]:
    """As `page` has them."""
    cursor: str | None = None
    while True:
        found = page(limit=pagination.MAX_LIMIT, cursor=cursor)
        yield from found.items
        cursor = found.next_cursor
        if cursor is None:
            return


def some(campaign_ids: Iterable[str]) -> list[Campaign]:
    return CAMPAIGNS.some((campaign_id,) for campaign_id in campaign_ids)


def put(old: Campaign | None, new: Campaign, now: datetime, *, asked: Stored[Asked] | None = None) -> None:
    """`StaleVersionError` when somebody else wrote meanwhile. `asked`: under which the segments of its audience were
    there; `WriteConflictError` when they changed since."""
    seen = CAMPAIGNS.seen(old) if old is not None else CAMPAIGNS.of(new).nothing()
    with Change(None, now) as change:
        change.replace(seen, new, refused=StaleVersionError)
        if asked is not None:
            segment_store.note(change, asked, f"campaigns/{new.campaign_id}")


def remove(campaign: Campaign, now: datetime) -> None:
    with Change(None, now) as change:
        change.delete(CAMPAIGNS.seen(campaign), refused=StaleVersionError)


# --- runs -----------------------------------------------------------------------------------------------------------


def find_run(campaign_id: str, run_id: str) -> Run | None:
    return RUNS.find(campaign_id, run_id)


def get_run(campaign_id: str, run_id: str) -> Run:
    return RUNS.get(campaign_id, run_id)


def runs(campaign_id: str) -> list[Run]:
    """Oldest first."""
    return list(RUNS.every(campaign_id))


def open_run(before: Campaign, after: Campaign, run: Run, events: list[Event], now: datetime) -> None:
    """The run, what its campaign says of it, and the news, in one transaction. `WriteConflictError`: look again."""
    with Change(None, now) as change:
        change.put(RUNS, run)
        change.replace(CAMPAIGNS.seen(before), after)
        change.publish(*events)


def change_run(campaign_id: str, run_id: str, how: Callable[[Run], Run], now: datetime) -> Run:
    """What `how` makes of the run as it is stored; nothing is written when it changes nothing. One that is over stays
    as it is: a step that was under way when somebody ended it comes too late."""
    return revise(RUNS.at(campaign_id, run_id), lambda stored: stored if stored.is_over else how(stored), now)


def end_run(before: Run, after: Run, campaign: tuple[Campaign, Campaign], events: list[Event], now: datetime) -> None:
    with Change(None, now) as change:
        change.replace(RUNS.seen(before), after)
        change.replace(CAMPAIGNS.seen(campaign[0]), campaign[1])
        change.publish(*events)


# --- batches --------------------------------------------------------------------------------------------------------


def is_sent(run_id: str, phase: Phase, batch: str) -> bool:
    return BATCHES.find(run_id, phase, batch) is not None


def note_sent(run_id: str, phase: Phase, batch: str, counts: dict[str, int], now: datetime) -> None:
    """The same batch done twice says the same, or better: the later word stands."""
    writes.put(BATCHES.at(run_id, phase, batch), counts, now)


def sent_batches(run_id: str, phase: Phase) -> list[dict[str, int]]:
    """What became of the athletes of each."""
    return [{str(name): int(amount) for name, amount in counts.items()} for counts in BATCHES.every(run_id, phase)]


def note_sums(run_id: str, look: int, batch: str, sums: dict[str, Any], now: datetime) -> None:
    """As with `note_sent`."""
    writes.put(SUMS.at(run_id, look, batch), sums, now)


def sums(run_id: str, look: int) -> list[dict[str, Any]]:
    """Of every batch that was measured at this look."""
    return list(SUMS.every(run_id, look))


# --- the held-out and the rest --------------------------------------------------------------------------------------


def note_withheld(run: Run, user_ids: Iterable[str], now: datetime) -> None:
    """Safe to repeat."""
    new = Withheld(run_id=run.run_id, chosen_at=now)
    writes.put_all(((WITHHELD.at(user_id, run.campaign_id, run.run_id), new) for user_id in user_ids), now)


def withheld_since(user_id: str, campaign_id: str, since: datetime) -> set[str]:
    """The runs that could have given the athlete an offer, and did not."""
    return {one.run_id for one in WITHHELD.every(user_id, campaign_id) if one.chosen_at >= since}
