"""Segments are limited in number, also when several are made at once."""

import pytest

from promos import segment_service
from promos.athletes import segment_store
from promos.targeting import TargetingRule
from tests.kit.racing import raced
from tests.kit.services import Service
from tests.promos.world import NOW

RULE = TargetingRule.model_validate({"profile": {"countries": ["RU"]}})


def test_eight_segments_at_once_find_room_for_one(promos: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment_store, "MAX_SEGMENTS", 3)
    promos.enter()
    for name in ("a", "b"):
        segment_service.put(name, RULE, None, None, NOW)
    found = raced(
        promos,
        (segment_store, "everything"),
        lambda n: segment_service.put(f"racer-{n}", RULE, None, None, NOW).name,
    )
    assert found.count("too_many_segments") == 7
    assert len(segment_store.everything()) == 3
