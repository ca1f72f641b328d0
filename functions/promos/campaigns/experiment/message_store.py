"""What `notifications` made of a campaign's messages: delivered and failed, by day, run, arm and channel."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from zlib import crc32

from promos.campaigns.plan.values import CampaignPlan
from promos.campaigns.run.domain import day_of
from promos.errors import OfferNotFoundError
from promos.offers import store
from stadion.change import Change
from stadion.events.notifications import NotificationDelivered, NotificationFailed
from stadion.ledger import Ledger
from stadion.postings import Posting

SHARDS = 8
DELIVERED = "delivered."


def count(user_id: str, news: NotificationDelivered | NotificationFailed, at: datetime, now: datetime) -> str:
    """`campaign_id` of the news is set. Whose arm it was is written on the offer that the message was about."""
    assert news.campaign_id is not None  # noqa: S101 - for the type checker
    try:
        offer = store.offer(user_id, news.request_id.rpartition(":")[2])
    except OfferNotFoundError:
        return "gone"
    is_there = isinstance(news, NotificationDelivered)
    what = f"{DELIVERED}{news.channel}" if is_there else f"failed.{news.channel}.{news.reason}"  # type: ignore[union-attr]
    account = f"{day_of(at)}#{offer.run_id}#{offer.variant or ''}"
    source = f"{news.notification_id}#{news.channel}#{'delivered' if is_there else 'failed'}"
    ledger = _ledger(news.campaign_id, crc32(source.encode()) % SHARDS)
    with Change(None, now) as change:
        return ledger.post(change, Posting(source, 1, {account: {what: 1}})).value


def by_arm(campaign_id: str, run_id: str) -> dict[str, dict[str, int]]:
    """Of one run."""
    found: dict[str, dict[str, int]] = {}
    for account, totals in _accounts(campaign_id).items():
        _, run, arm = account.split("#")
        if run == run_id:
            _add(found.setdefault(arm, {}), totals)
    return found


def by_day(campaign_id: str, run_id: str) -> dict[str, dict[str, int]]:
    """Of one run."""
    found: dict[str, dict[str, int]] = {}
    for account, totals in _accounts(campaign_id).items():
        day, run, _ = account.split("#")
        if run == run_id:
            _add(found.setdefault(day, {}), totals)
    return found


def cost_minor(plan: CampaignPlan, counts: Iterable[Mapping[str, int]]) -> int:
    """Of what was delivered, rounded up to the smallest unit."""
    thousandths = sum(
        totals.get(f"{DELIVERED}{channel}", 0) * price
        for totals in counts
        for channel, price in plan.costs.per_thousand_minor.items()
    )
    return -(-thousandths // 1000)


def costs_minor(plan: CampaignPlan, counts: Sequence[Mapping[str, int]]) -> list[int]:
    """Of each, so that they add up to what all of them cost together; further ones at the end move none before them."""
    reached = [cost_minor(plan, counts[:number]) for number in range(len(counts) + 1)]
    return [after - before for before, after in pairwise(reached)]


def _accounts(campaign_id: str) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for shard in range(SHARDS):
        for name, totals in _ledger(campaign_id, shard).each():
            _add(found.setdefault(name, {}), totals)
    return found


def _add(to: dict[str, int], more: Mapping[str, int]) -> None:
    for name, amount in more.items():
        to[name] = to.get(name, 0) + int(amount)


def _ledger(campaign_id: str, shard: int) -> Ledger:
    return Ledger(f"MESSAGES#{campaign_id}#{shard}")
