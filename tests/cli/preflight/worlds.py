"""A world of recorded answers over the templates of production."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from infra_cdk.environments import PROD
from stadion_cli.base.outputs import Outputs
from stadion_cli.preflight.assembly import Assembly
from stadion_cli.preflight.checks import Check, Result, made
from stadion_cli.preflight.mailbox import Typed
from stadion_cli.preflight.run import Run
from stadion_cli.preflight.world import Wishes, World
from tests.cli.preflight.recorded import Answers, RecordedAccount

ENVIRONMENT = replace(PROD.under("trail.run"), push_applications=(("ios", "APNS/stadion-ios"),))
SCHEMA = "55.0.0"


def assembly_in(folder: Path, templates: Mapping[str, Any]) -> Assembly:
    """As `cdk synth` writes one, without assets."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, template in templates.items():
        (folder / f"{name}.template.json").write_text(json.dumps(template), encoding="utf-8")
    stacks = {
        name: {
            "type": "aws:cloudformation:stack",
            "environment": "aws://unknown-account/unknown-region",
            "properties": {"templateFile": f"{name}.template.json"},
            "dependencies": [] if name == "stadion-platform" else ["stadion-platform"],
        }
        for name in templates
    }
    (folder / "manifest.json").write_text(json.dumps({"version": SCHEMA, "artifacts": stacks}), encoding="utf-8")
    return Assembly.at(folder)


def world_of(answers: Answers, assembly: Assembly | None = None, **wishes: Any) -> World:
    def none() -> Assembly:
        raise AssertionError("this check needs no templates")

    return World(
        aws=RecordedAccount.of(answers),
        environment=ENVIRONMENT,
        is_local=False,
        read_assembly=lambda: assembly or none(),
        read_mailbox=lambda _: Typed("me@trail.run"),
        wishes=Wishes(**wishes),
        run=Run("pf00000000"),
    )


def deployed(answers: Answers, *, outputs: Mapping[str, Mapping[str, str]] | None = None, **wishes: Any) -> World:
    """A world whose stacks are there."""
    world = world_of(answers, **wishes)
    world.outputs = Outputs(outputs or OUTPUTS)
    world.has_edge = False
    return world


OUTPUTS = {
    "stadion-platform": {
        "BusName": "stadion",
        "ApiUrl": "https://abc.execute-api.eu-central-1.amazonaws.com",
        "ApiId": "abc",
        "UserPoolId": "eu-central-1_x",
        "UserPoolClientId": "client",
    },
    "stadion-workouts": {"TableName": "stadion-workouts"},
    "stadion-partners": {
        "PartnerApiId": "def",
        "PartnerApiUrl": "https://def.execute-api.eu-central-1.amazonaws.com/live",
    },
    "stadion-telemetry": {"SocketUrl": "wss://ghi.execute-api.eu-central-1.amazonaws.com/live"},
}


def looked(world: World, checks: Iterable[Check]) -> list[Result]:
    return [made(check, world) for check in checks]


def words(results: Iterable[Result]) -> str:
    return "\n".join(finding.words for result in results for finding in result.findings)
