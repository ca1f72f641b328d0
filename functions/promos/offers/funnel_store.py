"""The funnel in the promos table: what became of a promo's offers, by day, campaign, variant and run."""

from datetime import datetime
from typing import NamedTuple
from zlib import crc32

from stadion.change import Change
from stadion.ledger import Ledger
from stadion.postings import Posting

SHARDS = 8
MAX_ACCOUNTS = 5000
MONEY = {"discount": "discount_minor", "cost": "cost_minor", "revenue": "revenue_minor"}


class FunnelCell(NamedTuple):
    """Where offers are counted; empty texts outside of campaigns."""

    day: str
    campaign_id: str = ""
    variant: str = ""
    run_id: str = ""

    @property
    def account(self) -> str:
        return "#".join(self)


def post(promo_id: str, posting: Posting, now: datetime) -> str:
    with Change(None, now) as change:
        shard = crc32(posting.source_id.encode()) % SHARDS
        return _ledger(promo_id, shard).post(change, posting).value


def totals(promo_id: str, currency: str | None = None) -> dict[FunnelCell, dict[str, int]]:
    """With `currency`, `discount_minor`, `cost_minor` and `revenue_minor` are what was given and paid in it."""
    found: dict[FunnelCell, dict[str, int]] = {}
    for shard in range(SHARDS):
        for name, amounts in _ledger(promo_id, shard).each(limit=MAX_ACCOUNTS):
            account = found.setdefault(FunnelCell(*name.split("#")), {})
            for measure, amount in amounts.items():
                counted = MONEY.get(measure.removesuffix(f".{currency}"), measure) if currency else measure
                account[counted] = account.get(counted, 0) + int(amount)
    return found


def _ledger(promo_id: str, shard: int) -> Ledger:
    return Ledger(f"FUNNEL#{promo_id}#{shard}")
