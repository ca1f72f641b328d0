"""`make diff`: what it compares with, or why it cannot."""

import subprocess
from pathlib import Path

import pytest

from infra_cdk.diff import left_at


def git(repository: Path, *arguments: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@b.test", "-c", "protocol.file.allow=always")
    done = subprocess.run(["git", *who, *arguments], cwd=repository, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    made = tmp_path / "made"
    made.mkdir()
    git(made, "init", "-q", "-b", "main")
    for word in ("one", "two"):
        git(made, "commit", "-q", "--allow-empty", "-m", word)
    return made


def test_a_branch_is_compared_with_where_it_left(repository: Path) -> None:
    left = git(repository, "rev-parse", "HEAD")
    git(repository, "checkout", "-q", "-b", "change")
    git(repository, "commit", "-q", "--allow-empty", "-m", "mine")

    assert left_at("main", repository) == left


def test_a_base_that_is_not_there_is_told_with_what_to_type(repository: Path) -> None:
    with pytest.raises(SystemExit, match=r"there is no commit nope here.*BASE=origin/main"):
        left_at("nope", repository)


def test_a_shallow_clone_is_told_to_fetch_the_rest(repository: Path) -> None:
    git(repository, "checkout", "-q", "--orphan", "other")
    git(repository, "commit", "-q", "--allow-empty", "-m", "of another root, as a cut history looks")

    with pytest.raises(SystemExit, match=r"have no commit in common here.*git fetch --unshallow"):
        left_at("main", repository)
