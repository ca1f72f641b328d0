"""It is installable by itself: what it imports is what it asks for, and the wheel holds all of it."""

import ast
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

from packaging.requirements import Requirement

FOLDER = Path(__file__).resolve().parents[2]
SOURCES = [path for path in FOLDER.rglob("*.py") if "tests" not in path.relative_to(FOLDER).parts]


def imported(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_bytes(), filename=str(path))))
    named = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    named |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return {name.partition(".")[0] for name in named}


def test_it_imports_what_it_asks_for_and_nothing_else() -> None:
    asked = tomllib.loads((FOLDER / "pyproject.toml").read_text())["project"]["dependencies"]
    foreign = {name for path in SOURCES for name in imported(path)} - sys.stdlib_module_names - {FOLDER.name}

    assert len(SOURCES) > 15
    assert foreign == {Requirement(one).name for one in asked}


def test_the_wheel_holds_every_module_and_no_test(tmp_path: Path) -> None:
    build = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    copy = tmp_path / FOLDER.name  # setuptools builds in the folder that it builds
    for path in [*SOURCES, FOLDER / "pyproject.toml", FOLDER / "README.md"]:
        target = copy / path.relative_to(FOLDER)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    subprocess.run([sys.executable, "-c", build, str(tmp_path)], cwd=copy, check=True, capture_output=True)

    [wheel] = tmp_path.glob("*.whl")
    held = {name for name in zipfile.ZipFile(wheel).namelist() if name.endswith(".py")}
    assert held == {f"{FOLDER.name}/{path.relative_to(FOLDER).as_posix()}" for path in SOURCES}
