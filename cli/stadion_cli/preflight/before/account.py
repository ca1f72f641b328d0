"""1, 2: whose account it is, where, and whether the CDK has made itself at home there."""

import subprocess
from collections.abc import Iterator
from typing import Final

from infra_cdk.environments import ROOT
from local.paths import CDK
from stadion_cli.preflight.checks import Finding, failed, judged, passed, skipped, warned
from stadion_cli.preflight.world import EDGE_REGION, World

HOW_TO: Final = "docs/how-to/first-day-on-aws.md"
WITHOUT_SNAP_START: Final = frozenset({"ap-east-2", "ap-southeast-6"})
"""For Python, as AWS's documentation said in 2026: Taipei and New Zealand."""
BOOTSTRAP: Final = "/cdk-bootstrap/hnb659fds/version"
OLDEST_BOOTSTRAP: Final = 6


def whose(world: World) -> Iterator[Finding]:
    found = world.client("sts").get_caller_identity()
    account, arn = str(found["Account"]), str(found["Arn"])
    seen = f"account {account}, {world.region}, as {arn}"
    wanted = world.wishes.account
    if wanted is None:
        yield warned(
            f"{seen}; nobody said which account {world.environment.name} is",
            f"say it, so that no other one is taken for it: stadion preflight --aws --account {account}",
            account=account,
            region=world.region,
        )
    else:
        yield judged(
            account == wanted,
            seen,
            f"{seen}, and {world.environment.name} is {wanted}",
            "export AWS_PROFILE=… of the right account; aws sts get-caller-identity",
            account=account,
            region=world.region,
        )
    if arn.endswith(":root"):
        yield warned("it is the root user", f"make an administrator and sign in as that ({HOW_TO}#who-runs-it)")


def not_the_emulator(world: World) -> Iterator[Finding]:
    endpoint = world.wishes.exported_endpoint
    yield judged(
        endpoint is None,
        "no AWS_ENDPOINT_URL is exported",
        f"AWS_ENDPOINT_URL={endpoint} is exported: cdk and aws would talk to that",
        "unset AWS_ENDPOINT_URL",
    )


def services(world: World) -> Iterator[Finding]:
    """The calls themselves are the proof: a region without the service has no such host."""
    if world.environment.snap_start:
        yield judged(
            world.region not in WITHOUT_SNAP_START,
            "the region has SnapStart for Python",
            f"{world.region} has no SnapStart for Python",
            "choose another region, or snap_start=False in infra_cdk/environments.py",
        )
    world.client("scheduler").list_schedule_groups(MaxResults=1)
    yield passed("the region has EventBridge Scheduler")
    world.client("sesv2").get_account()
    yield passed("the region has SES")


def bootstrap(world: World) -> Iterator[Finding]:
    """In each region that has a stack of ours: the edge's is its own."""
    regions = [world.region, *([EDGE_REGION] if world.environment.edge and world.region != EDGE_REGION else ())]
    command = " ".join(["npx cdk bootstrap", *(f"aws://{world.account}/{region}" for region in regions)])
    for region in regions:
        version = _bootstrapped(world, region)
        yield judged(
            version >= OLDEST_BOOTSTRAP,
            f"the CDK's bootstrap of {region} is version {version}",
            f"the CDK's bootstrap of {region} is version {version}, and {OLDEST_BOOTSTRAP} is the oldest that these "
            "templates take"
            if version
            else f"the CDK is not bootstrapped in {region}",
            command,
            region=region,
            version=version,
        )


def _bootstrapped(world: World, region: str) -> int:
    """Its version; 0 where there is none."""
    from botocore.exceptions import ClientError

    client = world.client("ssm", None if region == world.region else region)
    try:
        return int(client.get_parameter(Name=BOOTSTRAP)["Parameter"]["Value"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "ParameterNotFound":
            raise
        return 0


def cli_reads_the_assembly(world: World) -> Iterator[Finding]:
    """Asked of the CLI itself: only it knows which schemas it reads."""
    schema = world.assembly.manifest["version"]
    if not CDK.exists():
        yield skipped("the CDK's command line is not installed", "make setup")
        return
    done = subprocess.run(
        [CDK, "list", "--app", str(world.assembly.folder.resolve())],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        yield failed(f"the CDK's command line cannot read schema {schema}: {done.stderr.strip()[-200:]}", "make setup")
    else:
        yield passed(f"the CDK's command line reads schema {schema}")
