"""`stadion timestream preflight`: may this account have the time series on Timestream?"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Final

import typer

from local.aws import DEFAULT_REGION, region_of_shell
from stadion_cli.base.errors import CliError, UsageError
from stadion_cli.base.output import Json, say, say_line, show_facts, show_json

app = typer.Typer(name="timestream", no_args_is_help=True, rich_markup_mode="rich", help="Time series on Timestream.")

CLOSED_TO_NEW: Final = "Only existing Timestream"
GUIDE: Final = "docs/how-to/timestream.md"
WITHOUT: Final = (
    "Without it everything works: trends, zones, load and series are answered from rollups in DynamoDB, by the same "
    "code that the contract tests hold to the same answers. Deploy without STADION_TIMESTREAM."
)


class Stage(StrEnum):
    LOCAL = "local"
    DEV = "dev"
    PROD = "prod"


class Verdict(StrEnum):
    READY = "ready"
    CLOSED = "closed"
    NOT_ALLOWED = "not allowed"
    NOT_OFFERED = "not offered"


class TimestreamIsClosed(CliError):  # noqa: N818 - reads as what happened
    title = "This account has no Timestream"


@dataclass(frozen=True)
class Finding:
    verdict: Verdict
    said: str = ""
    database: bool = False


@app.callback()
def group() -> None:
    """Time series on Timestream, for accounts that have it."""


@app.command()
def preflight(
    *,
    stage: Annotated[Stage, typer.Option("--stage", help="Whose database.")] = Stage.PROD,
    region: Annotated[str | None, typer.Option("--region", help="Instead of the one of your credentials.")] = None,
    endpoint: Annotated[str | None, typer.Option("--endpoint", "-e", metavar="URL", help="A local Timestream.")] = None,
    as_json: Json = False,
) -> None:
    """May the AWS account of your credentials have the time series on Timestream?

    Asks what every call of an SDK asks first (DescribeEndpoints), and changes nothing. Run it before the first
    deployment with [bold]STADION_TIMESTREAM=1[/bold]: where the answer is no, that stack would be rolled back.

    [bold]Examples[/bold]

      [cyan]stadion timestream preflight[/cyan]
      [cyan]stadion timestream preflight --stage dev --region eu-west-1[/cyan]
    """
    from infra_cdk.timestream_tables import database_name

    database = database_name(stage)
    finding = examine(database, region, endpoint)
    if as_json:
        show_json({"verdict": finding.verdict, "said": finding.said, "database": database, "exists": finding.database})
        raise typer.Exit(0 if finding.verdict is Verdict.READY else TimestreamIsClosed.exit_code)
    if finding.verdict is not Verdict.READY:
        raise explained(finding)
    show_facts({"timestream": "open to this account", database: "there" if finding.database else "not made yet"})
    if stage is Stage.LOCAL:
        return
    say("\nDeploy the opt-in stack and the functions that use it:")
    say_line(f"  [cyan]STADION_ENV={stage} STADION_TIMESTREAM=1 npx cdk deploy --all[/cyan]")


def examine(database: str, region: str | None, endpoint: str | None) -> Finding:
    from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, NoRegionError

    try:
        _client("timestream-query", region, endpoint).describe_endpoints()
        return Finding(Verdict.READY, database=_exists(_client("timestream-write", region, endpoint), database))
    except ClientError as error:
        told = error.response["Error"]
        if "AccessDenied" not in told["Code"]:
            raise UsageError(f"AWS says: {told.get('Message')}", hint="aws sts get-caller-identity") from error
        closed = CLOSED_TO_NEW in told.get("Message", "")
        return Finding(Verdict.CLOSED if closed else Verdict.NOT_ALLOWED, told.get("Message", ""))
    except EndpointConnectionError as error:
        return Finding(Verdict.NOT_OFFERED, str(error))
    except (NoCredentialsError, NoRegionError) as error:
        raise UsageError(f"No AWS account can be reached: {error}", hint="aws sts get-caller-identity") from error


def explained(finding: Finding) -> TimestreamIsClosed:
    reason = {
        Verdict.CLOSED: "Timestream for LiveAnalytics takes no new customers since 20 June 2025, and this account was "
        "none. AWS answers every call so, and a stack with its types is rolled back.",
        Verdict.NOT_ALLOWED: "These credentials may not call timestream:DescribeEndpoints (on *), so whether the "
        "account has Timestream cannot be told. Ask with others.",
        Verdict.NOT_OFFERED: "Nothing answers in this region: Timestream is offered in a few only.",
    }[finding.verdict]
    return TimestreamIsClosed(f"{reason}\n\nAWS says: {finding.said}\n\n{WITHOUT}", hint=GUIDE)


def _exists(client: Any, database: str) -> bool:
    try:
        client.describe_database(DatabaseName=database)
    except client.exceptions.ResourceNotFoundException:
        return False
    return True


def _client(service: str, region: str | None, endpoint: str | None) -> Any:
    """Of the account of the credentials, or of a local endpoint, which asks for none."""
    import boto3
    from botocore.config import Config

    from stadion_cli.base.target import ACCOUNT, AwsAccount

    config: dict[str, Any] = {"connect_timeout": 3, "read_timeout": 10, "retries": {"total_max_attempts": 2}}
    if not endpoint:
        return AwsAccount(ACCOUNT, named_region=region).client(service, **config)
    make: Any = boto3.Session(region_name=region or region_of_shell() or DEFAULT_REGION).client
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return make(service, endpoint_url=endpoint, config=Config(**config), **keys)
