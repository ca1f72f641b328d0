"""How many parts an SMS has, and how a text is shortened for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stadion.sms import parts, shortened


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 8, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("è" * 160, 1),
        ("я" * 70, 1),
        ("я" * 71, 2),
        ("я" * 134, 2),
        ("я" * 135, 3),
        ("a" * 69 + "…", 1),
        ("a" * 70 + "…", 2),
        ("👟" * 35, 1),
        ("👟" * 36, 2),
        ("я" * 66 + "👟" + "я" * 66, 3),
        ("“quoted”", 1),
    ],
)
def test_parts_are_counted_as_phones_put_them_together(text: str, count: int) -> None:
    assert parts(text) == count


def test_a_text_that_fits_is_not_touched() -> None:
    assert shortened("Every pair of shoes", lambda text: len(text) <= 19) == "Every pair of shoes"


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [
        ("Every pair of shoes", 18, "Every pair of..."),
        ("Every pair of shoes", 10, "Every..."),
        ("Every, pair of shoes", 10, "Every..."),
        ("Every pair of shoes", 2, ""),
        ("Каждая пара обуви", 12, "Каждая пара…"),
        ("Каждая пара обуви", 8, "Каждая…"),
        ("Unbelievable", 8, "Unbel..."),
        ("https://store.example/winter", 16, ""),
        ("https://store.example/winter now", 16, ""),
        ("https://store.example/winter now", 31, ""),
        ("See https://store.example/a- today and buy", 38, "See https://store.example/a- today..."),
        ("See https://store.example/a- today and buy", 34, "See https://store.example/a- ..."),
        ("See https://store.example/a- today and buy", 20, "See..."),
    ],
)
def test_a_text_is_shortened_at_a_word_and_a_link_stays_whole(text: str, most: int, short: str) -> None:
    assert shortened(text, lambda found: len(found) <= most) == short


@given(st.text(max_size=400), st.integers(0, 3))
def test_what_is_shortened_fits_wherever_nothing_does(text: str, most: int) -> None:
    found = shortened(text, lambda one: len(one) <= most * 50)
    assert found == text if len(text) <= most * 50 else len(found) <= most * 50


@given(st.text(alphabet=st.sampled_from("aя€👟 \n"), max_size=400))
def test_more_text_is_never_fewer_parts(text: str) -> None:
    counts = [parts(text[:end]) for end in range(len(text) + 1)]
    assert counts == sorted(counts)
