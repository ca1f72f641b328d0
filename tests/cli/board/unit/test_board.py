"""`stadion board`: all parts of a board as one, and an exit code that says whether anything differs."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from stadion_cli.board import commands

WRONG = {"fault": "count", "prefix": "Yk", "kept": 17, "found": 18}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Of a board in two parts, of which the second is wrong."""
    asked: list[tuple[str, str]] = []

    def call(_: Any, method: str, path: str) -> dict[str, Any]:
        asked.append((method, path))
        part = {"board": "global.all.xp.2026-W49", "entries": 10, "nodes": 2, "wrong": [], "next_cursor": "Y k"}
        return part if "cursor" not in path else {**part, "wrong": [WRONG], "next_cursor": None}

    monkeypatch.setattr(commands, "call", call)
    monkeypatch.setattr(commands, "target", lambda *_, **__: None)
    return asked


def test_drift_goes_over_all_parts_and_ends_with_one(asked: list[tuple[str, str]]) -> None:
    done = CliRunner().invoke(commands.app, ["drift", "global.all.xp.week", "--json"])
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    assert (found["entries"], found["nodes"], found["wrong"]) == (20, 4, [WRONG])
    path = "/v1/admin/boards/global.all.xp.week/drift"
    assert asked == [("GET", path), ("GET", f"{path}?cursor=Y%20k")]


def test_what_was_repaired_is_no_failure(asked: list[tuple[str, str]]) -> None:
    done = CliRunner().invoke(commands.app, ["recount", "global.all.xp.week"])
    assert (done.exit_code, {method for method, _ in asked}) == (0, {"POST"})
    assert "1 were repaired" in done.stdout
