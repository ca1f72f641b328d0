"""One list of Pythons: what README and pyproject promise, what the proof records, what Lambda runs."""

import re
import tomllib
from typing import NamedTuple

import pytest

from infra_cdk.environments import DEV, LAMBDA_PYTHON, PROD, ROOT, Environment

PROOF = (ROOT / "docs" / "proof" / "pythons.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CLASSIFIER = "Programming Language :: Python :: "


class Run(NamedTuple):
    python: str
    date: str
    what: str
    result: str


def runs() -> list[Run]:
    rows = re.findall(r"^\| (3\.\d+)\S* \| (\S+) \| (.+?) \| (.+?) \|$", PROOF, re.MULTILINE)
    return [Run(*row) for row in rows]


def in_order(versions: set[str]) -> list[str]:
    return sorted(versions, key=lambda version: [int(part) for part in version.split(".")])


def proven() -> list[str]:
    return in_order({run.python for run in runs() if run.result.startswith("passed")})


def promised() -> list[str]:
    return [name.removeprefix(CLASSIFIER) for name in PROJECT["classifiers"] if name.startswith(CLASSIFIER)]


def test_every_python_that_is_promised_is_proven() -> None:
    assert promised() == proven()
    assert PROJECT["requires-python"] == f">={promised()[0]}"


def test_readme_promises_the_same() -> None:
    *most, last = promised()

    assert f"Both need Python {', '.join(most)} or {last} and make" in README


def test_lambda_runs_the_newest_python_that_is_proven() -> None:
    assert proven()[-1] == LAMBDA_PYTHON


@pytest.mark.parametrize("environment", [DEV, PROD], ids=lambda environment: environment.name)
def test_each_cloud_environment_runs_that_python(environment: Environment) -> None:
    assert environment.runtime.name == f"python{LAMBDA_PYTHON}"
