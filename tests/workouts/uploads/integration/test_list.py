"""The list of uploads: newest first, by status, a page at a time, each athlete's own."""

import pytest

from tests.kit.clock import Clock
from tests.kit.services import OTHER, Service
from tests.workouts.diary import announce, arrive
from tests.workouts.recordings.unit.samples import data

RIDE = "4078723797.fit"


def listed(diary: Service, limit: int = 2, **query: str) -> list[str]:
    """Filenames, over all pages."""
    found, cursor = [], None
    while True:
        asked = {**query, "limit": str(limit), **({"cursor": cursor} if cursor else {})}
        page = diary.call("GET", "/v1/uploads", query=asked)
        assert page.status == 200, page.body
        found += [upload["filename"] for upload in page.body["items"]]
        assert len(page.body["items"]) <= limit
        cursor = page.body["next_cursor"]
        if cursor is None:
            return found


@pytest.fixture
def ended(diary: Service, standing_clock: Clock) -> Service:
    for name, sent in (("1.fit", data(RIDE)), ("2.fit", data(RIDE)), ("3.fit", b"nonsense"), ("4.fit", None)):
        upload = announce(diary, name)
        if sent is not None:
            arrive(diary, upload, sent)
        standing_clock.advance(seconds=1)
    standing_clock.advance(hours=2)
    announce(diary, "5.fit")
    return diary


def test_newest_first_and_as_they_are_now(ended: Service) -> None:
    assert listed(ended) == ["5.fit", "4.fit", "3.fit", "2.fit", "1.fit"]
    statuses = [upload["status"] for upload in ended.call("GET", "/v1/uploads").body["items"]]
    assert statuses == ["queued", "failed", "failed", "duplicate", "ready"]
    assert "parts" not in ended.call("GET", "/v1/uploads").body["items"][0]


@pytest.mark.parametrize(
    ("status", "names"),
    [
        ("queued", ["5.fit"]), ("processing", []), ("ready", ["1.fit"]), ("duplicate", ["2.fit"]),
        ("failed", ["4.fit", "3.fit"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("limit", [1, 5])
def test_what_never_arrived_has_failed_here_too(ended: Service, status: str, names: list[str], limit: int) -> None:
    assert listed(ended, limit, status=status) == names


def test_it_says_why(ended: Service) -> None:
    failed = ended.call("GET", "/v1/uploads", query={"status": "failed"}).body["items"]
    assert [upload["problem"]["code"] for upload in failed] == ["file_never_arrived", "unknown_format"]


def test_others_see_none_of_it_and_a_cursor_is_of_one_list(ended: Service) -> None:
    page = ended.call("GET", "/v1/uploads", query={"limit": "1"}).body
    assert ended.call("GET", "/v1/uploads", user=OTHER).body["items"] == []
    for query, user in (({"status": "ready"}, None), ({}, OTHER)):
        asked = {**query, "cursor": page["next_cursor"]}
        refused = ended.call("GET", "/v1/uploads", query=asked, **({"user": user} if user else {}))
        assert (refused.status, refused.body["code"]) == (400, "cursor_is_invalid")
    assert ended.call("GET", "/v1/uploads", query={"status": "lost"}).status == 422


def test_a_diary_of_workouts_has_no_uploads_in_it(ended: Service, standing_clock: Clock) -> None:
    standing_clock.advance(hours=1)
    assert len(ended.call("GET", "/v1/workouts").body["items"]) == 1
