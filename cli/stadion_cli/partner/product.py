"""`stadion product`: a partner's catalogue from a file."""

import time
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.markup import escape

from stadion_cli.base.errors import CliError, UsageError
from stadion_cli.base.options import Endpoint, OnAws, Port
from stadion_cli.base.output import Json, Steps, say, show_json, show_table, tell
from stadion_cli.base.signed import call
from stadion_cli.base.target import target
from stadion_cli.partner.commands import BASE, path_of

app: Final = typer.Typer(
    help="Catalogues of partners.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
FORMATS: Final = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
OVER: Final = frozenset({"done", "done_with_errors", "failed"})
MB: Final = 1024**2
WAIT_S: Final = 600
FORM_TIMEOUT_S: Final = 120


@app.callback()
def _group() -> None:
    pass


class ImportFailed(CliError):  # noqa: N818 - reads as what happened
    title = "The file was not taken"


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV with a header line, or JSON Lines.", exists=True, dir_okay=False)],
    partner: Annotated[str, typer.Option("--partner", help="Whose catalogue.")] = "store",
    full: Annotated[bool, typer.Option("--full", help="What the file does not have is not sold any more.")] = False,
    *,
    port: Port = None,
    endpoint: Endpoint = None,
    on_aws: OnAws = False,
    as_json: Json = False,
) -> None:
    """Take in products: sku, name, brand, deeplink, wear_category, price_minor, currency, is_sold.

    Up to 50 000 lines; what says nothing new changes nothing; each wrong line is told. Exit code 1 when there was one:
    with --full, a line that cannot be read leaves everything on sale.

    [bold]Example[/bold]

      [cyan]stadion product import catalogue.csv --partner store --full[/cyan]
    """
    fmt = FORMATS.get(file.suffix.lower())
    if fmt is None:
        raise UsageError(f"{file.name} is neither CSV nor JSON Lines by its name.", hint=".csv or .jsonl")
    if not file.stat().st_size:
        raise ImportFailed("There is nothing in the file.")
    chosen = target(port, endpoint, on_aws=on_aws)
    steps = Steps(quiet=as_json)
    with steps.step(f"uploading {escape(file.name)}"):
        made = call(chosen, "POST", path_of(partner, "imports"), {"format": fmt, "full": full})
        _upload(made["form"], file)
    with steps.step("taking in") as report:
        done = _wait(lambda: call(chosen, "GET", f"{BASE}/imports/{made['import_id']}"), report)
    if as_json:
        show_json(done)
    else:
        _tell(done)
    if done["state"] == "failed":
        raise ImportFailed(str(done["problem_detail"] or done["problem"]))
    if done["refused"] or done["problem"]:
        raise typer.Exit(1)


def _upload(form: dict[str, Any], file: Path) -> None:
    import httpx

    size, most = file.stat().st_size, int(form["max_bytes"])
    if size > most:
        raise ImportFailed(f"The file has {size / MB:.1f} MB; {most / MB:.0f} MB may be sent.", hint="split it")
    with file.open("rb") as content:
        answer = httpx.post(form["url"], data=form["fields"], files={"file": content}, timeout=FORM_TIMEOUT_S)
    if answer.is_error:
        raise ImportFailed(f"The file could not be sent: the store for files answered {answer.status_code}.")


def _wait(look: Any, report: Any) -> dict[str, Any]:
    until = time.monotonic() + WAIT_S
    while True:
        found: dict[str, Any] = look()
        report(f"taking in: {found['lines']} lines")
        if found["state"] in OVER:
            return found
        if time.monotonic() > until:
            raise ImportFailed(f"still {found['state']} after {WAIT_S} s", hint=f"import {found['import_id']}")
        time.sleep(0.5)


def _tell(done: dict[str, Any]) -> None:
    shown = ("import_id", "state", "problem_detail", "lines", "changed", "unchanged", "refused", "no_longer_sold")
    tell({name: done[name] for name in shown}, as_json=False)
    if done["errors"]:
        rows = [(error["line"], error["field"] or "", error["code"], error["detail"]) for error in done["errors"]]
        show_table("Refused lines (the first)", ("line", "field", "code", "what"), rows, empty="none")
    say()
