"""Which promo a reward is, and who has earned which: items of the promos table."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from promos.rewards.domain import Entitlement
from stadion import pagination
from stadion.change import Change
from stadion.records import Index, Records
from stadion.retry import retry_on_conflict
from stadion.values import Value


class _Rules(Value):
    promos: dict[str, str] = Field(default_factory=dict)


RULES = Records(_Rules, kind="reward_offers", pk="REWARD_OFFERS", sk="RULES")
"""Promos that rewards are, by the reward's code: admins, on the revision; issuing."""
EARNED = Records(
    Entitlement,
    kind="earned",
    pk="USER#{user_id}",
    sk="EARNED#{earned_by}",
    index=Index("WAITING#{reward}", "{user_id}#{earned_by}", when=lambda one: one.is_waiting),
)
"""What was heard of the reason for a reward, and the offer that it brings: `rewards.on_rewards`; admins. In the index
while there is none."""


def rules() -> Mapping[str, str]:
    """Reward -> promo."""
    return (RULES.find() or _Rules()).promos


def change(reward: str, promo_id: str | None, now: datetime) -> Mapping[str, str]:
    """The rules as they are then; None takes the reward's away."""

    def write() -> Mapping[str, str]:
        stored = RULES.read()
        known = stored.value.promos if stored.value is not None else {}
        others = {name: promo for name, promo in known.items() if name != reward}
        changed = others if promo_id is None else {**others, reward: promo_id}
        if changed != known:
            with Change(None, now) as change:
                change.replace(stored, _Rules(promos=changed))
        return changed

    return retry_on_conflict(write)


def waiting(reward: str, *, limit: int, cursor: str | None) -> pagination.Page[Entitlement]:
    """From an index, so a moment late."""
    return EARNED.listed_page(f"WAITING#{reward}", scope=("waiting", reward), limit=limit, cursor=cursor)
