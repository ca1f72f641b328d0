"""`stadion new service` in a copy of the tree: what it writes is as good as what is there; nothing else is edited."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from local.paths import ROOT
from stadion_cli.base.errors import USAGE
from tests.kit.templates import ALARM_MAIL, DOMAIN
from tests.kit.tree import copy_of_tree, environment_of

pytestmark = pytest.mark.long
SERVICE = "training_plans"
"""Of two words: its path, its classes and the order of its imports differ from its name."""
CONTRACTS = (
    "tests/platform/unit/contracts",
    "tests/platform/unit/infra/test_shape.py",
    "tests/platform/unit/infra/test_entry_points.py",
    "tests/platform/unit/infra/test_guardrails.py::test_a_policy_on_a_lent_role_replaces_no_other",
    "tests/platform/unit/infra/test_guardrails.py::test_executions_kept_for_functions_leave_some_for_the_others",
    "tests/platform/unit/test_imports.py",
    "tests/platform/unit/test_structure.py",
    "tests/platform/unit/test_mutants.py",
    "tests/platform/unit/test_readmes.py",
    "tests/platform/unit/test_route_cases.py",
    "tests/platform/unit/test_types.py",
)


def ran(tree: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *command], cwd=tree, env=environment_of(tree), capture_output=True, text=True, check=False
    )


def passed(tree: Path, *command: str) -> str:
    done = ran(tree, *command)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def stadion(tree: Path, *words: str) -> Any:
    return json.loads(passed(tree, "-m", "stadion_cli.app", *words, "--json"))


def texts(tree: Path, folders: Sequence[str]) -> dict[str, bytes]:
    files = [path for folder in folders for path in (tree / folder).rglob("*") if "__pycache__" not in path.parts]
    return {path.relative_to(tree).as_posix(): path.read_bytes() for path in files if path.is_file()}


OURS = ("cli", "docs", "events", "functions", "infra_cdk", "layers", "local", "tests")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of_tree(tmp_path_factory.mktemp("tree"))


@pytest.fixture(scope="module")
def before(tree: Path) -> dict[str, bytes]:
    return texts(tree, OURS)


@pytest.fixture(scope="module")
def written(tree: Path, before: dict[str, bytes]) -> list[str]:
    return list(stadion(tree, "new", "service", SERVICE)["written"])


@pytest.fixture(scope="module")
def contracts(tree: Path, written: list[str]) -> list[str]:
    """What `contracts write` changed."""
    return list(stadion(tree, "contracts", "write")["changed"])


def test_a_service_is_its_folder_its_stack_and_its_events(
    tree: Path, before: dict[str, bytes], written: list[str]
) -> None:
    after = texts(tree, OURS)

    assert {place: text for place, text in after.items() if place in before} == before, "somebody's file was edited"
    assert sorted(after.keys() - before.keys()) == sorted(written)
    places = {f"functions/{SERVICE}", f"tests/{SERVICE}", "infra_cdk/stacks", "layers/shared/python/stadion/events"}
    assert {place for path in written for place in places if path.startswith(f"{place}/")} == places


def test_a_second_time_it_is_there_already(tree: Path, written: list[str]) -> None:
    again = ran(tree, "-m", "stadion_cli.app", "new", "service", SERVICE)

    assert again.returncode == USAGE
    assert f"functions/{SERVICE} exists already" in again.stderr


def test_what_is_written_is_linted_formatted_and_typed(tree: Path, written: list[str]) -> None:
    code = [path for path in written if path.endswith(".py")]

    passed(tree, "-m", "ruff", "check", *code)
    passed(tree, "-m", "ruff", "format", "--check", *code)
    product = [path for path in code if not path.startswith("tests/")]
    # Alone: on a busy machine its workers do not answer within its three seconds.
    passed(tree, "-m", "mypy", "--num-workers=0", "--cache-dir", str(ROOT / ".stadion" / "mypy-of-tests"), *product)


def test_the_contracts_change_by_what_is_new_alone(tree: Path, before: dict[str, bytes], contracts: list[str]) -> None:
    place = "functions/platform_/openapi.json"
    old, new = (json.loads(text)["paths"] for text in (before[place], (tree / place).read_text(encoding="utf-8")))

    assert {path: new[path] for path in old} == old
    assert {path: sorted(new[path]) for path in new.keys() - old.keys()} == {
        "/v1/training-plans": ["get", "post"],
        "/v1/training-plans/workouts": ["get"],
        "/v1/training-plans/{training_plan_id}": ["get", "patch"],
    }
    assert "events/training_plans/TrainingPlanAdded.v1.schema.json" in contracts
    tour = (tree / "README.md").read_text(encoding="utf-8")
    assert "[training_plans](functions/training_plans/README.md)" in tour
    readme = (tree / "functions" / SERVICE / "README.md").read_text(encoding="utf-8")
    assert "| TRAINING_PLANS | `USER#<user_id>` | `TRAINING_PLAN#<training_plan_id>` |" in readme


def test_its_own_tests_and_the_contracts_pass(tree: Path, contracts: list[str]) -> None:
    own = (f"tests/{SERVICE}/unit", f"tests/{SERVICE}/integration")

    shown = passed(tree, "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", *own, *CONTRACTS)

    assert "passed" in shown
    assert stadion(tree, "contracts", "check") == {"drift": []}


def test_it_is_synthesized_for_aws_under_all_guardrails(tree: Path, written: list[str], tmp_path: Path) -> None:
    environment = environment_of(tree) | {"STADION_ENV": "prod", "CDK_OUTDIR": str(tmp_path), "CDK_VALIDATION": "false"}
    environment |= {"STADION_DOMAIN": DOMAIN, "STADION_ALARM_MAIL": ALARM_MAIL, "STADION_BYTECODE": "0"}
    made = subprocess.run(
        [sys.executable, "-m", "infra_cdk.app"], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )

    assert made.returncode == 0, made.stderr
    template = json.loads((tmp_path / "stadion-training-plans.template.json").read_text(encoding="utf-8"))
    functions = [one["Properties"] for one in template["Resources"].values() if one["Type"] == "AWS::Lambda::Function"]
    assert {one["FunctionName"] for one in functions} == {
        "stadion-training-plans-api",
        "stadion-training-plans-on-workout-events",
    }


AWKWARD = (
    ("notes",),
    ("texts", "--one", "text_page"),
    ("items", "--one", "item_kept"),
    ("names", "--one", "nickname"),
)
"""Called as the skeleton's fields, its tests or its imports call something; `events` cannot be a service."""
CALLING = "an_edit_changes or found_where or pages"
"""The tests that name fields, fixtures and lists of their own; all others are collected only."""


def test_no_name_of_a_service_clashes_with_what_the_skeleton_names(tmp_path: Path) -> None:
    tree = copy_of_tree(tmp_path / "tree")
    for name in AWKWARD:
        stadion(tree, "new", "service", *name)
    own = [f"tests/{name}/{kind}" for name, *_ in AWKWARD for kind in ("unit", "integration")]

    shown = passed(tree, "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", "-k", CALLING, *own)

    assert f"{3 * len(AWKWARD)} passed" in shown


@pytest.mark.large
def test_its_mutants_are_killed(tree: Path, written: list[str]) -> None:
    """Its own tests would see it if one of its safeguards were gone."""
    shown = passed(tree, "-m", "tests.mutants", SERVICE)

    assert "2 passed, 0 failed" in shown
