"""Grants of rewards, in the gamification table."""

from collections.abc import Iterable

from gamification.rewards.domain import Grant
from stadion.records import Records, Stored, fetch

GRANTS = Records(Grant, kind="grant", pk="USER#{user_id}", sk="GRANT#{earned_by}", own_revision=True)
"""A reward for a reason, held or taken back: in the transaction of what the reason is; the athlete's list."""


def read(user_id: str, reasons: Iterable[str]) -> dict[str, Stored[Grant]]:
    """In one request."""
    places = {earned_by: GRANTS.at(user_id, earned_by) for earned_by in reasons}
    found = fetch(*places.values())
    return {earned_by: found[place] for earned_by, place in places.items()}


def everything(user_id: str) -> list[Grant]:
    """Newest first."""
    return sorted(GRANTS.every(user_id), key=lambda one: (one.granted_at, one.earned_by), reverse=True)
