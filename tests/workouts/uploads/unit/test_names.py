"""Names of files: one line that says what it is."""

import pytest
from pydantic import ValidationError

from workouts.uploads.schemas import NewUpload


@pytest.mark.parametrize("name", ["morning.fit", "Утро 5 км.gpx", "בוקר.tcx", ".fit", "a..b", "🏃.gpx"])
def test_a_name_in_any_script_is_taken(name: str) -> None:
    assert NewUpload(filename=name).filename == name


@pytest.mark.parametrize(
    "name",
    [".", "..", "...", "a/b.fit", "a\\b.fit", "a\nb", "a\x7f.fit", "a\x85b.fit", "a\x9b31m.fit", "a\u2028b.fit"]
    + [f"gpx.{mark}tif" for mark in "\u061c\u200e\u200f\u202a\u202e\u2066\u2069"],
)
def test_what_hides_what_it_is_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        NewUpload(filename=name)
