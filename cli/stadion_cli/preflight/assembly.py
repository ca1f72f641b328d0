"""The cloud assembly of the environment: its templates, with what CloudFormation would put into them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Self

from infra_cdk.environments import ROOT
from stadion_cli.base.errors import CliError
from stadion_cli.preflight.filled import Filled

MANIFEST: Final = "manifest.json"
STACK: Final = "aws:cloudformation:stack"


class NoTemplates(CliError):  # noqa: N818 - reads as what happened
    title = "There are no templates to compare with"


@dataclass(frozen=True)
class Resource:
    stack: str
    logical_id: str
    kind: str
    properties: Mapping[str, Any]


@dataclass(frozen=True)
class Assembly:
    folder: Path

    @classmethod
    def synthesized(cls, stage: str, folder: Path) -> Self:
        """As `cdk deploy` would make it, without credentials."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        done = subprocess.run(
            [sys.executable, "-m", "infra_cdk.app"],
            cwd=ROOT,
            env={**kept, "STADION_ENV": stage, "CDK_OUTDIR": str(folder)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = (done.stdout + done.stderr).strip()[-1500:]
            raise NoTemplates(
                f"The app of {stage} does not synthesize:\n{said}", hint=f"STADION_ENV={stage} npx cdk synth -q"
            )
        return cls.at(folder)

    @classmethod
    def at(cls, folder: Path) -> Self:
        if not (folder / MANIFEST).is_file():
            raise NoTemplates(f"{folder} is no cloud assembly.", hint="STADION_ENV=prod npx cdk synth -q")
        return cls(folder)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
        return read

    @cached_property
    def stacks(self) -> dict[str, dict[str, Any]]:
        """Properties by name, in the order in which they are deployed."""
        artifacts = {name: one for name, one in self.manifest["artifacts"].items() if one["type"] == STACK}
        ordered: dict[str, dict[str, Any]] = {}

        def add(name: str) -> None:
            for before in sorted(set(artifacts[name].get("dependencies", [])) & artifacts.keys()):
                add(before)
            ordered.setdefault(name, artifacts[name]["properties"])

        for name in sorted(artifacts):
            add(name)
        return ordered

    @cached_property
    def templates(self) -> dict[str, dict[str, Any]]:
        return {name: json.loads(self.text_of(name)) for name in self.stacks}

    def text_of(self, stack: str) -> str:
        file: str = self.stacks[stack]["templateFile"]
        return (self.folder / file).read_text(encoding="utf-8")

    def resources(self, kind: str) -> Iterator[Resource]:
        for stack, template in self.templates.items():
            for logical_id, resource in template.get("Resources", {}).items():
                if resource["Type"] == kind:
                    yield Resource(stack, logical_id, kind, resource.get("Properties", {}))

    def filled(self, stack: str, account: str, region: str) -> Filled:
        return Filled(self, stack, account, region)

    def parameter(self, name: str) -> tuple[str, Any] | None:
        """The stack that writes this SSM parameter, and its value."""
        for one in self.resources("AWS::SSM::Parameter"):
            if one.properties.get("Name") == name:
                return one.stack, one.properties["Value"]
        return None
