"""An upgrade of MiniStack that changes mended code stops the emulator at start."""

import pytest

from local.patches.guard import PatchNoLongerFitsError, fingerprint, pin, replace_once


def mended() -> int:
    return 1


def test_unchanged_code_passes() -> None:
    pin(mended, fingerprint("def mended() -> int:\n    return 1\n"))


def test_changed_code_names_the_function_and_both_fingerprints() -> None:
    with pytest.raises(PatchNoLongerFitsError, match=r"mended.*fingerprint [0-9a-f]{12}, expected 000000000000"):
        pin(mended, "000000000000")


@pytest.mark.parametrize("text", ["", "aa"], ids=["gone", "twice"])
def test_a_replaced_line_must_be_there_once(text: str) -> None:
    with pytest.raises(PatchNoLongerFitsError, match="the script"):
        replace_once(text, "a", "b", what="the script")
    assert replace_once("-a-", "a", "b", what="the script") == "-b-"
