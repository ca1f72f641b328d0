"""A service that was just written, deployed to an emulator of its own: its end-to-end tests pass as they are."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.tree import copy_of_tree, environment_of


@pytest.mark.long
def test_it_is_deployed_answers_and_hears_of_workouts(tmp_path: Path) -> None:
    tree = copy_of_tree(tmp_path / "tree")
    environment = environment_of(tree)

    for command in (
        ("-m", "stadion_cli.app", "new", "service", "routes"),
        ("-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", "tests/routes/e2e"),
    ):
        done = subprocess.run(
            [sys.executable, *command], cwd=tree, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    assert "2 passed" in done.stdout
