"""What a change does to the templates of a stage, for the review of it: `make diff STAGE=prod [BASE=main]`.

The working tree's templates against those of a commit, by `cdk diff`. Each set is kept under the hash of what it is
made from: a base is synthesized once, the same tree never twice. No account is asked: a review needs no credentials.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from infra_cdk import node
from infra_cdk.environments import ROOT

KEPT: Final = ROOT / ".stadion" / "templates"
SETS_KEPT: Final = 8
MADE_FROM: Final = ("infra_cdk", "functions", "layers", "statemachines", "events", "requirements.txt")
OWNER: Final = {"STADION_DOMAIN": "review.stadion-app.sport", "STADION_ALARM_MAIL": "on-call@review.stadion-app.sport"}
"""Whoever reviews need not know whose it is: it is the same on both sides."""
QUIET: Final = ("--exclusively", "--no-color", "--no-notices", "--no-version-reporting")
WITHOUT_PACKAGES: Final = """
import zipfile
from infra_cdk.parts import layers
def empty(requirements, environment, archive):
    archive.parent.mkdir(parents=True, exist_ok=True)
    zipfile.ZipFile(archive, "w").close()
    return archive
layers.build = empty
from infra_cdk.app import main
main()
"""
"""A layer's name in a template is the hash of its list: what is in it need not be there."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stage", default="prod", choices=["dev", "prod"])
    parser.add_argument("--base", default="main", help="a commit; the one where this branch left it")
    asked = parser.parse_args()
    commit = left_at(asked.base)
    with _tree_of(commit) as tree:
        before = synthesized(tree, asked.stage)
    after = synthesized(ROOT, asked.stage)
    _say(f"{asked.stage}: {before.name} ({commit[:12]}) against {after.name} (the working tree)")
    if before == after:
        _say("the same templates")
    for stack in sorted(_stacks(before) | _stacks(after)):
        show(stack, before, after)


def left_at(base: str, repository: Path = ROOT) -> str:
    """The commit at which HEAD left the base."""
    try:
        _git("rev-parse", "--verify", "--quiet", f"{base}^{{commit}}", cwd=repository)
    except SystemExit:
        sys.exit(f"there is no commit {base} here: git fetch, then BASE=origin/main or another")
    try:
        return _git("merge-base", base, "HEAD", cwd=repository)
    except SystemExit:
        sys.exit(f"{base} and HEAD have no commit in common here: git fetch --unshallow, or another BASE")


def synthesized(tree: Path, stage: str) -> Path:
    """The cloud assembly of a tree, made or kept."""
    kept = KEPT / f"{stage}-{made_from(tree)}"
    if (kept / "manifest.json").exists():
        os.utime(kept)
        return kept
    KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=KEPT) as unfinished:
        told = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "CDK_", "STADION_", "PYTHONPATH"))}
        variables = told | OWNER | {"STADION_ENV": stage, "CDK_OUTDIR": unfinished}
        done = subprocess.run(
            [sys.executable, "-c", WITHOUT_PACKAGES],
            cwd=tree,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"{tree} cannot be synthesized:\n{(done.stdout + done.stderr)[-4000:]}")
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(unfinished, kept, ignore=shutil.ignore_patterns("asset.*"))
    for old in sorted(KEPT.glob("*-*"), key=lambda path: path.stat().st_mtime)[:-SETS_KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return kept


def made_from(tree: Path) -> str:
    """Git's own hash of the files of a tree as they lie there, those that nobody has added yet among them."""
    with tempfile.TemporaryDirectory() as folder:
        index = {**os.environ, "GIT_INDEX_FILE": str(Path(folder, "index"))}
        _git("add", "--all", "--", *[one for one in MADE_FROM if (tree / one).exists()], cwd=tree, env=index)
        return _git("write-tree", cwd=tree, env=index)[:16]


def show(stack: str, before: Path, after: Path) -> None:
    """What `cdk diff` says of it; a stack that is new, or gone, is compared with nothing."""
    old, new = (path / f"{stack}.template.json" for path in (before, after))
    if not new.exists():
        _say(f"Stack {stack}\nis gone: nothing deletes it but `cdk destroy {stack}`")
        return
    if old.exists() and json.loads(old.read_text()) == json.loads(new.read_text()):
        return
    with tempfile.NamedTemporaryFile("w", suffix=".json") as nothing:
        nothing.write("{}")
        nothing.flush()
        template = old if old.exists() else Path(nothing.name)
        cdk = [str(node.binary()), str(ROOT / "node_modules" / "aws-cdk" / "bin" / "cdk")]
        subprocess.run(
            [*cdk, "diff", stack, "--app", str(after), "--template", str(template), *QUIET],
            cwd=KEPT,
            check=False,
        )


def _say(line: str) -> None:
    """Before what the command line says of it."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _stacks(assembly: Path) -> set[str]:
    return {path.name.removesuffix(".template.json") for path in assembly.glob("*.template.json")}


@contextmanager
def _tree_of(commit: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder, "tree")
        _git("worktree", "add", "--quiet", "--detach", str(tree), commit)
        try:
            yield tree
        finally:
            _git("worktree", "remove", "--force", str(tree))


def _git(*arguments: str, cwd: Path = ROOT, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(["git", *arguments], cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr.strip())
    return done.stdout.strip()


if __name__ == "__main__":
    main()
