"""What mypy leaves unread must be nothing that we use: its names would be `Any`, and every call of them right."""

import ast
import tomllib

from local.paths import ROOT
from local.structure import PARENTS, packages, sources

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
PACKAGES = [path for parent in PARENTS for path in packages(parent)]


def imported() -> set[str]:
    """The modules of the CDK that the packages under mypy name."""
    files = [file for path in PACKAGES for file in sources(path)]
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_bytes(), filename=str(file)))]
    named = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    named |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return {module for module in named if module.split(".")[0] == "aws_cdk"}


def test_every_package_of_ours_is_read() -> None:
    roots = [ROOT / folder for folder in SETTINGS["files"]]

    unread = [path for path in PACKAGES if not any(path.is_relative_to(root) for root in roots)]
    assert len(PACKAGES) > 12
    assert unread == []


def test_every_module_of_the_cdk_that_we_import_is_read() -> None:
    normal = [one["module"] for one in SETTINGS["overrides"] if one.get("follow_imports") == "normal"]

    used = imported()

    assert len(used) > 15, "the search finds nothing"
    assert used <= set(normal[0])


def test_what_is_left_unread_is_of_the_cdk_alone() -> None:
    skipped = [one["module"] for one in SETTINGS["overrides"] if one.get("follow_imports") == "skip"]

    assert skipped == [["aws_cdk.*"]]
