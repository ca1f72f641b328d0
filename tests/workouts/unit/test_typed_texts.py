"""What an athlete writes at length: lines may break in it, and nothing turns or hides what follows."""

import pytest
from pydantic import TypeAdapter, ValidationError

from workouts.photos.schemas import Alt
from workouts.schemas import Description, Notes

TEXTS = [TypeAdapter(kind) for kind in (Description, Notes, Alt)]


@pytest.mark.parametrize("text", ["", "a\nb\r\n\tc", "Вдоль реки, 👨‍👩‍👧", "שלום"])
def test_text_of_several_lines_in_any_script_is_taken(text: str) -> None:
    assert [kind.validate_python(text) for kind in TEXTS] == [text] * len(TEXTS)


@pytest.mark.parametrize("text", ["a\x00b", "a\x1b[2Jb", "a\u202eb", "a\u2066b", "a\x85b"])
def test_control_characters_and_marks_of_direction_are_refused(text: str) -> None:
    for kind in TEXTS:
        with pytest.raises(ValidationError):
            kind.validate_python(text)
