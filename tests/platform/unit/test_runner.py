"""The runner of the tests: what a change asks for, and what it calls a success."""

import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import run
from tests.kit import changes, environment, spread
from tests.run import Outcome, Run, Stage

PYTEST = Stage("plain", ("python", "-m", "pytest"))


def outcome(tmp_path: Path, code: int, text: str, stage: Stage = PYTEST) -> Outcome:
    log = tmp_path / "stage.log"
    log.write_text(text)
    return Outcome(stage, code, 1.0, log)


@pytest.mark.parametrize(
    ("code", "text", "failed"),
    [
        (0, "...\n3 passed in 0.1s\n", False),
        (0, "==== 3 passed, 1 skipped in 0.1s ====\n", False),
        (1, "1 failed, 3 passed in 0.1s\n", True),
        (0, "...", True),
        (5, "3 deselected in 0.1s\n", True),
        (0, "no tests ran in 0.1s\n", True),
        (-9, "", True),
    ],
    ids=["passed", "with skips", "failed", "ended by a test", "all deselected", "nothing ran", "killed"],
)
def test_a_stage_has_passed_when_pytest_says_that_tests_passed(
    tmp_path: Path, code: int, text: str, failed: bool
) -> None:
    assert outcome(tmp_path, code, text).failed is failed


def test_a_linter_need_not_say_anything(tmp_path: Path) -> None:
    assert not outcome(tmp_path, 0, "", Stage("lint", ("ruff",))).failed


def test_what_failed_is_shown_without_what_was_captured(tmp_path: Path) -> None:
    text = "= FAILURES =\n___ test_x ___\nE  assert 0\n--- Captured stdout call ---\nnoise\n=== short ===\nFAILED x"

    shown = run._reason(text.replace("= FAILURES =", "=== FAILURES ==="))

    assert "E  assert 0" in shown
    assert "FAILED x" in shown
    assert "noise" not in shown


def test_a_format_that_is_not_ours_is_told_with_the_command_that_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "ROOT", tmp_path)

    shown = run._why(outcome(tmp_path, 1, "Would reformat: a.py", Stage("format", ("ruff",))))

    assert any("make format" in line for line in shown)


@pytest.mark.parametrize("arguments", [["--stages", "unti"], ["--seed", "abc"]])
def test_what_cannot_be_meant_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        run._asked(arguments)
    assert refused.value.code == 2


@pytest.mark.parametrize("service", ["nonsense", "promos,", "promos,nonsense"])
def test_a_folder_that_is_not_there_is_refused(service: str) -> None:
    with pytest.raises(SystemExit, match=r"no folder '(nonsense)?'"):
        run._asked(["--service", service])


@pytest.mark.parametrize(("how", "code"), [("--service=promos", run.NOTHING_RAN), ("--changed", 0)])
def test_a_part_without_tests_is_red_unless_a_change_asks_for_it(how: str, code: int) -> None:
    assert run._tell(run._asked([how, "--stages", "bench"])) == code


def test_of_a_process_that_hung_our_lines_are_shown() -> None:
    ours = f'  File "{run.ROOT}/tests/x.py", line 3 in test_x'
    theirs = f'  File "{run.ROOT}/.venv/lib/pluggy.py", line 1 in call'
    text = f"..Timeout (0:25:00)!\nThread 0x7 (most recent call first):\n{ours}\n{theirs}\n=== FAILURES ===\ncrashed"

    assert run._reason(text) == ["..Timeout (0:25:00)!", ours, "=== FAILURES ===", "crashed"]


def test_of_a_log_its_end_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "READ", 30)

    assert outcome(tmp_path, 0, "x" * 1000 + "\n3 passed in 0.1s\n").closing == "3 passed in 0.1s"


def test_a_run_inherits_nothing_that_would_change_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL_DYNAMODB", "STADION_ENV", "PYTHONWARNINGS", "PYTEST_ADDOPTS",
                 "FORCE_COLOR", "GIT_DIR"):  # fmt: skip
        monkeypatch.setenv(name, "x")

    assert "x" not in environment.of_a_run().values()
    assert environment.of_a_run()["PATH"]


def test_a_test_that_ended_its_worker_is_not_tried_again() -> None:
    """Nor is a file given out whose tests are all through."""
    scheduler = SimpleNamespace(
        assigned_work={"gw0": {"a": {"a1": True}, "b": {"b1": True, "b2": False, "b3": False}, "c": {"c1": False}}},
        workqueue={},
        registered_collections={},
    )

    assert spread.removed(scheduler, "gw0") == "b2"
    assert scheduler.workqueue == {"b": {"b1": True, "b2": True, "b3": False}, "c": {"c1": False}}


def test_every_kind_of_folder_is_in_a_stage() -> None:
    whole = Run(frozenset(run.KINDS))
    given = {part for stage in (*whole.lanes()[0], *whole.lanes()[1], *whole.alone()) for part in stage.command}

    for file in run.TESTS.rglob("test_*.py"):
        assert any(str(parent.relative_to(run.ROOT)) in given for parent in file.parents if parent != run.ROOT), file


class TestChanges:
    def test_a_change_in_a_service_asks_for_its_tests_and_for_those_that_import_it(self) -> None:
        found = changes.asked_for(["functions/promos/offers/store.py"])
        assert {"promos", "platform/unit"} <= set(found.folders)
        assert set(found.folders) >= {name for name in changes.importing("promos") if name.split("/")[0] != "promos"}
        assert found.smoke

    @pytest.mark.parametrize(
        "file", ["layers/shared/python/stadion/ids.py", "tests/kit/stack.py", "requirements.txt", "local/emulator.py",
                 "cli/stadion_cli/app.py", "tests/conftest.py", "functions/platform_/api.py"],
    )  # fmt: skip
    def test_what_all_share_asks_for_all(self, file: str) -> None:
        assert changes.asked_for(["functions/promos/offers/store.py", file]).folders == ()

    def test_what_lies_beside_a_services_tests_asks_for_who_looks_there(self) -> None:
        assert "platform/e2e" in changes.asked_for(["tests/promos/route_cases.py"]).folders
        assert changes.asked_for(["tests/promos/mutants.py"]).folders == ("platform/unit", "promos")
        assert changes.asked_for(["tests/partners/moto.py"]).folders == (), "others' tests may use the fixture"

    def test_prose_asks_for_the_contracts_alone(self) -> None:
        assert changes.asked_for(["README.md", "docs/runbook.md"]) == changes.Part(("platform/unit",), smoke=False)

    def test_a_moved_file_has_changed_where_it_was_and_where_it_is(self, tmp_path: Path) -> None:
        git(tmp_path, "init", "-q")
        (tmp_path / "old name.py").write_text("x = 1\n")
        git(tmp_path, "add", "-A")
        git(tmp_path, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "first")
        git(tmp_path, "mv", "old name.py", "new.py")
        (tmp_path / "untracked.py").write_text("")

        assert changes.changed_files(tmp_path) == ["new.py", "old name.py", "untracked.py"]

    def test_a_revision_that_is_none_is_told(self, tmp_path: Path) -> None:
        git(tmp_path, "init", "-q")
        with pytest.raises(changes.GitError):
            changes.changed_files(tmp_path, "typo")


def git(folder: Path, *words: str) -> None:
    plain = ("-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null")
    subprocess.run(["git", *plain, *words], cwd=folder, check=True, capture_output=True)
