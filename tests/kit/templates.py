"""The app's templates, synthesised once for each content of the working tree, and kept like those of `stadion up`.

Over the real `functions/`, and layers without third-party packages. Production with everything that an account may
have is made from the command line, under cdk-nag and CloudFormation's own rules: that once stands for all.
"""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from infra_cdk.environments import DEV, LOCAL, PROD, ROOT, Environment
from local.deployment import SOURCES, CdkApp
from local.paths import HOME

DOMAIN: Final = "stadion-app.sport"
"""Somebody's, as an environment on AWS must have; nobody asks it anything."""
ALARM_MAIL: Final = f"on-call@{DOMAIN}"
KEPT: Final = HOME / "test-templates"
HELPER: Final = "tests/kit/templates.py"

Templates = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Synthesised:
    """Templates by stack name, to ask questions of."""

    environment: Environment
    templates: Templates
    missing: list[str]
    refused: str = ""
    """What the command line said against it, if it did."""

    def of_type(self, kind: str, *, stack: str | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
        for name, template in self.templates.items():
            if stack in (None, name):
                for logical_id, resource in template["Resources"].items():
                    if resource["Type"] == kind:
                        yield f"{name}/{logical_id}", resource["Properties"]

    def text(self) -> str:
        return json.dumps(self.templates)


def empty_layer(requirements: Path, environment: Environment, archive: Path) -> Path:
    archive.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("python/empty.py", "")
    return archive


def in_process(environment: Environment, outdir: Path) -> Synthesised:
    """Without cdk-nag, which takes longer than all the rest."""
    from infra_cdk.app import build, synthesize
    from infra_cdk.parts import layers

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layers, "build", empty_layer)
        patch.setattr(layers, "BUILT", outdir / "layers")
        app, missing = build(environment, outdir=str(outdir))
    return Synthesised(environment, synthesize(app), missing)


COMMAND: Final = """
import sys
from pathlib import Path
from infra_cdk.parts import layers
from tests.kit.templates import empty_layer
layers.build, layers.BUILT = empty_layer, Path(sys.argv[1])
from infra_cdk.app import main
main()
"""


def from_the_command_line(environment: Environment, outdir: Path) -> Synthesised:
    """As CI of a deployment would, without credentials: everything that has an opinion is asked."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_"))}
    variables |= {"STADION_ENV": environment.name, "CDK_OUTDIR": str(outdir)}
    variables |= {"STADION_DOMAIN": environment.mail_domain, "STADION_ALARM_MAIL": environment.alarm_mail}
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, str(outdir / "layers")],
        cwd=ROOT,
        env={**variables, **({"STADION_TIMESTREAM": "1"} if environment.timestream else {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return Synthesised(environment, {}, [], done.stdout[-4000:] + done.stderr[-4000:])
    files = sorted(outdir.glob("*.template.json"))
    templates = {file.name.removesuffix(".template.json"): json.loads(file.read_text()) for file in files}
    return Synthesised(environment, templates, [])


def kept(environment: Environment, make: Callable[[Environment, Path], Synthesised]) -> Synthesised:
    """From an earlier run over the same content; two workers wait for one another. A refusal is not kept."""
    name = hashlib.sha256(f"{content_hash()} {make.__name__} {environment!r}".encode()).hexdigest()[:16]
    with _alone(name):
        file = KEPT / f"{name}.json"
        if file.exists():
            os.utime(file)
            return Synthesised(environment, **json.loads(file.read_text()))
        with tempfile.TemporaryDirectory() as outdir:
            made = make(environment, Path(outdir))
        if not made.refused:
            _write(file, {"templates": made.templates, "missing": made.missing})
    return made


def owned(environment: Environment) -> Environment:
    """As its owner deploys it: no guardrail takes the domain of the documents."""
    return replace(environment.under(DOMAIN), alarm_mail=ALARM_MAIL)


@cache
def content_hash() -> str:
    return CdkApp(sources=(*SOURCES, HELPER)).content_hash()


def _write(file: Path, content: dict[str, Any]) -> None:
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(content), encoding="utf-8")
    unfinished.replace(file)
    for old in sorted(KEPT.glob("*.json"), key=lambda path: path.stat().st_mtime)[:-12]:
        old.unlink(missing_ok=True)


@contextmanager
def _alone(name: str) -> Iterator[None]:
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / f"{name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def local() -> Synthesised:
    return kept(LOCAL, in_process)


@pytest.fixture(scope="session")
def dev() -> Synthesised:
    return kept(owned(DEV), in_process)


@pytest.fixture(scope="session")
def prod() -> Synthesised:
    return kept(owned(PROD), in_process)


@pytest.fixture(scope="session")
def opened() -> Synthesised:
    """Production in an account that may use Timestream: all that there can be."""
    return kept(replace(owned(PROD), timestream=True), from_the_command_line)


@pytest.fixture(scope="session")
def runbook() -> str:
    return (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
