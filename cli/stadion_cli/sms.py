"""`stadion sms`: what this AWS account may spend on SMS in a month. No template can say it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Final

import typer

from stadion_cli.base.errors import CliError, UsageError
from stadion_cli.base.output import Json, say, show_facts, show_json

app = typer.Typer(name="sms", no_args_is_help=True, rich_markup_mode="rich", help="What SMS may cost in a month.")

LIMIT: Final = "MonthlySpendLimit"
TYPE: Final = "DefaultSMSType"
WHO: Final = "AWS_PROFILE and AWS_REGION say which account; aws sts get-caller-identity"
Stage = Annotated[str, typer.Option("--stage", help="dev or prod: whose limit.")]


class SmsNotReady(CliError):  # noqa: N818 - reads as what happened
    title = "SMS are not ready"


@dataclass(frozen=True)
class Spending:
    """US dollars a month; None where the account was never told, which is AWS's own limit of one dollar."""

    limit_usd: float | None
    wanted_usd: float
    sandbox: bool

    @property
    def troubles(self) -> list[str]:
        return [
            *(
                [f"the account's limit is {_dollars(self.limit_usd)}, the environment's {_dollars(self.wanted_usd)}"]
                if self.limit_usd != self.wanted_usd
                else []
            ),
            *(["the account is in the SMS sandbox: only verified numbers get any"] if self.sandbox else []),
        ]


@app.callback()
def group() -> None:
    """What this AWS account may spend on SMS in a month."""


@app.command()
def status(*, stage: Stage = "prod", as_json: Json = False) -> None:
    """Is the limit of the account the environment's? Changes nothing. Exit code 1 where it is not.

    [bold]Examples[/bold]

      [cyan]stadion sms status[/cyan]
      [cyan]stadion sms status --stage dev --json[/cyan]
    """
    found = spending(stage)
    if as_json:
        show_json({"limit_usd": found.limit_usd, "wanted_usd": found.wanted_usd, "sandbox": found.sandbox})
        raise typer.Exit(SmsNotReady.exit_code if found.troubles else 0)
    if found.troubles:
        raise SmsNotReady("; ".join(found.troubles), hint=f"stadion sms limit --stage {stage}")
    show_facts({"limit a month": _dollars(found.limit_usd), "sandbox": "left"})


@app.command()
def limit(*, stage: Stage = "prod") -> None:
    """Sets the account's monthly limit to the environment's, and SMS to transactional. Safe to repeat.

    AWS refuses more than the account's quota (one dollar at first): ask Support for *SMS Text Messaging, spend limit*.

    [bold]Examples[/bold]

      [cyan]stadion sms limit[/cyan]
    """
    from botocore.exceptions import ClientError

    wanted = _wanted(stage)
    try:
        with _account() as client:
            client.set_sms_attributes(attributes={LIMIT: f"{wanted:.0f}", TYPE: "Transactional"})
    except ClientError as error:
        said = error.response["Error"].get("Message", "")
        raise SmsNotReady(
            f"AWS takes no limit of {_dollars(wanted)}: {said}", hint="Service Quotas, SMS spend limit"
        ) from error
    say(f"SMS may cost {_dollars(wanted)} a month; the alarm [cyan]sms-spend[/cyan] rings at four fifths of it.")


def spending(stage: str) -> Spending:
    from botocore.exceptions import ClientError

    wanted = _wanted(stage)
    try:
        with _account() as client:
            told = client.get_sms_attributes(attributes=[LIMIT])["attributes"].get(LIMIT)
            sandbox = bool(client.get_sms_sandbox_account_status()["IsInSandbox"])
    except ClientError as error:
        raise UsageError(f"AWS says: {error.response['Error'].get('Message')}", hint=WHO) from error
    return Spending(float(told) if told else None, wanted, sandbox)


@contextmanager
def _account() -> Iterator[Any]:
    """That of the caller's credentials: the local stack sends no SMS, and has no limit."""
    from botocore.exceptions import NoCredentialsError, NoRegionError, ProfileNotFound

    try:
        yield _client()
    except (NoCredentialsError, NoRegionError, ProfileNotFound) as error:
        raise UsageError(f"No AWS account can be reached: {error}", hint=WHO) from error


def _wanted(stage: str) -> float:
    from infra_cdk.environments import ENVIRONMENTS

    if stage not in ENVIRONMENTS:
        raise UsageError(f"There is no environment {stage}.", hint=", ".join(ENVIRONMENTS))
    return ENVIRONMENTS[stage].sms_month_usd


def _dollars(amount: float | None) -> str:
    return "never set, so $1" if amount is None else f"${amount:,.0f}"


def _client() -> Any:
    from stadion_cli.base.target import ACCOUNT, AwsAccount

    return AwsAccount(ACCOUNT).client("sns")
