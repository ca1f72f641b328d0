"""Campaigns, their runs, and what was done and measured batch by batch. Access patterns stand in ../README.md."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from promos.campaigns.errors import CampaignNotFoundError, RunNotFoundError
from promos.campaigns.run.domain import Campaign, Phase, Run
from promos.offers.store import index_page, publish
from stadion import pagination
from stadion.dynamo import Item, Transaction, absent
from stadion.errors import StaleVersionError
from stadion.events.envelope import Event
from stadion.retry import retry_on_conflict

CAMPAIGNS = "CAMPAIGNS"
KEPT_FOR = timedelta(days=400)
"""What was done and measured batch by batch; the run itself stays."""


def find(campaign_id: str) -> Campaign | None:
    item = Item.find(_pk(campaign_id), "CAMPAIGN")
    return Campaign.model_validate(item.body) if item is not None else None


def get(campaign_id: str) -> Campaign:
    found = find(campaign_id)
    if found is None:
        raise CampaignNotFoundError
    return found


def page(*, limit: int, cursor: str | None) -> pagination.Page[Campaign]:
    """By name; from an index, so a moment late."""
    return index_page(CAMPAIGNS, limit=limit, cursor=cursor).of(lambda item: Campaign.model_validate(item.body))


def put(old: Campaign | None, new: Campaign) -> None:
    """`StaleVersionError` when somebody else wrote meanwhile."""
    transaction = Transaction()
    unchanged = absent() if old is None else Item.revision == old.revision
    transaction.put(_campaign_item(new), unchanged, refused=lambda _: StaleVersionError())
    transaction.commit()


def remove(campaign: Campaign) -> None:
    transaction = Transaction()
    item = Item(pk=_pk(campaign.campaign_id), sk="CAMPAIGN")
    transaction.delete(item, Item.revision == campaign.revision, refused=lambda _: StaleVersionError())
    transaction.commit()


# --- runs -----------------------------------------------------------------------------------------------------------


def find_run(campaign_id: str, run_id: str) -> Run | None:
    item = Item.find(_pk(campaign_id), f"RUN#{run_id}")
    return Run.model_validate(item.body) if item is not None else None


def get_run(campaign_id: str, run_id: str) -> Run:
    found = find_run(campaign_id, run_id)
    if found is None:
        raise RunNotFoundError
    return found


def runs(campaign_id: str) -> list[Run]:
    """Oldest first."""
    found = Item.query(_pk(campaign_id), Item.sk.startswith("RUN#"), consistent_read=True)
    return [Run.model_validate(item.body) for item in found]


def open_run(before: Campaign, after: Campaign, run: Run, events: list[Event], now: datetime) -> None:
    """The run, what its campaign says of it, and the news, in one transaction. `WriteConflictError`: look again."""
    transaction = Transaction()
    transaction.put(_run_item(run), absent())
    transaction.put(_campaign_item(after), Item.revision == before.revision)
    publish(transaction, None, events, now)
    transaction.commit()


def change_run(campaign_id: str, run_id: str, change: Callable[[Run], Run]) -> Run:
    """What `change` makes of the run as it is stored; nothing is written when it changes nothing."""

    def once() -> Run:
        before = get_run(campaign_id, run_id)
        after = change(before)
        if after is not before:
            transaction = Transaction()
            transaction.put(_run_item(after), Item.revision == before.revision)
            transaction.commit()
        return after

    return retry_on_conflict(once)


def end_run(before: Run, after: Run, campaign: tuple[Campaign, Campaign], events: list[Event], now: datetime) -> None:
    transaction = Transaction()
    transaction.put(_run_item(after), Item.revision == before.revision)
    transaction.put(_campaign_item(campaign[1]), Item.revision == campaign[0].revision)
    publish(transaction, None, events, now)
    transaction.commit()


# --- batches --------------------------------------------------------------------------------------------------------


def is_sent(run_id: str, phase: Phase, batch: str) -> bool:
    return Item.find(_run_pk(run_id), f"SENT#{phase.value}#{batch}") is not None


def note_sent(run_id: str, phase: Phase, batch: str, counts: dict[str, int], now: datetime) -> None:
    _put(run_id, f"SENT#{phase.value}#{batch}", "campaign_batch", counts, now)


def sent_batches(run_id: str, phase: Phase) -> list[dict[str, int]]:
    """What became of the athletes of each."""
    found = Item.query(_run_pk(run_id), Item.sk.startswith(f"SENT#{phase.value}#"), consistent_read=True)
    return [_amounts(item.body) for item in found]


def note_sums(run_id: str, look: int, batch: str, sums: dict[str, Any], now: datetime) -> None:
    _put(run_id, f"{_look_sk(look)}{batch}", "campaign_sums", sums, now)


def sums(run_id: str, look: int) -> list[dict[str, Any]]:
    """Of every batch that was measured at this look."""
    found = Item.query(_run_pk(run_id), Item.sk.startswith(_look_sk(look)), consistent_read=True)
    return [dict(item.body) for item in found]


def _put(run_id: str, sk: str, kind: str, body: dict[str, Any], now: datetime) -> None:
    """The same batch done twice says the same, or better: the later word stands."""
    Item(pk=_run_pk(run_id), sk=sk, kind=kind, body=body, expires_at=int((now + KEPT_FOR).timestamp())).save()


def _amounts(body: Any) -> dict[str, int]:
    return {str(name): int(amount) for name, amount in body.items()}


def _pk(campaign_id: str) -> str:
    return f"CAMPAIGN#{campaign_id}"


def _run_pk(run_id: str) -> str:
    return f"RUN#{run_id}"


def _look_sk(look: int) -> str:
    return f"LOOK#{look:04}#"


def _campaign_item(campaign: Campaign) -> Item:
    return Item(
        pk=_pk(campaign.campaign_id),
        sk="CAMPAIGN",
        gsi1pk=CAMPAIGNS,
        gsi1sk=campaign.campaign_id,
        kind="campaign",
        revision=campaign.revision,
        body=campaign.stored(),
    )


def _run_item(run: Run) -> Item:
    return Item(
        pk=_pk(run.campaign_id), sk=f"RUN#{run.run_id}", kind="campaign_run", revision=run.revision, body=run.stored()
    )
