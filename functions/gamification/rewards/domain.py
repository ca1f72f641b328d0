"""A reward is held for a reason: it goes when the reason goes, and comes back when it is there again. Pure."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import AwareDatetime

from stadion.rewards import RewardCode
from stadion.values import Value


class Grant(Value):
    """What became of one reward for one reason."""

    earned_by: str
    """The very reason, such as `level:7`: of each, an athlete has the reward once."""
    reason: str
    """Its kind, such as `level`."""
    reward: RewardCode
    holds: bool
    revision: int = 1
    granted_at: AwareDatetime
    revoked_at: AwareDatetime | None = None


@dataclass(frozen=True)
class Claim:
    """Whether the reason is there now."""

    earned_by: str
    reason: str
    reward: RewardCode | None
    """None: none begins, but one that is there goes and comes."""
    holds: bool
    may_begin: bool = True
    """Whether it may be granted for the first time."""


def decided(known: Grant | None, claim: Claim, now: datetime) -> Grant | None:
    """The grant as it is from now on; None: nothing changes. What was granted stays the reward that it was."""
    if known is None:
        if claim.reward is None or not (claim.holds and claim.may_begin):
            return None
        return Grant(earned_by=claim.earned_by, reason=claim.reason, reward=claim.reward, holds=True, granted_at=now)
    if known.holds == claim.holds:
        return None
    moments = {"granted_at": now, "revoked_at": None} if claim.holds else {"revoked_at": now}
    return known.model_copy(update={"holds": claim.holds, "revision": known.revision + 1, **moments})
