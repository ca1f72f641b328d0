"""`stadion achievement`: what athletes can earn, over the API's signed routes."""

import re
from typing import Annotated, Any, Final

import typer
from rich.markup import escape

from stadion_cli.achievements import backfill
from stadion_cli.base import files
from stadion_cli.base.errors import CliError, UsageError
from stadion_cli.base.files import File
from stadion_cli.base.options import Endpoint, OnAws, Port
from stadion_cli.base.output import Json, confirm, say, show_facts, show_json, show_table
from stadion_cli.base.signed import Refused, call
from stadion_cli.base.target import target

app: Final = typer.Typer(
    help="""What athletes can earn, and by which rules. Your AWS identity must be allowed to call the admin routes.

    A rule is a file such as docs/examples/achievements/moonlight.yaml; all that may stand in it is in
    functions/gamification/achievements/README.md. `check` it, `add` it; `backfill start` for who has done it.""",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
app.add_typer(backfill.app, name="backfill")
BASE: Final = "/v1/admin/achievements"
UNACCEPTABLE: Final = 422
NAME: Final = re.compile(r"[a-z][a-z0-9_]{1,38}[a-z0-9]")
Id = Annotated[str, typer.Argument(metavar="ID", help="The achievement's name, e.g. early_bird.")]


class Invalid(CliError):  # noqa: N818 - reads as what happened
    title = "The rule would be refused"


@app.command(name="list")
def list_(
    *,
    retired: Annotated[bool, typer.Option("--retired", help="Also those that nobody earns any more.")] = False,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """All achievements, in the order of the catalogue.

    [bold]Example[/bold]

      [cyan]stadion achievement list[/cyan]
    """
    found = call(target(port, endpoint, on_aws=on_aws), "GET", BASE)["items"]
    shown = [one for one in found if retired or not one["is_retired"]]
    if as_json:
        show_json(shown)
        return
    rows = [(one["achievement_id"], one["version"], one["rule"]["title"]["en"], _marks(one)) for one in shown]
    show_table("Achievements", ("achievement", "version", "title", ""), rows)


@app.command()
def show(
    achievement_id: Id, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """An achievement, and its rule as it was written.

    [bold]Example[/bold]

      [cyan]stadion achievement show early_bird --json > early_bird.json[/cyan]      to be changed and added again
    """
    _tell(call(target(port, endpoint, on_aws=on_aws), "GET", _path(achievement_id)), as_json=as_json)


@app.command()
def explain(
    achievement_id: Id, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """What has to be so, in words, in English and in Russian.

    [bold]Example[/bold]

      [cyan]stadion achievement explain no_shortcuts[/cyan]
    """
    words = call(target(port, endpoint, on_aws=on_aws), "GET", _path(achievement_id))["words"]
    if as_json:
        show_json(words)
        return
    show_facts(words)


@app.command()
def check(
    file: File, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """Say everything that is wrong with a rule, and change nothing; exit code 1 when something is.

    First what is missing, unknown or of a wrong form; when that is mended, what makes no sense. What may stand in a
    rule: functions/gamification/achievements/README.md.

    [bold]Example[/bold]

      [cyan]stadion achievement check docs/examples/achievements/moonlight.yaml[/cyan]
    """
    try:
        found = call(target(port, endpoint, on_aws=on_aws), "POST", f"{BASE}/check", _rule_in(file))
    except Refused as refused:
        if refused.status != UNACCEPTABLE:
            raise
        raise Invalid("\n".join(refused.reasons), hint="what makes no sense is told when these are mended") from refused
    if as_json:
        show_json(found)
    if not found["is_valid"]:
        raise Invalid("\n".join(f"{one['pointer']}: {one['detail']}" for one in found["problems"]))
    if not as_json:
        say(f"[green]✓[/green] {escape(str(file))} is a good rule.")
        show_facts(found["words"])


@app.command()
def add(
    file: File, *, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False
) -> None:
    """Add an achievement, or a new version of one: what was earned under the old one stays.

    It holds within a minute, for each athlete from their next workout on. Whoever has done it already has it after
    [cyan]stadion achievement backfill start[/cyan].

    [bold]Example[/bold]

      [cyan]stadion achievement add docs/examples/achievements/moonlight.yaml[/cyan]
    """
    wanted = _rule_in(file)
    if "id" not in wanted:
        raise UsageError(f"{file} does not say the achievement's id.", hint="id: moonlight")
    path = _path(files.word(wanted["id"], "id"))
    _tell(call(target(port, endpoint, on_aws=on_aws), "PUT", path, wanted), as_json=as_json)
    if not as_json:
        say("It holds within a minute. For who has done it already: stadion achievement backfill start")


@app.command()
def retire(
    achievement_id: Id,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Let nobody earn it any more; who has it keeps it. Added again, it is a new version.

    [bold]Example[/bold]

      [cyan]stadion achievement retire moonlight --yes[/cyan]
    """
    path, chosen = _path(achievement_id), target(port, endpoint, on_aws=on_aws)
    if not confirm(f"Let nobody earn {achievement_id} any more?", yes=yes):
        raise typer.Exit(1)
    _tell(call(chosen, "POST", f"{path}/retire"), as_json=as_json)


def _rule_in(file: File) -> dict[str, Any]:
    """Also in what `show --json` wrote."""
    found = files.read(file)
    rule = found.get("rule")
    return rule if isinstance(rule, dict) and "achievement_id" in found else found


def _path(achievement_id: str) -> str:
    if NAME.fullmatch(achievement_id) is None:
        raise UsageError(
            f"{achievement_id!r} is not a name of an achievement: 3 to 40 small letters a-z, digits and underscores.",
            hint="stadion achievement list",
        )
    return f"{BASE}/{achievement_id}"


def _marks(one: dict[str, Any]) -> str:
    rule = one["rule"]
    marks = {
        "retired": one["is_retired"],
        "hidden": rule.get("hidden", False),
        "repeats": rule.get("repeat", "never") != "never",
        "seasonal": "season" in rule,
        "reward": "reward" in rule,
    }
    return ", ".join(name for name, holds in marks.items() if holds)


def _tell(one: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show_json({name: value for name, value in one.items() if name != "icon_svg"})
        return
    rule = one["rule"]
    facts = {
        "version": one["version"],
        "title": f"{rule['title']['en']} · {rule['title']['ru']}",
        "text": f"{rule['text']['en']} · {rule['text']['ru']}",
        "levels": ", ".join(map(str, rule.get("tiers") or [rule["target"]])) if "measure" in rule else "one",
        "reward": rule.get("reward", "none"),
        "marks": _marks(one) or "none",
        **one["words"],
    }
    show_facts(facts, title=one["achievement_id"])
