"""Names of files: one line that says what it is."""

import pytest
from pydantic import ValidationError

from workouts.uploads.schemas import NewUpload


@pytest.mark.parametrize("name", ["morning.fit", "Утро 5 км.gpx", "בוקר.tcx", ".fit", "a..b", "🏃.gpx"])
def test_a_name_in_any_script_is_taken(name: str) -> None:
    assert NewUpload(filename=name).filename == name


@pytest.mark.parametrize(
    "name", [".", "..", "...", "a/b.fit", "a\\b.fit", "gpx.\u202etif", "a\x7f.fit", "a\u2028b.fit", "a\nb"]
)
def test_what_hides_what_it_is_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        NewUpload(filename=name)
