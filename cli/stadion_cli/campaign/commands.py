"""`stadion campaign`: what marketing does with campaigns, over the API's signed routes."""

from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import quote

import typer
from rich.markup import escape

from stadion_cli.base import files
from stadion_cli.base.errors import CliError
from stadion_cli.base.files import File
from stadion_cli.base.options import Endpoint, OnAws, Port
from stadion_cli.base.output import Json, Steps, confirm, say, show_json
from stadion_cli.base.signed import PROMOS, Refused, call, items, pages
from stadion_cli.base.target import Target, target
from stadion_cli.campaign import cohorts as campaign_cohorts
from stadion_cli.campaign import costs as campaign_costs
from stadion_cli.campaign import plans
from stadion_cli.campaign import report as campaign_report
from stadion_cli.campaign import status as campaign_status

app: Final = typer.Typer(
    help="Send promos to an audience, test variants, see what came of it. Your AWS identity must be allowed on the "
    "admin routes.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
CampaignId = Annotated[str, typer.Argument(metavar="ID", help="The campaign's name, e.g. winter-2026.")]
BASE: Final = "/v1/admin/campaigns"
IF_MATCH_REQUIRED: Final = 428
NOT_FOUND: Final = 404
CONFLICT: Final = 409
UNPROCESSABLE: Final = 422
RULE_IS_INVALID: Final = "rule_is_invalid"
"""Of a plan: what is wrong beside its shape, and `check` says how it is mended."""
GOES_ON_BY: Final = {"draft": "schedule", "paused": "resume"}
"""Status -> what lets it begin."""


class Wrong(CliError):  # noqa: N818 - reads as what happened
    title = "The campaign would be refused"


class AlreadyThere(CliError):  # noqa: N818
    title = "There is such a campaign"


class NotReady(CliError):  # noqa: N818
    title = "It cannot begin like this"


class NobodyToTell(CliError):  # noqa: N818
    title = "Nobody would get an offer"


class NoRun(CliError):  # noqa: N818
    title = "There is nothing to report yet"


@app.command()
def create(
    file: File,
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Change it if there is one with this name.")] = False,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Make a campaign of a file, as a draft. A run that goes on keeps the plan that it began with.

    [bold]Example[/bold]

      [cyan]stadion campaign create docs/examples/campaigns/winter-2026.yaml[/cyan]
    """
    campaign_id, plan = plans.read(file)
    headers = {"if_match": "*"} if replace else {}
    try:
        made = call(target(port, endpoint, on_aws=on_aws), "PUT", _path(campaign_id), plan, **headers)
    except Refused as error:
        if error.status == IF_MATCH_REQUIRED:
            hint = f"stadion campaign create {file} --replace"
            raise AlreadyThere(f"{campaign_id} is there already: another file changes it only if you say so.",
                               hint=hint) from error  # fmt: skip
        if error.code == RULE_IS_INVALID:
            error.hint = f"stadion campaign check {file}"
        raise
    _tell(made, as_json=as_json)


@app.command()
def check(
    file_or_id: Annotated[str, typer.Argument(metavar="FILE_OR_ID", help="A plan in YAML or JSON, or a campaign.")],
    *,
    audience: Annotated[bool, typer.Option("--audience", help="With a file: look at the audience as well.")] = False,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Of a file, say everything that is wrong; of a campaign, who would get it and what it may cost.

    Nothing is changed and nothing is sent. Exit code 1 when something is wrong.

    [bold]Examples[/bold]

      [cyan]stadion campaign check winter.yaml[/cyan]
      [cyan]stadion campaign check winter-2026[/cyan]
      [cyan]stadion campaign check winter.yaml --audience[/cyan]      when the campaign is there already
    """
    path = Path(file_or_id)
    is_file = path.is_file() or path.suffix in {".yaml", ".yml", ".json"}
    campaign_id, plan = plans.read(path) if is_file else (file_or_id, None)
    chosen = target(port, endpoint, on_aws=on_aws)
    if plan is not None:
        _check_plan(chosen, plan, as_json=as_json and not audience)
        if not as_json:
            say(f"[green]✓[/green] {escape(str(path))} is a good plan.")
    if plan is None or audience:
        _dry_run(chosen, campaign_id, as_json=as_json)


@app.command()
def schedule(
    campaign_id: CampaignId,
    *,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Let it begin by itself, at its hour.

    [bold]Example[/bold]

      [cyan]stadion campaign schedule winter-2026[/cyan]
    """
    _tell(_act(target(port, endpoint, on_aws=on_aws), campaign_id, "schedule"), as_json=as_json)


@app.command()
def pause(
    campaign_id: CampaignId,
    *,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Begin no run; one that goes on stops after the batch it is at. `resume` goes on.

    [bold]Example[/bold]

      [cyan]stadion campaign pause winter-2026[/cyan]
    """
    _tell(_act(target(port, endpoint, on_aws=on_aws), campaign_id, "pause"), as_json=as_json)


@app.command()
def resume(
    campaign_id: CampaignId,
    *,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Go on from where it was paused or where it failed. Nobody gets a second offer.

    [bold]Example[/bold]

      [cyan]stadion campaign resume winter-2026[/cyan]
    """
    _tell(_act(target(port, endpoint, on_aws=on_aws), campaign_id, "resume"), as_json=as_json)


@app.command()
def end(
    campaign_id: CampaignId,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """End it for good. What athletes hold stays theirs.

    [bold]Example[/bold]

      [cyan]stadion campaign end winter-2026 --yes[/cyan]
    """
    chosen = target(port, endpoint, on_aws=on_aws)
    if not confirm(f"End {campaign_id} for good?", yes=yes):
        raise typer.Exit(1)
    _tell(_act(chosen, campaign_id, "end"), as_json=as_json)


@app.command(name="list")
def list_(*, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False) -> None:
    """All campaigns by name.

    [bold]Example[/bold]

      [cyan]stadion campaign list[/cyan]
    """
    found = items(target(port, endpoint, on_aws=on_aws), BASE)
    if as_json:
        show_json(found)
        return
    campaign_status.show_list(found)


@app.command()
def status(
    campaign_id: CampaignId,
    *,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """The campaign, when it begins next, and how far its latest run is.

    [bold]Example[/bold]

      [cyan]stadion campaign status winter-2026[/cyan]
    """
    chosen = target(port, endpoint, on_aws=on_aws)
    found = call(chosen, "GET", _path(campaign_id))
    run_id = _latest(chosen, campaign_id)
    run = call(chosen, "GET", _path(campaign_id, "runs", run_id)) if run_id else None
    if as_json:
        show_json(found | {"latest_run": run})
        return
    campaign_status.show_campaign(found)
    campaign_status.show_run(found, run)


@app.command()
def report(
    campaign_id: CampaignId,
    *,
    run: Annotated[str | None, typer.Option("--run", help="The latest one when left out.")] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", dir_okay=False, help="Write a page with charts, to pass on."),
    ] = None,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """What a run did: funnel, variants with their intervals, what decided, costs, days.

    [bold]Examples[/bold]

      [cyan]stadion campaign report winter-2026[/cyan]
      [cyan]stadion campaign report winter-2026 --html winter.html[/cyan]      one file, with its charts inside
    """
    chosen = target(port, endpoint, on_aws=on_aws)
    run_id = run or _latest(chosen, campaign_id)
    if run_id is None:
        raise NoRun(f"{campaign_id} has not begun yet.", hint=f"stadion campaign status {campaign_id}")
    found = call(chosen, "GET", _path(campaign_id, "runs", run_id, "report"))
    if html is not None:
        _write_page(found, html, quiet=as_json)
    if as_json:
        show_json(found)
    elif html is None:
        campaign_report.show_report(found)


@app.command()
def metrics(
    campaign_id: CampaignId,
    *,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Impressions, clicks, codes used, spend and what was paid with codes by day, of all runs.

    [bold]Example[/bold]

      [cyan]stadion campaign metrics winter-2026[/cyan]
    """
    found = call(target(port, endpoint, on_aws=on_aws), "GET", _path(campaign_id, "metrics"))
    if as_json:
        show_json(found)
        return
    campaign_report.show_days(found["days"], found["currency"], total=found.get("total"))


@app.command()
def cohorts(
    *,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", dir_okay=False, help="Write the counts, for a spreadsheet.")
    ] = None,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Who stayed: of the athletes of each week, how many recorded a workout in the weeks since.

    Looks at all athletes, page by page.

    [bold]Examples[/bold]

      [cyan]stadion campaign cohorts[/cyan]
      [cyan]stadion campaign cohorts --csv cohorts.csv[/cyan]
    """
    chosen = target(port, endpoint, on_aws=on_aws)
    with Steps(quiet=as_json).step("looking at all athletes") as progress:
        found = campaign_cohorts.add_up(_each_page(chosen, f"{BASE}/cohorts", progress))
    if csv is not None:
        files.write(csv, campaign_cohorts.as_csv(found))
    if as_json:
        show_json(found)
    elif csv is None:
        campaign_cohorts.show(found)
    else:
        say(f"[green]✓[/green] {escape(str(csv))}: {len(found['cohorts'])} cohorts.")


def _check_plan(chosen: Target, plan: dict[str, Any], *, as_json: bool) -> None:
    found = call(chosen, "POST", f"{BASE}/validate", plan)
    if as_json:
        show_json(found)
    if not found["is_valid"]:

        def status_of(promo_id: str) -> str:
            return str(call(chosen, "GET", _promo(promo_id))["status"])

        raise Wrong(plans.problems(found), hint=plans.mending(found, plan, status_of))


def _dry_run(chosen: Target, campaign_id: str, *, as_json: bool) -> None:
    """What is in the way comes first; everything that is known is shown all the same."""
    campaign = call(chosen, "GET", _path(campaign_id))
    plan = campaign["plan"]
    validity = call(chosen, "POST", f"{BASE}/validate", plan)
    with Steps(quiet=as_json).step("looking at all athletes") as progress:
        pages_seen = campaign_costs.add_up(_each_page(chosen, _path(campaign_id, "preview"), progress))
    seen = campaign_costs.bounded(pages_seen, plan.get("most_offers"))
    promos = _promos(chosen, plan, validity)
    cost = campaign_costs.estimate(plan, seen["by_arm"], promos)
    if as_json:
        show_json(campaign_costs.as_facts(plan, seen, cost))
    else:
        campaign_status.show_dry_run(campaign, seen, cost, validity["problems"], _drafts(promos))
    if not validity["is_valid"]:
        raise NotReady(plans.problems(validity) if as_json else "What is in the way stands at the top.")
    if not campaign_costs.told(seen["by_arm"]):
        raise NobodyToTell(f"None of {seen['looked_at']} athletes is in a variant.")


def _drafts(promos: dict[str, Any]) -> list[str]:
    return [promo_id for promo_id, promo in promos.items() if promo.get("status") == "draft"]


def _promos(chosen: Target, plan: dict[str, Any], validity: dict[str, Any]) -> dict[str, Any]:
    """Of one that is gone, the place in the plan is told."""
    try:
        return {one: call(chosen, "GET", _promo(one)) for one in campaign_costs.promo_ids(plan)}
    except Refused as error:
        if error.status == NOT_FOUND and not validity["is_valid"]:
            raise Wrong(plans.problems(validity)) from error
        raise


def _each_page(chosen: Target, path: str, progress: Any) -> Any:
    looked_at = 0
    for page in pages(chosen, path):
        looked_at += page["looked_at"]
        progress(f"looking at all athletes  ({looked_at})")
        yield page


def _latest(chosen: Target, campaign_id: str) -> str | None:
    items = call(chosen, "GET", _path(campaign_id, "runs"))["items"]
    return items[0]["run_id"] if items else None


def _write_page(found: dict[str, Any], html: Path, *, quiet: bool) -> None:
    from stadion_cli.campaign import page as campaign_page

    with Steps(quiet=quiet).step(f"writing {html}"):
        files.write(html, campaign_page.page(found))


def _act(chosen: Target, campaign_id: str, action: str) -> dict[str, Any]:
    try:
        return call(chosen, "POST", _path(campaign_id, "status"), {"action": action}, if_match="*")
    except Refused as error:
        if error.status == UNPROCESSABLE:
            error.hint = f"stadion campaign check {campaign_id}"
        if error.status == CONFLICT and not error.hint:
            status = call(chosen, "GET", _path(campaign_id))["status"]
            error.hint = _goes_on_by(campaign_id, status)
        raise


def _goes_on_by(campaign_id: str, status: str) -> str:
    """An ended one keeps its name for its reports, if it has any."""
    if status == "ended":
        return "another campaign_id; the same one, if it never ran: stadion campaign create FILE --replace"
    return f"stadion campaign {GOES_ON_BY[status]} {campaign_id}" if status in GOES_ON_BY else ""


def _path(campaign_id: str, *below: str) -> str:
    return "/".join([BASE, plans.named(campaign_id), *(quote(part, safe="") for part in below)])


def _promo(promo_id: str) -> str:
    return f"{PROMOS}/{quote(promo_id, safe='')}"


def _tell(campaign: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show_json(campaign)
        return
    campaign_status.show_campaign(campaign)
