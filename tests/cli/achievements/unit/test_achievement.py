"""`stadion achievement`: what it asks of the API, and what it says."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gamification.achievements.admin_schemas import AchievementRule, RuleValidity
from gamification.achievements.base.problems import problems_of
from gamification.achievements.base.values import RuleDocument
from gamification.achievements.rules.catalogue import catalogue
from local.paths import ROOT
from stadion.i18n import Language
from stadion_cli.achievements import backfill, commands
from stadion_cli.base import documents
from stadion_cli.base.signed import Refused

RUNNER = CliRunner()
MOONLIGHT = ROOT / "docs" / "examples" / "achievements" / "moonlight.yaml"
RUN: dict[str, Any] = {
    "run_id": "r-1", "state": "running", "is_stopped": False, "attempt": 1, "athletes": 50, "unlocked": 7,
    "revoked": 0, "failed": 1, "failed_user_ids": ["u-9"], "failure": {"error": "TimeoutError", "cause": "slow"},
}  # fmt: skip


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What was asked of the API."""
    seen: list[tuple[Any, ...]] = []
    rules = [AchievementRule.of(rule).model_dump(mode="json") for rule in catalogue()]

    def call(_: Any, method: str, path: str, body: Any = None) -> dict[str, Any]:
        seen.append((method, path, body))
        if path.endswith("/check") and "mesure" in body:
            raise Refused("422: 1 of …", status=422, reasons=("#/mesure: This field is not known.",))
        if path.endswith("/check"):
            document = RuleDocument.model_validate(body)
            return RuleValidity.of(document, problems_of(document, {}), Language.EN).model_dump(mode="json")
        if "backfills" in path:
            if "missing" in path:
                raise Refused("no", status=404)
            return {"items": [RUN]} if path == backfill.BASE else RUN
        return {"items": rules} if path == commands.BASE else rules[0]

    for module in (commands, backfill):
        monkeypatch.setattr(module, "call", call)
        monkeypatch.setattr(module, "target", lambda *_, **__: None)
    return seen


def said(*words: str, code: int = 0) -> str:
    ran = RUNNER.invoke(commands.app, list(words))
    assert ran.exit_code == code, ran.output
    return " ".join(ran.output.split())


def test_a_list_names_what_is_hidden_repeats_and_brings_a_reward(sent: list[tuple[Any, ...]]) -> None:
    assert "early_bird" in said("list")
    assert sent == [("GET", commands.BASE, None)]


def test_a_rule_is_explained_in_both_languages(sent: list[tuple[Any, ...]]) -> None:
    told = said("explain", "first_steps")
    assert "workouts: 1" in told
    assert "тренировок: 1" in told
    assert sent == [("GET", f"{commands.BASE}/first_steps", None)]


def test_the_example_is_a_good_rule_and_is_added_by_its_id(sent: list[tuple[Any, ...]]) -> None:
    assert "is a good rule" in said("check", str(MOONLIGHT))
    said("add", str(MOONLIGHT))
    method, path, body = sent[-1]
    assert (method, path) == ("PUT", f"{commands.BASE}/moonlight")
    assert body == documents.of_yaml(MOONLIGHT.read_text(encoding="utf-8"))


def test_what_is_wrong_with_a_file_is_said_at_its_place(sent: list[tuple[Any, ...]], tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(MOONLIGHT.read_text(encoding="utf-8").replace("to: 4", "to: 22"), encoding="utf-8")
    ran = RUNNER.invoke(commands.app, ["check", str(wrong)])
    assert ran.exit_code != 0
    assert "#/where/local_hour" in str(ran.exception)
    assert len(sent) == 1


@pytest.mark.parametrize("words", [("show", "a/../b"), ("retire", "Early", "--yes"), ("explain", "x y")])
def test_what_cannot_be_a_name_asks_nothing(sent: list[tuple[Any, ...]], words: tuple[str, ...]) -> None:
    assert RUNNER.invoke(commands.app, list(words)).exit_code != 0
    assert sent == []


def test_a_run_that_failed_says_how_it_goes_on(sent: list[tuple[Any, ...]]) -> None:
    told = said("backfill", "status", "r-1")
    assert "TimeoutError" in told
    assert "stadion achievement backfill resume r-1" in told
    said("backfill", "resume", "r-1")
    assert sent[-1] == ("POST", f"{backfill.BASE}/r-1/status", {"action": "resume"})
    assert "r-1" in said("backfill", "list")
    said("backfill", "start")
    assert sent[-1][0] == "PUT"


def test_a_run_that_is_not_there_is_told_with_where_to_look(sent: list[tuple[Any, ...]]) -> None:
    ran = RUNNER.invoke(commands.app, ["backfill", "status", "missing"])
    assert "There is no run missing" in str(ran.exception)
    assert len(sent) == 1


def test_what_show_wrote_is_checked_and_added_again(sent: list[tuple[Any, ...]], tmp_path: Path) -> None:
    file = tmp_path / "first_steps.json"
    file.write_text(RUNNER.invoke(commands.app, ["show", "first_steps", "--json"]).stdout, encoding="utf-8")
    said("check", str(file))
    said("add", str(file))
    assert sent[-1][:2] == ("PUT", f"{commands.BASE}/first_steps")
    assert sent[-1][2]["title"]["en"] == "First steps"


def test_a_wrong_form_is_a_wrong_rule_and_no_refusal_of_the_api(sent: list[tuple[Any, ...]], tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(MOONLIGHT.read_text(encoding="utf-8").replace("measure:", "mesure:"), encoding="utf-8")
    ran = RUNNER.invoke(commands.app, ["check", str(wrong)])
    assert isinstance(ran.exception, commands.Invalid)
    assert str(ran.exception) == "#/mesure: This field is not known."
    assert len(sent) == 1


def test_the_name_of_a_run_stands_in_one_line_to_be_copied(
    sent: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "20261201-043345-7b00"
    for key, value in {"run_id": name, "failed_user_ids": [], "failure": None}.items():
        monkeypatch.setitem(RUN, key, value)
    assert name in RUNNER.invoke(commands.app, ["backfill", "status", name]).output
