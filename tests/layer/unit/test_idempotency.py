"""Answers that are remembered for a client's key, over the store in memory."""

from datetime import UTC, datetime, timedelta

import pytest

from stadion.change import Change
from stadion.errors import IdempotencyKeyReusedError
from stadion.idempotency import KEPT_FOR, IdempotencyKey, ReplayedError, recall
from tests.kit.memory import memory

NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
KEY = IdempotencyKey(user_id="u", operation="lend", key="k", digest="d")
OTHER = IdempotencyKey(user_id="u", operation="lend", key="k", digest="another request")


def remember(key: IdempotencyKey, now: datetime) -> None:
    with Change("u", now, key) as change:
        change.remember(status=201, answer={"at": now.isoformat()})


def test_an_answer_is_recalled_for_a_day_and_then_the_key_is_free() -> None:
    """Also while DynamoDB has not removed it, which takes days: whoever asks and whoever writes see the same."""
    with memory():
        remember(KEY, NOW)
        with pytest.raises(ReplayedError):
            recall(KEY, NOW + KEPT_FOR - timedelta(seconds=1))
        with pytest.raises(IdempotencyKeyReusedError):
            recall(OTHER, NOW + KEPT_FOR - timedelta(seconds=1))

        recall(KEY, NOW + KEPT_FOR)
        recall(OTHER, NOW + KEPT_FOR)
        remember(OTHER, NOW + KEPT_FOR)
