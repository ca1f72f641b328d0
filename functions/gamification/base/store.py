"""What all wings keep or read. The keys stand in the service's README.md."""

from gamification.base.domain import Facts
from stadion.ledger import Ledger
from stadion.records import Index, Records

FACTS = Records(
    Facts,
    kind="facts",
    pk="USER#{user_id}",
    sk="FACT#{workout_id}",
    own_revision=True,
    index=Index(pk="FACTS#{utc_day}", sk="{started_at}#{workout_id}"),
)
"""The facts of each workout in the diary, in the transaction of its XP; by day of the world: what is counted over all
history."""


def ledger(user_id: str) -> Ledger:
    return Ledger(pk=f"USER#{user_id}")
