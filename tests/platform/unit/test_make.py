"""`make PYTHON=…` works on the Python that was named."""

import shutil
import subprocess
from pathlib import Path

import pytest

from infra_cdk.environments import ROOT

INPUTS = ("requirements.txt", "tests/linters/requirements.txt", "package.json", "package-lock.json", "pyproject.toml")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder that was set up with Python 3.11.7."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "tests" / "linters").mkdir(parents=True)
    for name in INPUTS:
        (tmp_path / name).touch()
    fake_python(tmp_path / ".venv" / "bin" / "python", version="3.11.7")
    fake_python(tmp_path / ".venv" / "bin" / "uv", version="0.13.8")
    (tmp_path / "node_modules" / "aws-cdk" / "bin").mkdir(parents=True)
    (tmp_path / "node_modules" / "aws-cdk" / "bin" / "cdk").touch()
    (tmp_path / ".venv" / ".ready").touch()
    return tmp_path


def fake_python(path: Path, *, version: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{version}'\n")
    path.chmod(0o755)
    return path


def plan(project: Path, *arguments: str) -> str:
    """What `make setup` would do."""
    asked = ["make", "--no-print-directory", "-n", "setup", *arguments]
    return subprocess.run(
        asked, cwd=project, check=True, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"}
    ).stdout


def test_another_python_gets_an_environment_of_its_own(project: Path) -> None:
    newer = fake_python(project / "python3.13", version="3.13.0")

    planned = plan(project, f"PYTHON={newer}")

    assert planned.index("Stadion needs Python") < planned.index("rm -rf .venv") < planned.index(f"{newer} -m venv")


def test_the_python_that_is_there_keeps_its_environment(project: Path) -> None:
    same = fake_python(project / "python3.11", version="3.11.7")

    planned = plan(project, f"PYTHON={same}")

    assert "venv" not in planned


def test_who_names_no_python_keeps_the_environment(project: Path) -> None:
    planned = plan(project)

    assert "venv" not in planned


@pytest.mark.parametrize("gone", [".venv/bin/uv", "node_modules/aws-cdk/bin/cdk"])
def test_what_somebody_removed_is_made_again(project: Path, gone: str) -> None:
    (project / gone).unlink()

    planned = plan(project)

    assert "npm ci" in planned
