"""Use case: grant and take back, in the transaction of whatever the reason is: a level, an achievement, a challenge."""

from collections.abc import Sequence

from gamification.rewards import store
from gamification.rewards.domain import Claim, Grant, decided
from stadion.change import Change
from stadion.events.gamification import RewardGranted, RewardRevoked
from stadion.rewards import REWARDS


def settle(change: Change, user_id: str, claims: Sequence[Claim]) -> list[Grant]:
    """Adds to `change` what the claims come to, and answers with that. In `WriteConflictError` it ends when somebody
    settled the same meanwhile."""
    known = store.read(user_id, [claim.earned_by for claim in claims])
    moved = []
    for claim in claims:
        stored = known[claim.earned_by]
        grant = decided(stored.value, claim, change.now)
        if grant is not None:
            change.replace(stored, grant)
            change.publish(_news(grant))
            moved.append(grant)
    return moved


def _news(grant: Grant) -> RewardGranted | RewardRevoked:
    event = RewardGranted if grant.holds else RewardRevoked
    return event(
        reward=grant.reward.value,
        kind=REWARDS[grant.reward].kind.value,
        reason=grant.reason,
        earned_by=grant.earned_by,
        revision=grant.revision,
    )
