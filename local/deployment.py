"""From the working tree to a running stack: synthesize once per content, deploy only what changed.

Three things make a second `stadion up` quick: the cloud assembly is kept under the hash of what it is made from, each
stack's template and assets have a hash of their own, and a stamp beside the emulator's state says which of them are
deployed there.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from infra_cdk import node
from local.errors import BootstrapFailed, DeployFailed, SynthFailed, ToolMissing
from local.paths import CDK, CLOUD_ASSEMBLIES, ROOT, VENV_BIN, StackFolder
from local.timestream_process import TimestreamProcess

if TYPE_CHECKING:
    from local.aws import Aws

SOURCES: Final = (
    "infra_cdk",
    "functions",
    "layers",
    "statemachines",
    "events",
    "cdk.json",
    "requirements.txt",
    "package-lock.json",
)
NOT_SOURCES: Final = frozenset({"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", "node_modules"})
ASSEMBLIES_KEPT: Final = 4
ACCOUNT: Final = "000000000000"
BOOTSTRAP_STACK: Final = "CDKToolkit"
PUSH_APPLICATIONS: Final = {"stadion-ios": "APNS", "stadion-android": "GCM"}
"""As `LOCAL.push_applications` names them."""
TOLD_UNDER: Final = "/stadion/platform/"
DEPLOYED: Final = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE"})
FAILED_STATUS: Final = re.compile(r"_FAILED$")
CONSEQUENCE: Final = re.compile(
    r"cancel|rollback|Resource creation cancelled|were not|following resource\(s\) failed", re.I
)
ANSI: Final = re.compile(r"\x1b\[[0-9;]*m")

Report = Callable[[str], None]


def _silent(_: str) -> None:
    return None


@dataclass(frozen=True)
class CdkApp:
    """What is deployed: a command that writes a cloud assembly, and the files that decide about its content."""

    root: Path = ROOT
    command: tuple[str, ...] = (sys.executable, "-m", "infra_cdk.app")
    sources: tuple[str, ...] = SOURCES
    assemblies: Path = CLOUD_ASSEMBLIES

    def content_hash(self) -> str:
        digest = hashlib.sha256(f"{sys.version_info[:2]} local".encode())
        for path in self._files():
            digest.update(str(path.relative_to(self.root)).encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()[:16]

    def _files(self) -> Iterator[Path]:
        for source in self.sources:
            path = self.root / source
            if path.is_file():
                yield path
            elif path.is_dir():
                yield from _files_below(path)


def _files_below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in NOT_SOURCES or path.suffix == ".pyc":
            continue
        if path.is_dir():
            yield from _files_below(path)
        else:
            yield path


@dataclass(frozen=True)
class Assembly:
    """A synthesized cloud assembly."""

    path: Path
    content_hash: str

    def stacks(self) -> dict[str, str]:
        """Hash of template and assets by stack name, in the order of deployment."""
        artifacts = json.loads((self.path / "manifest.json").read_text())["artifacts"]
        stacks = {key: value for key, value in artifacts.items() if value["type"] == "aws:cloudformation:stack"}
        return {_stack_name(key, stacks[key]): self._hash(stacks[key]) for key in _in_order(stacks)}

    def _hash(self, stack: dict[str, Any]) -> str:
        # Assets are named by their content in the template, so the template's bytes say it all.
        template = (self.path / stack["properties"]["templateFile"]).read_bytes()
        parameters = json.dumps(stack["properties"].get("parameters", {}), sort_keys=True)
        return hashlib.sha256(template + parameters.encode()).hexdigest()[:16]


def _stack_name(artifact: str, stack: dict[str, Any]) -> str:
    return str(stack["properties"].get("stackName", artifact))


def _in_order(stacks: dict[str, Any]) -> list[str]:
    ordered: list[str] = []

    def visit(key: str) -> None:
        for needed in stacks[key].get("dependencies", ()):
            if needed in stacks and needed not in ordered:
                visit(needed)
        if key not in ordered:
            ordered.append(key)

    for key in stacks:
        visit(key)
    return ordered


@dataclass(frozen=True)
class Stamp:
    """What was deployed into one emulator."""

    content_hash: str = ""
    stacks: dict[str, str] = field(default_factory=dict)
    deployed_at: str = ""

    @classmethod
    def read(cls, path: Path) -> "Stamp":
        try:
            return cls(**json.loads(path.read_text()))
        except (FileNotFoundError, json.JSONDecodeError, TypeError):
            return cls()

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.__dict__, indent=1))


@dataclass(frozen=True)
class Outcome:
    """What a deployment did."""

    content_hash: str
    deployed: tuple[str, ...]
    unchanged: tuple[str, ...]
    synthesized: bool


class Deployment:
    """Brings one emulator to the content of the working tree."""

    def __init__(self, aws: "Aws", folder: StackFolder, app: CdkApp | None = None) -> None:
        self._aws = aws
        self._folder = folder
        self._app = app or CdkApp()

    def run(self, report: Report = _silent) -> Outcome:
        content_hash = self._app.content_hash()
        stamp = self._true_stamp()
        self._keep_time_series()
        if stamp.content_hash == content_hash:
            return Outcome(content_hash, (), tuple(stamp.stacks), synthesized=False)
        with ThreadPoolExecutor(1) as beside:
            bootstrapped = beside.submit(self._bootstrap_once, report)
            assembly, synthesized = self._assembly(content_hash, report)
            bootstrapped.result()
        return self._deploy_changed(assembly, stamp, report, synthesized=synthesized)

    def _deploy_changed(self, assembly: Assembly, stamp: Stamp, report: Report, *, synthesized: bool) -> Outcome:
        wanted = assembly.stacks()
        changed = [name for name, its_hash in wanted.items() if stamp.stacks.get(name) != its_hash]
        if changed:
            before = self._told()
            self._deploy(assembly, changed, report)
            others = [name for name in wanted if name not in changed]
            if others and before and self._told() != before:
                self._deploy(assembly, others, report)
                changed += others
        self._keep_push_applications()
        self._stamp(assembly.content_hash, wanted)
        unchanged = tuple(name for name in wanted if name not in changed)
        return Outcome(assembly.content_hash, tuple(changed), unchanged, synthesized)

    def _told(self) -> dict[str, str]:
        """What the platform tells the other stacks: each deployment of one reads it once."""
        pages = self._aws.client("ssm").get_paginator("get_parameters_by_path").paginate(Path=TOLD_UNDER)
        return {one["Name"]: one["Value"] for page in pages for one in page["Parameters"]}

    def _true_stamp(self) -> Stamp:
        """The stamp, but only for stacks that are really there (an emulator may have been reset behind our back)."""
        stamp = Stamp.read(self._folder.stamp)
        if not stamp.stacks:
            return stamp
        there = {name for name, status in self._aws.stack_states().items() if status in DEPLOYED}
        stacks = {name: its_hash for name, its_hash in stamp.stacks.items() if name in there}
        content_hash = stamp.content_hash if stacks == stamp.stacks else ""
        return Stamp(content_hash, stacks, stamp.deployed_at)

    def _stamp(self, content_hash: str, stacks: dict[str, str]) -> None:
        from datetime import UTC, datetime

        Stamp(content_hash, stacks, datetime.now(UTC).isoformat(timespec="seconds")).write(self._folder.stamp)

    # synthesis

    def _assembly(self, content_hash: str, report: Report) -> tuple[Assembly, bool]:
        path = self._app.assemblies / content_hash
        if (path / "manifest.json").exists():
            os.utime(path)
            return Assembly(path, content_hash), False
        report("synthesizing the CDK app")
        self._synthesize(path)
        _keep_newest(self._app.assemblies, ASSEMBLIES_KEPT)
        return Assembly(path, content_hash), True

    def _synthesize(self, path: Path) -> None:
        unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.parent.mkdir(parents=True, exist_ok=True)
        environment = self._environment() | {"CDK_OUTDIR": str(unfinished)}
        done = subprocess.run(
            self._app.command, cwd=self._app.root, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode or not (unfinished / "manifest.json").exists():
            shutil.rmtree(unfinished, ignore_errors=True)
            raise SynthFailed(
                _last_lines(done.stderr or done.stdout, 25), hint=f"Try it: {' '.join(self._app.command)}"
            )
        shutil.rmtree(path, ignore_errors=True)
        unfinished.rename(path)

    # deployment

    def _bootstrap_once(self, report: Report) -> None:
        if self._aws.stack_states().get(BOOTSTRAP_STACK) in DEPLOYED:
            return
        report("bootstrapping CDK")
        done = self._cdk("bootstrap", f"aws://{ACCOUNT}/{self._aws.region}", on_line=_silent)
        if done.returncode:
            raise BootstrapFailed(_last_lines(done.stdout, 15))

    def _deploy(self, assembly: Assembly, names: Sequence[str], report: Report) -> None:
        report(f"deploying {', '.join(names)}")
        progress = _Progress(names, report)
        done = self._cdk(
            "deploy", *names, "--exclusively", "--app", str(assembly.path), "--method=direct",
            "--require-approval", "never", "--concurrency", "4", "--progress", "events", "--ci",
            "--outputs-file", str(self._folder.outputs), on_line=progress,
        )  # fmt: skip
        if done.returncode:
            raise self._why_it_failed(names, done.stdout)

    def _why_it_failed(self, names: Sequence[str], output: str) -> DeployFailed:
        for name in names:
            if reason := self._failed_resource(name):
                return DeployFailed(f"{name}: {reason}", hint=f"The emulator's log: {self._folder.log}")
        told = [line.strip() for line in output.splitlines() if re.search(r"❌|fail|error", line, re.I)]
        return DeployFailed("\n".join(dict.fromkeys(told[-8:])) or _last_lines(output, 15))

    def _failed_resource(self, stack: str) -> str | None:
        """The first resource that failed by itself, with its reason, in the words of CloudFormation."""
        for event in reversed(self._aws.last_stack_events(stack)):
            reason = event.get("ResourceStatusReason", "")
            if FAILED_STATUS.search(event["ResourceStatus"]) and reason and not CONSEQUENCE.search(reason):
                return f"{event['LogicalResourceId']} ({event['ResourceType']})\n{reason}"
        return None

    def _keep_push_applications(self) -> None:
        """What pushes go through holds credentials: CloudFormation has no type for it, here or on AWS."""
        for name, platform in PUSH_APPLICATIONS.items():
            self._aws.keep_push_application(name, platform)

    def _keep_time_series(self) -> None:
        """By API, not in the template: the tables are another process's, with a state of its own that may be gone while
        the stacks are there, and with somebody else's emulator there is no Timestream and the type would be refused."""
        timestream = TimestreamProcess(self._folder)
        if timestream.running() and not timestream.has_tables():
            timestream.make_tables()

    # the CDK command line

    def _cdk(self, *arguments: str, on_line: Report) -> "subprocess.CompletedProcess[str]":
        if not CDK.exists():
            raise ToolMissing("The CDK command line (node_modules/aws-cdk)")
        command = [str(_node()), str(CDK), *arguments, "--no-color", "--no-notices", "--no-version-reporting"]
        # Outside the repository: the command line would run the `app` of cdk.json even to bootstrap.
        process = subprocess.Popen(
            command, cwd=self._folder.path, env=self._environment(), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        lines = []
        with process:
            for line in process.stdout or ():
                lines.append(ANSI.sub("", line))
                on_line(lines[-1])
        return subprocess.CompletedProcess(command, process.returncode, "".join(lines))

    def _environment(self) -> dict[str, str]:
        """The shell's, without another account's profile, and with Node and uv of this environment first."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "CDK_"))}
        path = os.pathsep.join((str(_node().parent), str(VENV_BIN), inherited.get("PATH", "")))
        return inherited | self._aws.environment() | {
            "PATH": path,
            "STADION_ENV": "local",
            "CDK_VALIDATION": "false",
            "CDK_DEFAULT_ACCOUNT": ACCOUNT,
            "CDK_DEFAULT_REGION": self._aws.region,
            "CDK_DISABLE_VERSION_CHECK": "1",
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
        }  # fmt: skip


class _Progress:
    """Turns the CDK command line's output into one line of progress."""

    def __init__(self, names: Sequence[str], report: Report) -> None:
        self._total = len(names)
        self._names = names
        self._done: list[str] = []
        self._resources = 0
        self._report = report

    def __call__(self, line: str) -> None:
        name = next((name for name in self._names if name in line), None)
        if name is None:
            return
        if "✅" in line and name not in self._done:
            self._done.append(name)
        self._resources += "_COMPLETE | AWS::" in re.sub(r"\s+", " ", line)
        self._report(f"deployed {len(self._done)} of {self._total} stacks  ({self._resources} resources, {name})")


def _node() -> Path:
    found = node.binary()
    if found is None:
        raise ToolMissing("Node")
    return found


def _keep_newest(folder: Path, count: int) -> None:
    assemblies = [path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")]
    for path in sorted(assemblies, key=lambda path: path.stat().st_mtime, reverse=True)[count:]:
        shutil.rmtree(path, ignore_errors=True)


def _last_lines(text: str, count: int) -> str:
    return "\n".join(ANSI.sub("", text).strip().splitlines()[-count:])
