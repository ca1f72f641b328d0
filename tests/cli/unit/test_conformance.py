"""What is told of an emulator that is none of ours."""

from pathlib import Path

import pytest

from stadion_cli.base.errors import CliError
from stadion_cli.stack.conformance import ENDPOINT, SUITE, Difference, ask
from tests.kit.tree import ROOT

TESTS = f"""
import os
import pytest

def test_a_topic_is_fifo():
    assert os.environ["{ENDPOINT}"] == "http://127.0.0.1:9", "asked elsewhere"

def test_an_item_expires():
    assert "DISABLED" == "ENABLED", "it is\\nstill there"

@pytest.fixture
def broken():
    raise RuntimeError("no such action")

def test_a_user_is_forgotten(broken): ...

def test_of_our_own(): pytest.skip("of our own emulator")
"""


def test_each_test_that_fails_there_is_a_difference(tmp_path: Path) -> None:
    suite = tmp_path / "test_strange.py"
    suite.write_text(TESTS)

    opinion = ask("http://127.0.0.1:9", (str(suite),))

    assert (opinion.asked, opinion.left_out) == (4, 1)
    assert [one.what for one in opinion.differences] == ["strange: an item expires", "strange: a user is forgotten"]
    assert "it is still there" in opinion.differences[0].found
    assert isinstance(opinion.differences[1], Difference)
    assert "no such action" in opinion.differences[1].found


def test_a_suite_that_cannot_run_says_so() -> None:
    with pytest.raises(CliError, match="did not run"):
        ask("http://127.0.0.1:9", ("--no-such-option",))


@pytest.mark.parametrize("path", SUITE)
def test_the_suite_is_there(path: str) -> None:
    assert (ROOT / path).exists()
