"""Counts in the transaction that brings what is counted: so neither is there without the other, and a repetition, which
that transaction refuses, counts nothing."""

from datetime import datetime

from stadion.change import Change
from stadion.rates import Limit
from stadion.settings import settings
from workouts.quotas import store
from workouts.quotas.domain import DAY_S, Quota, wait_s
from workouts.quotas.errors import QuotaUsedUpError


def spend(change: Change, user_id: str, quota: Quota, n: int, now: datetime) -> None:
    """Add it last: of several refusals the first one speaks, and a repetition is to hear of what was answered.

    The change raises `QuotaUsedUpError`. One quota of an athlete in a change."""
    limit = Limit(quota.name, quota.most * settings().allowance, per_s=DAY_S)
    if n:
        store.add(change, user_id, quota, n, limit.most, now, lambda: _used_up(limit, now))


def _used_up(limit: Limit, now: datetime) -> QuotaUsedUpError:
    wait = wait_s(now)
    return QuotaUsedUpError(what=limit.name, most=limit.most, retry_after_s=wait, used_up=limit.used_up(wait))
