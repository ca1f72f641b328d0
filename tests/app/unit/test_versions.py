"""Which app is too old, and what is switched on for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import AppPlatform, AppUpdate, Client, Feature, Version, update_for

PARTS = st.lists(st.integers(0, 99_999), min_size=1, max_size=4)


@given(PARTS, PARTS)
def test_versions_compare_number_by_number(one: list[int], other: list[int]) -> None:
    def padded(parts: list[int]) -> list[int]:
        return parts + [0] * (4 - len(parts))

    first, second = (Version(".".join(map(str, parts))) for parts in (one, other))

    assert (first < second) is (padded(one) < padded(other))
    assert (first == second) is (padded(one) == padded(other))
    assert first != second or hash(first) == hash(second)


@pytest.mark.parametrize(
    ("version", "update"),
    [
        ("2.9", AppUpdate.REQUIRED),
        ("2.10", AppUpdate.RECOMMENDED),
        ("2.10.0.0", AppUpdate.RECOMMENDED),
        ("3", AppUpdate.NONE),
    ],
)
def test_an_app_is_told_whether_it_is_too_old(version: str, update: AppUpdate) -> None:
    assert update_for(Client(minimum_version="2.10.0", recommended_version="2.12"), version) is update


def test_of_a_platform_without_versions_no_app_is_too_old() -> None:
    assert update_for(Client(), "0.1") is AppUpdate.NONE


@pytest.mark.parametrize(
    ("feature", "platform", "version", "is_on"),
    [
        (Feature(is_on=True), None, None, True),
        (Feature(is_on=False), AppPlatform.IOS, "9", False),
        (Feature(is_on=True, platforms=[AppPlatform.IOS]), AppPlatform.IOS, None, True),
        (Feature(is_on=True, platforms=[AppPlatform.IOS]), AppPlatform.ANDROID, "9", False),
        (Feature(is_on=True, platforms=[AppPlatform.IOS]), None, None, False),
        (Feature(is_on=True, from_version="2.10"), AppPlatform.IOS, "2.9", False),
        (Feature(is_on=True, from_version="2.10"), AppPlatform.IOS, "2.10", True),
        (Feature(is_on=True, from_version="2.10"), AppPlatform.IOS, None, False),
    ],
)
def test_a_feature_is_on_for_whom_it_is_meant(
    feature: Feature, platform: AppPlatform | None, version: str | None, is_on: bool
) -> None:
    assert feature.is_on_for(platform, version) is is_on
