"""Codes as people type and paste them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from stadion.codes import ClaimedCode, PromoCode, is_code, key, normal

CODE = "TST-CW3M-QWE6"


@pytest.mark.parametrize(
    "typed",
    [
        "TST-CW3M-QWE6\u00a0",
        "TST-CW3M-QWE6\u200b",
        "\ufeffTST\u2013CW3M\u2013QWE6",
        "TST\u2011CW3M\u2011QWE6",
        "TST\u2212CW3M\u2014QWE6",
        "TST-CW3M-QWE6.",
        "\u00abtst-cw3m-qwe6\u00bb,",
        " TST -CW3M -QWE6",
        "\uff34\uff33\uff34\uff0dCW3M-QWE6",
        "TST--CW3M-QWE6",
        "\u0422S\u0422-\u0421W3\u041c-QW\u04156",
        "\u03a4S\u03a4-CW3\u039c-QW\u03956",
        "t\u00ads\u200et-cw3m-qwe6",
    ],
)
def test_what_people_see_as_the_code_is_the_code(typed: str) -> None:
    assert normal(typed) == CODE


@pytest.mark.parametrize("typed", ["TSTCW3MQWE6", "TST CW3M QWE6", "TST-CW3MQWE6", "T-S-T-C-W-3-M-Q-W-E-6"])
def test_hyphens_tell_no_two_codes_apart(typed: str) -> None:
    assert key(typed) == key(CODE)


def test_what_only_resembles_stays_apart() -> None:
    assert len({key(code) for code in ("RUN-0000", "RUN-OOOO", "RUN-1111", "RUN-IIII", "RUN-LLLL")}) == 5


def test_what_is_no_code_is_refused_at_the_till_and_kept_on_an_order() -> None:
    with pytest.raises(ValidationError, match="letters A-Z"):
        TypeAdapter(PromoCode).validate_python("Скидка!")
    assert not is_code(TypeAdapter(ClaimedCode).validate_python("Скидка!"))
    assert TypeAdapter(ClaimedCode).validate_python("!!!") == "-"


@given(st.text(max_size=60))
def test_to_read_a_code_twice_changes_nothing(typed: str) -> None:
    assert normal(normal(typed)) == normal(typed)
