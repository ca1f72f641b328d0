"""How commands speak: tables for people, JSON for scripts, progress and errors on stderr."""

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.text import Text

from local.errors import ActionableError

Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, for scripts.", rich_help_panel="Output")]
"""The option that every command with a result has: `as_json: Json = False`."""

Report = Callable[[str], None]
DETAIL: Final = "  ("

PIPED_WIDTH: Final = 120
"""Where there is no terminal to fit into."""
CONTROLS: Final = {code: f"\\u{code:04x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n"}


def visible(text: str) -> str:
    """What would command the terminal, written out, as JSON writes it: log lines and names come from anybody."""
    return text.translate(CONTROLS)


class Harmless(Console):
    """Its own colours are the only ones."""

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(visible(text), **options)


_out: Final = Harmless(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)
_err: Final = Harmless(stderr=True, highlight=False)


class Marked(str):
    """A cell with Rich's markup; every other one is shown as it is."""

    __slots__ = ()


def cell_of(value: object) -> str:
    """Names come from people: a bracket in one is a bracket."""
    return value if isinstance(value, Marked) else escape(str(value))


def say(text: str = "") -> None:
    """A line for people, with Rich's markup."""
    _out.print(text)


def say_line(text: str) -> None:
    """With markup, and never broken into several lines."""
    _out.print(text, soft_wrap=True)


def say_raw(text: str) -> None:
    """A line as it is."""
    _out.print(text, markup=False, soft_wrap=True)


def show(renderable: Any) -> None:
    """What Rich can draw, as it is."""
    _out.print(renderable)


def show_json(value: Any) -> None:
    sys.stdout.write(visible(json.dumps(value, indent=2, default=str, ensure_ascii=False)) + "\n")


def show_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str = "nothing") -> None:
    """Numbers to the right, the rest to the left."""
    from rich.table import Table

    rows = [list(row) for row in rows]
    if not rows:
        say(f"[bold]{title}[/bold]: {empty}")
        return
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, header_style="dim")
    for number, column in enumerate(columns):
        numeric = all(isinstance(row[number], (int, float)) for row in rows)
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(cell_of(value) for value in row))
    say()
    _out.print(table)


def show_facts(facts: Mapping[str, object], *, title: str = "") -> None:
    """Names and values, one a line."""
    from rich.table import Table

    if title:
        _out.print(title, style="bold", markup=False, soft_wrap=True)
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts.items():
        table.add_row(name, cell_of(value))
    _out.print(table)


def tell(found: Mapping[str, Any], *, as_json: bool) -> None:
    """An answer of the API: as it is, or its names and values without those that are null."""
    if as_json:
        show_json(found)
        return
    shown = {name: ", ".join(map(str, value)) if isinstance(value, list) else value for name, value in found.items()}
    show_facts({name.replace("_", " "): value for name, value in shown.items() if value is not None})


def show_error(error: ActionableError) -> None:
    from rich.panel import Panel

    body = escape(error.message) + (f"\n\n[dim]→[/dim] [cyan]{escape(error.hint)}[/cyan]" if error.hint else "")
    _err.print(Panel(body, title=error.title, title_align="left", border_style="red", expand=False))


class Steps:
    """Work in steps, each with a spinner while it goes on and a tick with its seconds when it is done."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet

    @contextmanager
    def step(self, text: str) -> Iterator[Report]:
        """Yields a function that changes the text behind the spinner; set the final one with it.

        What stands in brackets after two spaces is a detail for the spinner only, not for a log file.
        """
        if self._quiet:
            yield lambda _: None
            return
        started, shown = time.monotonic(), [text]
        with _err.status(text, spinner="dots") as status:

            def report(now: str) -> None:
                before, shown[0] = shown[0], now
                status.update(now)
                if not _err.is_terminal and _without_detail(now) != _without_detail(before):
                    _err.print(f"[dim]·[/dim] {_without_detail(now)}")

            try:
                yield report
            except BaseException:
                status.stop()
                _err.print(f"[red]✗[/red] {shown[0]}")
                raise
        _err.print(f"[green]✓[/green] {shown[0]} [dim]{time.monotonic() - started:.1f} s[/dim]")


def _without_detail(text: str) -> str:
    return text.partition(DETAIL)[0]


def confirm(question: str, *, yes: bool) -> bool:
    """Asks, unless `--yes` was given; without a terminal the answer is no."""
    if yes:
        return True
    if not sys.stdin.isatty():
        _err.print(f"{question} There is no terminal to ask, so nothing was done: --yes says yes.", markup=False)
        return False
    return typer.confirm(question)
