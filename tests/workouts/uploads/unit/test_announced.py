"""What an app says of a recording before it sends it."""

from datetime import UTC, datetime

import pytest

from workouts.domain import OnDuplicate
from workouts.uploads.schemas import NewUpload

WORKOUT = "0193a1c0-7b1e-7c3a-9f57-2f6c8e0d4b11"


@pytest.mark.parametrize(("corrects", "meant"), [(None, OnDuplicate.REJECT), (WORKOUT, OnDuplicate.REPLACE)])
def test_who_sends_every_default_of_the_page_means_what_who_leaves_them_out_means(
    corrects: str | None, meant: OnDuplicate
) -> None:
    """Clients that are generated from it do."""
    fields = NewUpload.model_json_schema()["properties"]
    defaults = {name: said["default"] for name, said in fields.items() if "default" in said}
    named = {"filename": "ride.fit", "corrects": corrects}
    whole, short = ({**sent, **named} for sent in (defaults, {}))
    now = datetime(2026, 11, 21, tzinfo=UTC)
    for sent in (whole, short):
        assert NewUpload.model_validate(sent).upload("u-1", "c-1", now).on_duplicate is meant
