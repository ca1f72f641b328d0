"""A run that measured workouts anew, in the terminal and as lines for a spreadsheet."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from rich.markup import escape

from stadion_cli.base import times
from stadion_cli.base.output import say, show_facts, show_table
from stadion_cli.base.wording import count

Record = Mapping[str, Any]
COLUMNS: Final = ("user_id", "workout_id", "started_at", "sport_type", "outcome", "field", "before", "after")
MOST: Final = 20
STANDS_STILL_AFTER: Final = timedelta(minutes=10)
"""Of no word: longer than any step with its repetitions."""
OUTCOMES: Final = {
    "changed": "changed",
    "otherwise": "changed, otherwise than listed",
    "unchanged": "the same as before",
    "left": "cannot be measured",
    "gone": "deleted meanwhile",
    "failed": "failed",
}


def show_list(runs: Sequence[Record]) -> None:
    rows = [(one["run_id"], _kind(one), _state(one), one["chosen"], _which(one)) for one in runs]
    show_table("Runs", ("run", "kind", "state", "workouts", "of"), rows, empty="none yet")


def show_run(run: Record) -> None:
    said = {
        "run": run["run_id"],
        "kind": _kind(run),
        "of": _which(run),
        "state": _state(run),
        "workouts": count(run["chosen"]) + ("" if run["state"] != "choosing" else " so far"),
    }
    counts = run.get("counts") or {}
    said |= {OUTCOMES[name]: count(number) for name, number in counts.items() if number}
    said["last moved"] = run["updated_at"]
    show_facts(said)
    _hint(run)


def show_report(run: Record, listed: Sequence[Record]) -> None:
    found = sums(listed)
    show_run(run)
    rows = [(name, one["workouts"], _number(one["difference"])) for name, one in found["by_field"].items()]
    show_table("By number", ("number", "workouts", "sum of differences"), rows, empty="nothing changed")
    athletes = Counter(found["by_athlete"]).most_common()
    show_table("By athlete", ("athlete", "workouts"), athletes[:MOST], empty="nobody's changed")
    if len(athletes) > MOST:
        say(f"[dim]and {len(athletes) - MOST} athletes more: --json or --csv[/dim]")
    if found["failed"]:
        show_table("Failed", ("why", "workouts"), list(found["failed"].items()))


def sums(listed: Iterable[Record]) -> dict[str, Any]:
    """By number: how many workouts, and the sum of the differences where it is a number; by athlete; by error."""
    workouts: Counter[str] = Counter()
    differences: dict[str, float] = {}
    by_athlete: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for one in listed:
        if one["outcome"] == "failed":
            failed[one["error"]] += 1
            continue
        by_athlete[one["user_id"]] += 1
        for name, (before, after) in one["changes"].items():
            workouts[name] += 1
            if _is_number(before) and _is_number(after):
                differences[name] = differences.get(name, 0.0) + after - before
    by_field = {name: {"workouts": n, "difference": differences.get(name)} for name, n in sorted(workouts.items())}
    return {"by_field": by_field, "by_athlete": dict(by_athlete), "failed": dict(failed)}


def as_csv(listed: Iterable[Record]) -> str:
    """A line for each number that changed, and one for each workout that failed."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(COLUMNS)
    for one in listed:
        known = [one[name] for name in COLUMNS[:5]]
        if one["outcome"] == "failed":
            lines.writerow([*known, "", "", one["error"]])
        for name, (before, after) in one["changes"].items():
            lines.writerow([*known, name, before, after])
    return out.getvalue()


def _hint(run: Record) -> None:
    command, run_id = "stadion workouts remeasure", escape(run["run_id"])
    failure = run.get("failure")
    if failure:
        say(f"\n[red]✗ It failed[/red] at {failure['failed_at']}: {escape(failure['error'])}")
        say(f"  {escape(failure['cause'])}")
    if run["state"] != "ended":
        words, action = _what_next(run, bool(failure))
        say(f"\n[dim]{words}[/dim]  [cyan]{command} {action} {run_id}[/cyan]")
    elif run["dry_run_id"] is None and listed_by(run):
        say(f"\n[dim]Look at the list:[/dim]  [cyan]{command} report {run_id}[/cyan]")
        if run.get("applied_by"):
            say(f"[dim]Applied by:[/dim]        [cyan]{command} status {escape(run['applied_by'])}[/cyan]")
        else:
            say(f"[dim]Apply it:[/dim]          [cyan]{command} start --apply {run_id}[/cyan]")


def _what_next(run: Record, has_failed: bool) -> tuple[str, str]:
    """A step lasts 40 seconds, and its function two minutes."""
    if has_failed:
        return "Cause mended?", "resume"
    if run["is_stopped"]:
        return "Go on:", "resume"
    if times.now() - datetime.fromisoformat(run["updated_at"]) > STANDS_STILL_AFTER:
        return "It may stand still. If it does:", "resume"
    return "It goes on by itself. See how far:", "status"


def listed_by(run: Record) -> int:
    """How many workouts a run lists as changed, or failed."""
    counts = run.get("counts") or {}
    return sum(counts.get(name, 0) for name in ("changed", "otherwise", "failed"))


def _kind(run: Record) -> str:
    return f"applies {run['dry_run_id']}" if run["dry_run_id"] else "dry run"


def _state(run: Record) -> str:
    if run["is_stopped"]:
        return f"stopped while {run['state']}"
    return "failed" if run["failure"] else str(run["state"])


def _which(run: Record) -> str:
    words = {"user_id": "athlete", "started_from": "from", "started_to": "to", "format": "files"}
    named = [f"{word} {run[name]}" for name, word in words.items() if run[name]]
    return ", ".join(named) or "all workouts"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:+.1f}".replace("-", "−")
