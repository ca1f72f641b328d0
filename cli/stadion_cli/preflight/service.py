"""`stadion preflight`: is an AWS account ready for Stadion, and does what was deployed there work?"""

import os
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from stadion_cli.base.errors import CliError, UsageError
from stadion_cli.base.options import Endpoint, OnAws, Port
from stadion_cli.base.output import Json, Steps, confirm, say, show_json
from stadion_cli.preflight.assembly import Assembly
from stadion_cli.preflight.checks import Check, Result, made, worst
from stadion_cli.preflight.run import Run
from stadion_cli.preflight.shown import as_document, show_result, show_summary
from stadion_cli.preflight.world import Wishes, World

COULD_NOT_RUN: Final = 2
RUN_COSTS_USD: Final = 0.05
"""Requests, mails and executions of the checks after the deploy, at us-east-1's prices of 2026-12."""
EXPORTED: Final = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_CLOUDFORMATION", "AWS_ENDPOINT_URL_STS")

Stage = Annotated[str | None, typer.Option("--stage", help="dev or prod; without it, that of STADION_ENV.")]
Before = Annotated[bool, typer.Option("--before", help="Only what is looked at before a deploy: 1 to 11.")]
After = Annotated[bool, typer.Option("--after", help="Only what is looked at after a deploy: 12 to 25.")]
Numbers = Annotated[str | None, typer.Option(metavar="3,7", help="Only these.")]
Skip = Annotated[str | None, typer.Option(metavar="6,12", help="All but these.")]
Templates = Annotated[Path | None, typer.Option("--templates", help="A cloud assembly (cdk.out), not a new one.")]
Account = Annotated[str | None, typer.Option("--account", envvar="STADION_ACCOUNT", help="The account it must be.")]
Mail = Annotated[
    str | None,
    typer.Option("--mailbox", envvar="STADION_MAILBOX", help="Where test athletes get mail: me@example.org."),
]
Imap = Annotated[
    str | None,
    typer.Option("--imap", envvar="STADION_IMAP", help="imaps://user:password@host reads it; else you are asked."),
]


def preflight(
    *,
    stage: Stage = None,
    before: Before = False,
    after: After = False,
    only: Numbers = None,
    skip: Skip = None,
    long: Annotated[bool, typer.Option("--long", help="Also what takes minutes or hours.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Go on although it costs some cents.")] = False,
    sweep: Annotated[
        str | None, typer.Option("--sweep", metavar="RUN", help="Remove what a run left, and no more.")
    ] = None,
    templates: Templates = None,
    account: Account = None,
    mailbox: Mail = None,
    imap: Imap = None,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """25 checks of an AWS account: 1 to 11 before a deploy, 12 to 25 after it.

    Before: nothing stays. After: athletes, a partner and a campaign of a run id are made, and removed however it ends.
    Exit codes: 0 nothing failed, 1 a check failed, 2 something could not be looked at.

    [bold]Examples[/bold]

      [cyan]stadion preflight --aws --before --account 123456789012[/cyan]
      [cyan]stadion preflight --aws --after --mailbox me@example.org[/cyan]
      [cyan]stadion preflight --aws --only 3,4 --json[/cyan]
      [cyan]stadion preflight --aws --sweep pf1a2b3c4d[/cyan]             what a killed run left
      [cyan]stadion preflight --after[/cyan]                              the local stack, as far as it can
    """
    from stadion_cli.preflight.sweep import swept

    with tempfile.TemporaryDirectory() as folder:
        world = _world(stage, templates, Path(folder), Wishes(account, long, _exported() if on_aws else None),
                       mailbox, imap, port, endpoint, on_aws=on_aws)  # fmt: skip
        if sweep is not None:
            world.run = Run(sweep)
            _refuse_elsewhere(world)
            found = swept(world)
            show_json({"run": sweep, "removed": found}) if as_json else say(f"{sweep}: removed {_told(found)}")
            return
        chosen = _chosen(before, after, only, skip)
        with _reachable(on_aws):
            where = f"account {world.account}, {world.region}" if on_aws else world.aws.endpoint
        if not as_json:
            say(f"[bold]{world.environment.name}[/bold] at {where}, run {world.run.run_id}")
        if on_aws and not _agreed(chosen, yes):
            raise UsageError("Nothing was looked at.", hint="--yes, or --skip what costs")
        if _makes_data(chosen):
            _refuse_elsewhere(world)
        results = _looked(world, chosen, quiet=as_json)
        if as_json:
            show_json(as_document(world, results))
        else:
            show_summary(results)
    raise typer.Exit(_exit_code(results))


def _looked(world: World, chosen: Sequence[Check], *, quiet: bool) -> list[Result]:
    from stadion_cli.preflight.sweep import swept

    results: list[Result] = []
    with _terminable():
        try:
            for check in chosen:
                with Steps(quiet=quiet or not sys.stderr.isatty()).step(f"{check.number:>2} {check.title}"):
                    results.append(made(check, world))
                if not quiet:
                    show_result(results[-1])
        finally:
            if _makes_data(chosen):
                _sweep_or_tell(world, swept)
    return results


def _sweep_or_tell(world: World, sweep: Any) -> None:
    """Also who interrupts the removal hears how it is gone on with."""
    try:
        sweep(world)
    except (Exception, KeyboardInterrupt) as error:
        raise CliError(
            f"Test data of {world.run.run_id} may be left: {error or type(error).__name__}",
            hint=f"stadion preflight --sweep {world.run.run_id}" + ("" if world.is_local else " --aws"),
        ) from error


LAST_BEFORE: Final = 11


def _makes_data(chosen: Sequence[Check]) -> bool:
    return any(check.number > LAST_BEFORE for check in chosen)


def _refuse_elsewhere(world: World) -> None:
    """Test data go into no other account than the one that was named, and out of none."""
    wanted = world.wishes.account
    if not world.is_local and wanted and world.account != wanted:
        raise UsageError(
            f"These are credentials of the account {world.account}, not of {wanted}. Nothing was made or removed.",
            hint="aws sts get-caller-identity, AWS_PROFILE",
        )


def _all_checks() -> tuple[Check, ...]:
    from stadion_cli.preflight.after.listed import CHECKS as AFTER
    from stadion_cli.preflight.before.listed import CHECKS as BEFORE

    return (*BEFORE, *AFTER)


def _chosen(before: bool, after: bool, only: str | None, skip: str | None) -> list[Check]:
    if before and after:
        raise UsageError("--before and --after together are all of it: leave both out.")
    checks = _all_checks()
    wanted = _numbers(only, checks) if only else {check.number for check in checks}
    wanted -= _numbers(skip, checks) if skip else set()
    if before:
        wanted = {number for number in wanted if number <= LAST_BEFORE}
    if after:
        wanted = {number for number in wanted if number > LAST_BEFORE}
    return [check for check in checks if check.number in wanted]


def _numbers(text: str, checks: Sequence[Check]) -> set[int]:
    """By number or name."""
    named = {check.name: check.number for check in checks} | {str(check.number): check.number for check in checks}
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if strange := [part for part in parts if part not in named]:
        raise UsageError(
            f"There is no check {', '.join(strange)}.", hint="1 to 25, or " + ", ".join(c.name for c in checks)
        )
    return {named[part] for part in parts}


def _agreed(chosen: Sequence[Check], yes: bool) -> bool:
    costs = sum(check.costs_usd for check in chosen)
    makes = _makes_data(chosen)
    costs += RUN_COSTS_USD if makes else 0
    if not costs:
        return True
    what = "It makes test data, removes it, and costs" if makes else "It costs"
    return confirm(f"{what} about ${costs:.2f}. Go on?", yes=yes)


def _exit_code(results: Sequence[Result]) -> int:
    statuses = {result.status.value for result in results}
    if "failed" in statuses:
        return 1
    return COULD_NOT_RUN if worst(results) else 0


# --- what is looked at --------------------------------------------------------------------------------------------


def _world(
    stage: str | None,
    templates: Path | None,
    folder: Path,
    wishes: Wishes,
    mailbox: str | None,
    imap: str | None,
    port: int | None,
    endpoint: str | None,
    *,
    on_aws: bool,
) -> World:
    from infra_cdk.app import chosen
    from infra_cdk.environments import ENVIRONMENTS
    from local.aws import Aws
    from stadion_cli.base.target import ACCOUNT, AwsAccount
    from stadion_cli.preflight.mailbox import mailbox_of

    if sum([port is not None, endpoint is not None, on_aws]) > 1:
        raise UsageError("--port, --endpoint and --aws name different stacks: give one of them.")
    name = stage or os.environ.get("STADION_ENV") or ("prod" if on_aws else "local")
    if name not in ENVIRONMENTS:
        raise UsageError(f"There is no environment {name}.", hint=", ".join(ENVIRONMENTS))
    if on_aws and name == "local":
        raise UsageError("The local environment is on no AWS account.", hint="--stage dev or --stage prod")
    return World(
        aws=AwsAccount(ACCOUNT) if on_aws else Aws.local(endpoint=endpoint, port=port),
        environment=chosen({**os.environ, "STADION_ENV": name}),
        is_local=not on_aws,
        read_assembly=lambda: Assembly.at(templates) if templates else Assembly.synthesized(name, folder / "cdk.out"),
        read_mailbox=lambda world: mailbox_of(world.aws.endpoint if world.is_local else None, mailbox, imap),
        wishes=wishes,
    )


def _exported() -> str | None:
    return next((os.environ[name] for name in EXPORTED if name in os.environ), None)


@contextmanager
def _reachable(on_aws: bool) -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        if not on_aws:
            raise
        raise UsageError(f"No AWS account can be reached: {error}", hint="aws sts get-caller-identity") from error


@contextmanager
def _terminable() -> Iterator[None]:
    """A TERM, or a terminal that is closed, removes the test data as Ctrl-C does."""

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _told(removed: dict[str, int]) -> str:
    return ", ".join(f"{count} {what}" for what, count in removed.items() if count) or "nothing: there was nothing left"
