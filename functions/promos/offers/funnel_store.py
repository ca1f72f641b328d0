"""The funnel in the promos table: what became of a promo's offers, by day, campaign, variant and run."""

from typing import NamedTuple
from zlib import crc32

from stadion.dynamo import Item
from stadion.ledger import ACCOUNT, Ledger, totals_of
from stadion.postings import Posting

SHARDS = 8
MOST_ACCOUNTS = 5000


class Place(NamedTuple):
    """Where offers are counted; empty texts outside of campaigns."""

    day: str
    campaign_id: str = ""
    variant: str = ""
    run_id: str = ""

    @property
    def account(self) -> str:
        return "#".join(self)


def post(promo_id: str, source: str, version: int, contribution: dict[str, dict[str, int]]) -> str:
    ledger = Ledger(pk=_pk(promo_id, crc32(source.encode()) % SHARDS))
    return ledger.post(Posting(source, version, contribution)).value


def totals(promo_id: str) -> dict[Place, dict[str, int]]:
    found: dict[Place, dict[str, int]] = {}
    for shard in range(SHARDS):
        pk = _pk(promo_id, shard)
        for item in Item.query(pk, Item.sk.startswith(ACCOUNT), consistent_read=True, limit=MOST_ACCOUNTS):
            account = found.setdefault(Place(*item.sk.removeprefix(ACCOUNT).split("#")), {})
            for name, amount in totals_of(item)[0].items():
                account[name] = account.get(name, 0) + int(amount)
    return found


def _pk(promo_id: str, shard: int) -> str:
    return f"FUNNEL#{promo_id}#{shard}"
