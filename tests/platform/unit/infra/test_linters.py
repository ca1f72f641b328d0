"""The templates and state machines as three strangers judge them: cfn-lint, checkov, asl-validator.

None of them calls anybody. What they say and we keep stands in `tests/linters/accepted.toml` with its reason. cdk-nag
judges while prod is synthesised (`opened`).
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import pytest

from local.paths import HOME, ROOT
from tests.kit.templates import Synthesised
from tests.kit.tools import checkov

LINTERS: Final = ROOT / "tests" / "linters"
ACCEPTED: Final = tomllib.loads((LINTERS / "accepted.toml").read_text(encoding="utf-8"))
BIN: Final = Path(sys.executable).parent
VERDICTS: Final = HOME / "linted"
NOWHERE: Final = "http://127.0.0.1:9"
MACHINES: Final = sorted((ROOT / "statemachines").glob("*.asl.json"))
A_SECRET: Final = re.compile(r"SECRET|PASSWORD|TOKEN|CREDENTIAL")

pytestmark = pytest.mark.long


def written(synthesised: Synthesised, folder: Path) -> list[Path]:
    for name, template in synthesised.templates.items():
        (folder / f"{name}.template.json").write_text(json.dumps(template))
    return sorted(folder.glob("*.template.json"))


def linted(files: list[Path]) -> list[dict[str, Any]]:
    """What cfn-lint says. It takes twenty seconds, so it is asked once for each content."""
    content = b"".join(file.read_bytes() for file in files) + version("cfn-lint").encode()
    verdict = VERDICTS / f"{hashlib.sha256(content).hexdigest()[:16]}.json"
    if not verdict.exists():
        command = [str(BIN / "cfn-lint"), "--format", "json", "-t", *map(str, files)]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        assert said.stdout, said.stderr
        VERDICTS.mkdir(parents=True, exist_ok=True)
        verdict.write_text(said.stdout)
    found: list[dict[str, Any]] = json.loads(verdict.read_text())
    return found


@pytest.mark.parametrize("name", ["local", "dev", "opened"])
def test_cfn_lint_finds_nothing_that_is_not_accepted(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    said = linted(written(request.getfixturevalue(name), tmp_path))

    unexplained = [
        f"{one['Rule']['Id']} {one['Message']} ({'/'.join(map(str, one['Location']['Path'] or ()))})"
        for one in said
        if one["Level"] == "Error" or one["Rule"]["Id"] not in ACCEPTED["cfn-lint"]
    ]
    assert unexplained == []
    if name == "opened":
        assert {one["Rule"]["Id"] for one in said} == ACCEPTED["cfn-lint"].keys(), "said no more: the reason can go"


def test_cfn_lint_would_say_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "wrong.template.json"
    file.write_text(json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"Nme": "q"}}}}))

    assert {one["Level"] for one in linted([file])} == {"Error"}


def checked(folder: Path) -> dict[str, dict[str, list[str]]]:
    """Check -> name of what it wants and logical ids of what fails it. Its door to the world is shut."""
    shut = {"HTTPS_PROXY": NOWHERE, "HTTP_PROXY": NOWHERE, "LOG_LEVEL": "ERROR"}
    quietly = ("--quiet", "--compact", "--soft-fail", "--skip-download")
    said = subprocess.run(
        [str(checkov()), "-d", str(folder), "--framework", "cloudformation", "--output", "json", *quietly],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **shut},
    )
    assert said.returncode == 0, said.stderr[-2000:]
    report = json.loads(said.stdout)
    assert report["summary"]["parsing_errors"] == 0
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in report["results"]["failed_checks"]:
        found[one["check_id"]][one["check_name"]].append(one["resource"].rpartition(".")[2])
    return found


def test_what_checkov_misses_is_explained_and_nothing_else_is(opened: Synthesised, tmp_path: Path) -> None:
    written(opened, tmp_path)

    found = checked(tmp_path)

    explained = ACCEPTED["checkov"]
    assert {check: dict(names) for check, names in found.items() if check not in explained} == {}
    assert explained.keys() - found.keys() == set(), "said no more: the reason can go"
    for check, names in found.items():
        if only := explained[check].get("only"):
            assert sorted(one for ids in names.values() for one in ids) == sorted(only), check


def test_no_variable_of_a_function_is_a_secret(prod: Synthesised) -> None:
    """As `accepted.toml` promises checkov: where one is named, its ARN stands there."""
    for name, function in prod.of_type("AWS::Lambda::Function"):
        for variable, value in function["Environment"]["Variables"].items():
            if A_SECRET.search(variable):
                assert isinstance(value, dict), f"{name}: {variable}"
            assert "{{resolve:" not in json.dumps(value), f"{name}: {variable}"


@pytest.mark.parametrize("file", MACHINES, ids=lambda file: file.name)
def test_asl_validator_takes_the_state_machine(file: Path) -> None:
    assert validated(file) == ""


def test_asl_validator_would_say_what_is_wrong(tmp_path: Path) -> None:
    machine = json.loads(MACHINES[0].read_text())
    machine["StartAt"] = "Nowhere"
    file = tmp_path / "wrong.asl.json"
    file.write_text(json.dumps(machine))

    assert "Nowhere" in validated(file)


def validated(file: Path) -> str:
    """Nothing, or what is wrong."""
    command = [str(ROOT / "node_modules" / ".bin" / "asl-validator"), "--json-path", str(file)]
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"  # Node is in there
    said = subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": path})
    return "" if said.returncode == 0 else said.stdout + said.stderr


def test_cdk_nag_finds_nothing_that_no_construct_accounts_for(opened: Synthesised) -> None:
    assert opened.refused == ""
