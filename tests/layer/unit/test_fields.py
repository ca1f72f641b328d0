"""Fields that many services share."""

import re

import pytest
from pydantic import TypeAdapter

from stadion.fields import LINE, Amount


@pytest.mark.parametrize("text", ["Home", "Утро 5 км", "בית", "👩‍🚀", "a\u200fb"])
def test_one_line_in_any_script_is_taken(text: str) -> None:
    assert re.search(LINE, text)


@pytest.mark.parametrize(
    "character", ["\x00", "\n", "\x1b", "\x7f", "\x80", "\x85", "\x9b", "\x9f", "\u2028", "\u202e"]
)
def test_no_control_character_is(character: str) -> None:
    assert not re.search(LINE, f"a{character}b")


@pytest.mark.parametrize("value", [-0.0, -0.0004])
def test_nothing_has_no_sign(value: float) -> None:
    assert str(TypeAdapter(Amount).validate_python(value)) == "0.0"
