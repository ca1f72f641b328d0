"""Athletes by the week in which they registered: pages added up, shown as a table, written for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Mapping
from itertools import zip_longest
from typing import Any, Final

from rich.table import Table
from rich.text import Text

from stadion_cli.base import output
from stadion_cli.base.output import say
from stadion_cli.base.wording import count

WEEKS: Final = 12
COLD: Final = (24, 34, 52)
HOT: Final = (10, 120, 120)
"""RGB of 0 and of 100 %; white stands out on both."""


def add_up(pages: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Lists of a cohort may differ in length: at the turn of a week some athletes are a day ahead."""
    looked_at, found = 0, dict[str, list[int]]()
    for page in pages:
        looked_at += page["looked_at"]
        for monday, counts in page["cohorts"].items():
            found[monday] = [sum(both) for both in zip_longest(found.get(monday, []), counts, fillvalue=0)]
    return {"looked_at": looked_at, "cohorts": dict(sorted(found.items()))}


def show(found: Mapping[str, Any]) -> None:
    cohorts = found["cohorts"]
    if not cohorts:
        say(f"[bold]Who stayed[/bold]: none of {count(found['looked_at'])} athletes told when they came")
        return
    table = Table(title="Who stayed: percent active in each week since the first", box=None, pad_edge=False,
                  title_justify="left", title_style="bold", header_style="dim")  # fmt: skip
    table.add_column("registered", no_wrap=True)
    table.add_column("athletes", justify="right", no_wrap=True)
    for week in range(WEEKS):
        table.add_column(str(week), justify="right", no_wrap=True, min_width=4)
    for monday, (athletes, *active) in cohorts.items():
        table.add_row(monday, count(athletes), *(_cell(number, athletes) for number in active))
    output.show(table)
    say("\n[dim]Weeks begin on Monday. The one that goes on now is not over: its share still grows.[/dim]")


def as_csv(found: Mapping[str, Any]) -> str:
    """Counts, not percent: they can still be added up. Weeks that are still to come are empty."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(["cohort", "athletes", *(f"week_{week}" for week in range(WEEKS))])
    for monday, counts in found["cohorts"].items():
        writer.writerow([monday, *counts, *[""] * (WEEKS + 1 - len(counts))])
    return file.getvalue()


def _cell(active: int, athletes: int) -> Text:
    share = active / athletes if athletes else 0.0
    red, green, blue = (round(cold + share * (hot - cold)) for cold, hot in zip(COLD, HOT, strict=True))
    return Text(f"{100 * share:.0f} ", style=f"#ffffff on rgb({red},{green},{blue})")
