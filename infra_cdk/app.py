"""`python -m infra_cdk.app` writes `cdk.out` for the environment named by STADION_ENV: local, dev or prod."""

import json
import os
import sys
import zipfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from aws_cdk import App, Tags

from infra_cdk import stacks
from infra_cdk.environments import ENVIRONMENTS, LOCAL, Environment
from infra_cdk.guardrails import violations
from infra_cdk.nag import add_nag
from infra_cdk.parts.api import in_a_row
from infra_cdk.parts.entry_points import PRODUCT, entry_points
from infra_cdk.stacks.base import ServiceStack
from infra_cdk.stacks.edge import EdgeStack
from infra_cdk.stacks.platform import PlatformStack
from infra_cdk.stacks.timestream import TimestreamStack

FLAGS = {
    "@aws-cdk/aws-iam:minimizePolicies": True,
    "@aws-cdk/aws-lambda:recognizeLayerVersion": True,
    "@aws-cdk/aws-lambda:recognizeVersionProps": True,
    "@aws-cdk/core:enablePartitionLiterals": True,
    "@aws-cdk/core:target-partitions": ["aws"],
}


def service_stacks(services: Collection[str] = ()) -> dict[str, Callable[..., ServiceStack]]:
    """By service: `RoutesStack` of `infra_cdk/stacks/routes.py`, where that is the stack of a service. Those of
    `services` must be there, if their files are."""
    named = {}
    for module in iter_modules(stacks.__path__):
        kind = getattr(import_module(f"{stacks.__name__}.{module.name}"), stack_name(module.name), None)
        if kind is None and module.name in services:
            raise SystemExit(f"infra_cdk/stacks/{module.name}.py has no {stack_name(module.name)}")
        named[module.name] = kind
    return {name: kind for name, kind in named.items() if isinstance(kind, type) and issubclass(kind, ServiceStack)}


def stack_name(service: str) -> str:
    """`training_plans` is `TrainingPlansStack`."""
    return f"{service.title().replace('_', '')}Stack"


def build(environment: Environment, *, outdir: str | None = None) -> tuple[App, list[str]]:
    """The app, and the entry points that its stacks declare but nobody has written yet."""
    app = App(outdir=outdir, context=FLAGS, analytics_reporting=False)
    Tags.of(app).add("product", PRODUCT)
    platform = PlatformStack(app, environment=environment)
    if environment.timestream:
        TimestreamStack(app, environment=environment)
    edge_of(app, environment)
    written = {entry_point.service for entry_point in entry_points(environment.functions)}
    missing: list[str] = []
    made: dict[str, ServiceStack] = {}
    for service, make in service_stacks(written).items():
        if service not in written:
            missing.append(f"{service}/")
            continue
        stack = make(app, environment=environment)
        stack.add_stack_dependency(platform)
        platform.dashboard.add_service(service, functions=stack.functions, queues=stack.queues, facts=stack.facts)
        missing += stack.missing
        in_a_row(stack)
        stack.publish()
        made[service] = stack
    in_a_row(platform)
    platform.publish()
    for stack in made.values():
        for before in stack.comes_after:
            if before in made:
                stack.add_stack_dependency(made[before])
    return app, missing


def edge_of(app: App, environment: Environment) -> bool:
    """Whether there is one. It asks for the ids of the APIs, so it comes after their first deployment."""
    if environment.edge:
        EdgeStack(app, environment=environment)
    return environment.edge


def synthesize(app: App) -> dict[str, Mapping[str, Any]]:
    """Write the cloud assembly; the templates by stack name."""
    return {stack.stack_name: json.loads(Path(stack.template_full_path).read_text()) for stack in app.synth().stacks}


def unzipped(outdir: Path) -> dict[str, int]:
    """Bytes of each asset of the assembly, as Lambda counts them, by its key in the bucket."""
    found = {}
    for asset in outdir.glob("asset.*"):
        key = f"{asset.name.removeprefix('asset.').removesuffix('.zip')}.zip"
        if asset.is_dir():
            found[key] = sum(path.stat().st_size for path in asset.rglob("*") if path.is_file())
        elif zipfile.is_zipfile(asset):
            found[key] = sum(entry.file_size for entry in zipfile.ZipFile(asset).infolist())
    return found


def chosen(variables: Mapping[str, str]) -> Environment:
    """By STADION_ENV; STADION_DOMAIN and STADION_ALARM_MAIL of whom it belongs to; STADION_TIMESTREAM=1 for an account
    that may use Timestream, STADION_MAIL_VERIFIED=0 for one whose mail domain SES has not verified yet, STADION_EDGE=0
    for one that has no edge yet, STADION_FIRST=1 for one that has nothing yet; STADION_CANARY=0 for a mend while its
    alarms ring; STADION_ANOMALY_MONITOR is the account's own monitor of its costs."""
    environment = ENVIRONMENTS[variables.get("STADION_ENV", "local")]
    if environment is LOCAL:
        return environment
    first = variables.get("STADION_FIRST") == "1"
    later = "0" if first else "1"
    if domain := variables.get("STADION_DOMAIN"):
        environment = environment.under(domain)
    return replace(
        environment,
        alarm_mail=variables.get("STADION_ALARM_MAIL", environment.alarm_mail),
        first=first,
        mending=variables.get("STADION_CANARY") == "0",
        timestream=variables.get("STADION_TIMESTREAM") == "1",
        mail_verified=variables.get("STADION_MAIL_VERIFIED", later) == "1",
        edge=variables.get("STADION_EDGE", later) == "1",
        anomaly_monitor=variables.get("STADION_ANOMALY_MONITOR", ""),
    )


def main() -> None:
    environment = chosen(os.environ)
    app, missing = build(environment, outdir=os.environ.get("CDK_OUTDIR", "cdk.out"))
    if missing and environment is not LOCAL:
        sys.exit(f"declared, but not written: {', '.join(missing)}")
    for path in missing:
        sys.stderr.write(f"left out: functions/{path} is not written yet\n")
    if environment is not LOCAL:
        add_nag(app)
    try:
        templates = synthesize(app)
    except RuntimeError as error:
        if "Validation failed" not in str(error):
            raise
        sys.exit("cdk-nag or CloudFormation's own rules refuse this app: see above")
    if problems := violations(templates, unzipped(Path(app.outdir))):
        sys.exit("\n".join(["the guardrails refuse this app:", *problems]))


if __name__ == "__main__":
    main()
