"""A check's result for people, and all of them as one document for scripts."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from rich.markup import escape

from stadion_cli.base.output import say, say_line
from stadion_cli.preflight.checks import Result, Status

if TYPE_CHECKING:
    from stadion_cli.preflight.world import World

SIGNS: Final = {
    Status.PASSED: "[green]✓[/green]",
    Status.PARTLY: "[green]◐[/green]",
    Status.WARNED: "[yellow]![/yellow]",
    Status.SKIPPED: "[dim]–[/dim]",
    Status.UNKNOWN: "[magenta]?[/magenta]",
    Status.FAILED: "[red]✗[/red]",
}


def show_result(result: Result) -> None:
    check = result.check
    say_line(f"{SIGNS[result.status]} [bold]{check.number:>2}  {check.title}[/bold]")
    for finding in result.findings:
        say_line(f"     {SIGNS[finding.status]} {escape(finding.words)}")
        if finding.remedy and finding.status is not Status.PASSED:
            say_line(f"       [dim]→[/dim] [cyan]{escape(finding.remedy)}[/cyan]")


def show_summary(results: Sequence[Result]) -> None:
    counted = Counter(result.status for result in results)
    say()
    say(", ".join(f"{counted[status]} {status.value}" for status in Status if counted[status]))
    if bad := [result for result in results if result.status in {Status.FAILED, Status.UNKNOWN}]:
        say("look again: [cyan]stadion preflight --only " + ",".join(str(one.check.number) for one in bad) + "[/cyan]")


def as_document(world: "World", results: Sequence[Result]) -> dict[str, Any]:
    """Keys stay as they are: scripts read them."""
    return {
        "environment": world.environment.name,
        "account": world.account,
        "region": world.region,
        "run": world.run.run_id,
        "checks": [
            {
                "number": result.check.number,
                "name": result.check.name,
                "title": result.check.title,
                "status": result.status.value,
                "seconds": result.seconds,
                "findings": [
                    {
                        "status": finding.status.value,
                        "words": finding.words,
                        "remedy": finding.remedy,
                        "seen": dict(finding.seen),
                    }
                    for finding in result.findings
                ],
            }
            for result in results
        ],
        "counts": dict(Counter(result.status.value for result in results)),
    }
