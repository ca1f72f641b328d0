"""What the runbook and the page of on-call tell to type is there, and takes the account whose alarm rang."""

import re
from functools import cache

import pytest
from typer.testing import CliRunner

from local.paths import ROOT
from stadion_cli.app import app

TOLD = re.compile(r"`stadion (?:--why \"[^\"]*\" )?([a-z][^`…]*)")
OPTION = re.compile(r"--[a-z]+(?:-[a-z]+)*")
ASKS_THE_ACCOUNT_ALWAYS = {"sms status", "sms limit"}


@pytest.mark.parametrize("page", ["runbook.md", "how-to/on-call.md"])
def test_commands_of_the_page_are_there_and_take_an_account(page: str) -> None:
    told = set(TOLD.findall((ROOT / "docs" / page).read_text(encoding="utf-8")))

    assert len(told) > 10
    for line in told:
        options = set(OPTION.findall(help_of(path := path_of(line))))
        assert "--aws" in options or path in ASKS_THE_ACCOUNT_ALWAYS, line
        assert set(OPTION.findall(line)) <= options, line


def path_of(line: str) -> str:
    """The command that a line names: words, as long as there are commands below them."""
    path, *rest = line.split()
    while "COMMAND [ARGS]" in help_of(path):
        path = f"{path} {rest.pop(0)}"
    return path


@cache
def help_of(path: str) -> str:
    shown = CliRunner().invoke(app, [*path.split(), "--help"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0, f"there is no stadion {path}"
    return shown.output
