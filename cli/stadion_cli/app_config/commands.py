"""`stadion app`: what apps are told at their start, over the API's signed routes."""

from typing import Annotated, Any, Final

import typer

from stadion_cli.base.errors import UsageError
from stadion_cli.base.options import Endpoint, OnAws, Port
from stadion_cli.base.output import Json, say, show_json, show_table
from stadion_cli.base.signed import call
from stadion_cli.base.target import target

app: Final = typer.Typer(
    help="What apps are told at their start. Your AWS identity must be allowed to call the admin routes.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
PATH: Final = "/v1/admin/app/config"
NONE: Final = "none"
Named = Annotated[str, typer.Argument(help="ios or android")]
Feature = Annotated[str, typer.Argument(help="small letters, digits and hyphens, such as live-map")]
Minimum = Annotated[str | None, typer.Option(help="Older ones must be renewed. 'none': any is new enough.")]
Recommended = Annotated[str | None, typer.Option(help="Older ones are asked to be renewed. 'none': nobody is.")]
StoreUrl = Annotated[str | None, typer.Option(help="Where the app is renewed. 'none': nowhere.")]
Platforms = Annotated[list[str] | None, typer.Option("--platform", help="Only there; 'none': everywhere.")]
From = Annotated[str | None, typer.Option("--from", help="Only from this version on. 'none': any version.")]


@app.command()
def show(*, port: Port = None, endpoint: Endpoint = None, on_aws: OnAws = False, as_json: Json = False) -> None:
    """Versions and features, as they are.

    [bold]Example[/bold]

      [cyan]stadion app show[/cyan]
    """
    _show(call(target(port, endpoint, on_aws=on_aws), "GET", PATH), as_json=as_json)


@app.command()
def versions(
    platform: Named,
    *,
    minimum: Minimum = None,
    recommended: Recommended = None,
    store_url: StoreUrl = None,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Say which versions of the app are too old. What is not named stays.

    [bold]Example[/bold]

      [cyan]stadion app versions ios --minimum 2.3.0 --recommended 2.6.0[/cyan]
    """
    named = {"minimum_version": minimum, "recommended_version": recommended, "store_url": store_url}
    sent = {name: _or_none(value) for name, value in named.items() if value is not None}
    if not sent:
        raise UsageError("Nothing is named that could change.", hint="stadion app versions ios --minimum 2.3.0")
    _change({"clients": {platform: sent}}, port, endpoint, on_aws=on_aws, as_json=as_json)


@app.command()
def feature(
    name: Feature,
    is_on: Annotated[
        bool | None, typer.Option("--on/--off", help="Switch it. A feature that is new is off.", show_default=False)
    ] = None,
    *,
    platforms: Platforms = None,
    from_version: From = None,
    remove: Annotated[bool, typer.Option("--remove", help="No app asks for it any more.")] = False,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Switch a feature of the app, everywhere or for some.

    [bold]Examples[/bold]

      [cyan]stadion app feature live-map --on --platform ios --from 2.6.0[/cyan]
      [cyan]stadion app feature live-map --remove[/cyan]
    """
    sent: dict[str, Any] = {}
    if is_on is not None:
        sent["is_on"] = is_on
    if platforms:
        sent["platforms"] = None if platforms == [NONE] else platforms
    if from_version is not None:
        sent["from_version"] = _or_none(from_version)
    if remove and sent:
        raise UsageError("--remove takes the whole feature away.", hint=f"stadion app feature {name} --remove")
    if not remove and not sent:
        raise UsageError("Nothing is named that could change.", hint=f"stadion app feature {name} --on")
    _change({"features": {name: None if remove else sent}}, port, endpoint, on_aws=on_aws, as_json=as_json)


def _or_none(value: str) -> str | None:
    return None if value == NONE else value


def _change(patch: dict[str, Any], port: int | None, endpoint: str | None, *, on_aws: bool, as_json: bool) -> None:
    _show(call(target(port, endpoint, on_aws=on_aws), "PATCH", PATH, patch, if_match="*"), as_json=as_json)


def _show(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show_json(found)
        return
    clients = [
        (name, one["minimum_version"] or "any", one["recommended_version"] or "any", one["store_url"] or "")
        for name, one in sorted(found["clients"].items())
    ]
    features = [
        (name, "on" if one["is_on"] else "off", ", ".join(one["platforms"] or ["all"]), one["from_version"] or "any")
        for name, one in sorted(found["features"].items())
    ]
    if clients:
        show_table("Versions", ("platform", "minimum", "recommended", "renewed at"), clients)
    if features:
        show_table("Features", ("feature", "", "platforms", "from"), features)
    if not clients and not features:
        say("Nothing is set: every version is new enough, and no feature is switched.")
