"""Who gets what: by a hash of the campaign and the athlete, so that everybody computes the same, at any time. Pure."""

import hashlib
from collections.abc import Iterable

from promos.campaigns.plan.values import HOLD_OUT, REST, CampaignPlan, CampaignVariant

RESOLUTION = 2**53


def arm_of(campaign_id: str, plan: CampaignPlan, user_id: str) -> str:
    """A variant's name, `HOLD_OUT` or `REST`.

    Each question has a hash of its own: a larger hold-out takes athletes from all variants alike, and a larger test
    moves nobody from one variant to another.
    """
    if share(f"{campaign_id}/hold-out", user_id) * 100 < plan.hold_out_percent:
        return HOLD_OUT
    if share(f"{campaign_id}/test", user_id) * 100 >= plan.rollout.test_percent:
        return REST
    return _weighted(share(f"{campaign_id}/variant", user_id), plan.variants)


def share(question: str, user_id: str) -> float:
    """Even in [0, 1)."""
    digest = hashlib.sha256(f"{question}/{user_id}".encode()).digest()
    return (int.from_bytes(digest[:8]) >> 11) / RESOLUTION


def _weighted(at: float, variants: Iterable[CampaignVariant]) -> str:
    variants = list(variants)
    total = sum(variant.weight for variant in variants)
    reached = 0
    for variant in variants:
        reached += variant.weight
        if at * total < reached:
            return variant.name
    return variants[-1].name
