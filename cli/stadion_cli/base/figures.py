"""Numbers in the terminal: bars, and tables whose columns line up."""

from collections.abc import Sequence
from typing import Final

from rich.table import Table

from stadion_cli.base.output import cell_of, say, show

BAR: Final = 36
EIGHTHS: Final = " ▏▎▍▌▋▊▉█"


def bar(share: float) -> str:
    eighths = round(max(0.0, min(1.0, share)) * BAR * 8)
    return "█" * (eighths // 8) + EIGHTHS[eighths % 8].strip()


def number_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1) -> None:
    """The first `left` columns hold words, the others numbers."""
    say()
    if not rows:
        say(f"[bold]{title}[/bold]: nothing yet")
        return
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, header_style="dim")
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number < left else "right", overflow="fold")
    for row in rows:
        table.add_row(*map(cell_of, row))
    show(table)
