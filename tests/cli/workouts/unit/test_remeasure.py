"""`stadion workouts remeasure`: what it asks of the API, and what it says."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer import Exit
from typer.testing import CliRunner

from stadion_cli.app import app
from stadion_cli.base.errors import UsageError
from stadion_cli.base.signed import Refused
from stadion_cli.base.target import Target
from stadion_cli.workouts import commands
from stadion_cli.workouts import report as remeasured

RUN: dict[str, Any] = {
    "run_id": "r-1", "dry_run_id": None, "user_id": None, "started_from": None, "started_to": None, "format": None,
    "state": "ended", "is_stopped": False, "attempt": 1, "chosen": 4, "created_at": "2026-01-01T00:00:00Z",
    "updated_at": "2026-01-01T00:00:00Z",
    "ended_at": "c", "failure": None,
    "counts": {"changed": 2, "otherwise": 0, "unchanged": 1, "left": 0, "gone": 0, "failed": 1},
}  # fmt: skip


def workout(workout_id: str, user_id: str = "u-1", outcome: str = "changed", **more: Any) -> dict[str, Any]:
    known = {"workout_id": workout_id, "user_id": user_id, "outcome": outcome, "changes": {}, "error": None}
    return {**known, "sport_type": "Run", "started_at": "2020-01-01T00:00:00Z", **more}


LISTED = [
    workout("w-1", changes={"distance_m": [5000.0, 4900.5], "sport_type": ["Run", "TrailRun"]}),
    workout("w-2", changes={"distance_m": [1000.0, 1010.0], "ascent_m": [None, 12.0]}),
    workout("w-3", "u-2", "failed", error="ValueError"),
]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What was asked of the API."""
    asked: list[tuple[Any, ...]] = []

    def call(_: Target, method: str, path: str, body: Any = None) -> dict[str, Any]:
        asked.append((method, path, body))
        if "/workouts?" in path:
            first = "cursor" not in path
            return {"items": LISTED[:1] if first else LISTED[1:], "next_cursor": "a b" if first else None}
        return {"items": [RUN]} if path == commands.BASE else RUN

    monkeypatch.setattr(commands, "call", call)
    monkeypatch.setattr(commands, "target", lambda *_, **__: None)
    return asked


def test_it_begins_with_a_dry_run_over_what_was_named(sent: list[tuple[Any, ...]]) -> None:
    commands.start(user="u-1", started_from="2026-01-01T00:00:00Z", file_format=commands.Format.GPX, as_json=True)
    ((method, path, body),) = sent
    assert (method, path.startswith("/v1/admin/remeasure-runs/20")) == ("PUT", True)
    assert body == {"user_id": "u-1", "format": "gpx", "started_from": "2026-01-01T00:00:00+00:00"}


def test_a_list_is_applied_after_a_question(sent: list[tuple[Any, ...]]) -> None:
    with pytest.raises(Exit):  # nobody there to say yes
        commands.start(apply="r-1")
    assert [method for method, _, _ in sent] == ["GET"]
    commands.start(apply="r-1", yes=True, as_json=True)
    assert sent[-1][2] == {"dry_run_id": "r-1"}


def test_a_list_is_applied_whole(sent: list[tuple[Any, ...]]) -> None:
    with pytest.raises(UsageError, match="no others"):
        commands.start(apply="r-1", user="u-1", yes=True)
    assert sent == []


def test_a_list_of_nothing_is_not_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = RUN | {"counts": dict.fromkeys(RUN["counts"], 0)}
    monkeypatch.setattr(commands, "call", lambda *_: nothing)
    monkeypatch.setattr(commands, "target", lambda *_, **__: None)
    with pytest.raises(UsageError, match="nothing that would change"):
        commands.start(apply="r-1", yes=True)


def test_a_list_that_is_not_whole_is_not_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "call", lambda *_: RUN | {"state": "measuring"})
    monkeypatch.setattr(commands, "target", lambda *_, **__: None)
    with pytest.raises(UsageError, match="has not ended"):
        commands.start(apply="r-1", yes=True)


def test_without_a_terminal_it_says_why_nothing_was_done(
    sent: list[tuple[Any, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Exit):
        commands.start(apply="r-1")
    assert "--yes" in capsys.readouterr().err


def test_a_time_that_ends_before_it_begins_is_not_asked_for(sent: list[tuple[Any, ...]]) -> None:
    with pytest.raises(UsageError, match="before --started-to"):
        commands.start(started_from="1d", started_to="3d")
    assert sent == []


def test_a_run_that_is_not_there_is_told_with_where_to_look(monkeypatch: pytest.MonkeyPatch) -> None:
    def call(*_: Any) -> dict[str, Any]:
        raise Refused("404: no", status=404)

    monkeypatch.setattr(commands, "call", call)
    monkeypatch.setattr(commands, "target", lambda *_, **__: None)
    with pytest.raises(UsageError, match="no run r-9") as told:
        commands.status("r-9")
    assert "list" in told.value.hint


@pytest.mark.parametrize("action", ["stop", "resume"])
def test_a_run_is_stopped_and_goes_on(sent: list[tuple[Any, ...]], action: str) -> None:
    getattr(commands, action)("r-1", as_json=True)
    assert sent == [("POST", "/v1/admin/remeasure-runs/r-1/status", {"action": action})]


def test_the_report_adds_up_all_pages(sent: list[tuple[Any, ...]], capsys: pytest.CaptureFixture[str]) -> None:
    commands.report("r-1", as_json=True)
    said = json.loads(capsys.readouterr().out)
    assert sent[-1][1].endswith("/workouts?batches=10&cursor=a%20b")
    assert said["by_field"] == {
        "ascent_m": {"workouts": 1, "difference": None},
        "distance_m": {"workouts": 2, "difference": -89.5},
        "sport_type": {"workouts": 1, "difference": None},
    }
    assert (said["by_athlete"], said["failed"]) == ({"u-1": 2}, {"ValueError": 1})
    assert [one["workout_id"] for one in said["workouts"]] == ["w-1", "w-2", "w-3"]


def test_the_report_is_a_line_for_each_number_too(sent: list[tuple[Any, ...]], tmp_path: Path) -> None:
    commands.report("r-1", csv=tmp_path / "changes.csv")
    assert (tmp_path / "changes.csv").read_text().splitlines() == [
        "user_id,workout_id,started_at,sport_type,outcome,field,before,after",
        "u-1,w-1,2020-01-01T00:00:00Z,Run,changed,distance_m,5000.0,4900.5",
        "u-1,w-1,2020-01-01T00:00:00Z,Run,changed,sport_type,Run,TrailRun",
        "u-1,w-2,2020-01-01T00:00:00Z,Run,changed,distance_m,1000.0,1010.0",
        "u-1,w-2,2020-01-01T00:00:00Z,Run,changed,ascent_m,,12.0",
        "u-2,w-3,2020-01-01T00:00:00Z,Run,failed,,,ValueError",
    ]


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (RUN, ["dry run", "all workouts", "report r-1", "start --apply r-1", "changed"]),
        (RUN | {"dry_run_id": "r-0"}, ["applies r-0"]),
        (RUN | {"state": "measuring", "format": "gpx"}, ["files gpx", "may stand still", "resume r-1"]),
        (RUN | {"state": "measuring", "updated_at": "2100-01-01T00:00:00+00:00"}, ["goes on by itself", "status r-1"]),
        (RUN | {"applied_by": "r-2"}, ["status r-2"]),
        (RUN | {"state": "measuring", "is_stopped": True}, ["stopped while measuring", "resume r-1"]),
        (
            RUN | {"state": "choosing", "failure": {"error": "E", "cause": "no table", "failed_at": "t"}},
            ["so far", "no table", "resume r-1"],
        ),
    ],
)
def test_the_status_says_how_it_is_and_what_to_do(
    run: dict[str, Any], words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    remeasured.show_run(run)
    said = capsys.readouterr().out
    assert [word for word in words if word not in said] == []


def test_people_read_sums_and_runs(sent: list[tuple[Any, ...]], capsys: pytest.CaptureFixture[str]) -> None:
    commands.list_()
    commands.report("r-1")
    said = capsys.readouterr().out
    assert [word for word in ("r-1", "By number", "−89.5", "By athlete", "ValueError") if word not in said] == []
    assert len(sent) == 4


def test_its_help_has_examples() -> None:
    for command in ("start", "status", "list", "report", "stop", "resume"):
        shown = CliRunner().invoke(app, ["workouts", "remeasure", command, "--help"])
        assert shown.exit_code == 0
        assert "stadion workouts remeasure" in shown.output
