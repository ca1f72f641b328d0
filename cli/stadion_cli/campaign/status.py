"""A campaign, its runs and its dry run in the terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.markup import escape

from stadion_cli.base.money import money
from stadion_cli.base.output import Marked, say, show_facts, show_table
from stadion_cli.base.wording import LEFT_OUT, REASONS, STATES, count, moment, share_of, words
from stadion_cli.campaign import costs
from stadion_cli.campaign.costs import HOLD_OUT, REST, Cost
from stadion_cli.campaign.report import judged

Record = Mapping[str, Any]


def show_list(campaigns: Sequence[Record]) -> None:
    rows = [(one["campaign_id"], one["status"], _next(one), _zone(one), one["plan"]["name"]) for one in campaigns]
    show_table("Campaigns", ("campaign", "status", "next run", "clock", "name"), rows, empty="none yet")


def show_campaign(campaign: Record) -> None:
    plan = campaign["plan"]
    said = {
        "campaign": campaign["campaign_id"],
        "name": plan["name"],
        "status": _status(campaign),
        "next run": f"{_next(campaign)} ({_zone(campaign)})" if campaign.get("next_at") else "none",
        "schedule": _schedule(plan["schedule"]),
        "variants": ", ".join(f"{one['name']} ({one['promo_id']})" for one in plan["variants"]),
        "held out": f"{plan['hold_out_percent']:g} %",
        "judged by": judged(plan["experiment"]),
    }
    if plan["rollout"]["test_percent"] < 100:
        said["tested on"] = f"{plan['rollout']['test_percent']:g} %, the rest waits for the winner"
    show_facts(said)
    if campaign["status"] == "draft":
        say(f"\n[dim]It is a draft:[/dim] [cyan]stadion campaign schedule {escape(campaign['campaign_id'])}[/cyan]")


def show_run(campaign: Record, run: Record | None) -> None:
    """How far it is, and what to do when it does not go on."""
    if run is None:
        say("\n[dim]It has not begun yet.[/dim]")
        return
    zone, audience = campaign["plan"]["time_zone"], run["audience"]
    said = {
        "run": run["run_id"],
        "state": _state(run),
        "began": moment(run["opened_at"], zone),
        "audience": f"{_arms(audience['by_arm'])}; of {count(audience['looked_at'])} looked at",
        "batches sent": _batches(run),
        "looks": count(run["looks"]),
    }
    if run.get("outcomes"):
        said["of those sent to"] = ", ".join(
            f"{name.replace('_', ' ')} {count(number)}" for name, number in sorted(run["outcomes"].items())
        )
    if run.get("next_look_at"):
        said["next look"] = moment(run["next_look_at"], zone)
    if run.get("rollout"):
        said["the rest gets"] = run["rollout"]
    if run.get("ended_at"):
        said["ended"] = moment(run["ended_at"], zone)
    say()
    show_facts(said, title="Latest run")
    _warn(campaign, run)


def show_dry_run(
    campaign: Record, seen: Record, cost: Cost, problems: Sequence[Record] = (), drafts: Sequence[str] = ()
) -> None:
    plan, by_arm = campaign["plan"], seen["by_arm"]
    athletes, chosen = costs.told(by_arm), sum(by_arm.values())
    say(f"[bold]{escape(plan['name'])}[/bold]: a dry run. Nothing was sent, nothing was changed.")
    _show_problems(problems, drafts)
    say(f"{count(chosen)} of {count(seen['looked_at'])} athletes would be in it.")
    rows = [(_arm(plan, name), by_arm.get(name, 0), share_of(by_arm.get(name, 0), chosen)) for name in _names(plan)]
    show_table("Arms", ("arm", "athletes", "share"), rows)
    left_out = sorted(seen["left_out"].items(), key=lambda one: -one[1])
    show_table("Left out", ("why", "athletes"), [(words(why, LEFT_OUT), number) for why, number in left_out],
               empty="nobody")  # fmt: skip
    say()
    show_facts(_sending(plan, by_arm, athletes), title="Sending")
    _show_sms(seen["sms"])
    say()
    show_facts(_costs(plan, athletes, cost), title="What it may cost")
    for doubt in cost.doubts:
        say(f"  [yellow]·[/yellow] {escape(doubt)}")
    say(f"\n[dim]An estimate, if {plan['costs']['expected_conversion_percent']:g} % of those told order. "
        "Nothing was sent.[/dim]")  # fmt: skip


def _show_problems(problems: Sequence[Record], drafts: Sequence[str]) -> None:
    if not problems:
        return
    say("\n[red]✗ It cannot begin like this:[/red]")
    for one in problems:
        say(f"  {escape(one['detail'])} [dim]{escape(one['pointer'])}[/dim]")
    for promo_id in drafts:
        say(f"  [dim]→[/dim] [cyan]stadion promo activate {escape(promo_id)}[/cyan]")
    say("  [dim]What follows is as if that were mended.[/dim]\n" if drafts else "")


def _show_sms(texts: Sequence[Record]) -> None:
    """Each part is paid for; the plan's price is of a message."""
    if not texts:
        return
    rows = [
        (one["variant"], one["language"], one["parts"], "is shortened to four" if one["is_shortened"] else "")
        for one in texts
    ]
    show_table("SMS, each part of which is paid for", ("variant", "language", "parts", ""), rows)


def _sending(plan: Record, by_arm: Mapping[str, int], athletes: int) -> dict[str, str]:
    first = athletes - by_arm.get(REST, 0)
    said = {
        "athletes told": count(athletes),
        "batches": f"about {count(costs.batches(by_arm))}",
        "time": f"{_minutes(plan, first)} at {count(plan['athletes_per_minute'])} athletes a minute",
    }
    found = costs.could_show(plan, by_arm)
    if found is not None:
        expected = f"if {plan['costs']['expected_conversion_percent']:g} % order"
        said["the test could show"] = f"a difference of {100 * found:.1f} points, four times of five, {expected}"
    if by_arm.get(REST):
        said["later, the rest"] = f"{_minutes(plan, by_arm[REST])}, when the test is decided"
    return said


def _costs(plan: Record, athletes: int, cost: Cost) -> dict[str, str]:
    currency = plan["currency"]
    said = {"fixed": money(cost.fixed, currency)}
    said |= {f"{channel} messages": money(minor, currency) for channel, minor in cost.messages.items()}
    said |= {f"discounts of {promo}": money(minor, currency) for promo, minor in cost.discounts.items()}
    said["together, about"] = Marked(f"[bold]{money(cost.total, currency)}[/bold]")
    if athletes:
        said["per athlete told"] = money(cost.total / athletes, currency)
    return said


def _warn(campaign: Record, run: Record) -> None:
    hint = f"[dim]→[/dim] [cyan]stadion campaign resume {escape(campaign['campaign_id'])}[/cyan]"
    failure = run.get("failure")
    if failure:
        when = moment(failure["failed_at"], campaign["plan"]["time_zone"])
        say(f"\n[red]✗ It failed[/red] at {when}: {escape(failure['error'])}")
        say(f"  {escape(failure['cause'])}" if failure["cause"] else "")
        say(hint)
    elif run.get("is_running") is False and not run.get("ended_at"):
        say("\n[yellow]● No execution drives it now:[/yellow] it stands where it is.")
        say(hint)


def _status(campaign: Record) -> str:
    by = campaign.get("paused_by")
    return f"{campaign['status']}, because {words(by, REASONS)}" if by else str(campaign["status"])


def _state(run: Record) -> str:
    said = [words(run["state"], STATES), *([run["outcome"]] if run.get("outcome") else [])]
    return ", ".join(said) + (f": {words(run['reason'], REASONS)}" if run.get("reason") else "")


def _batches(run: Record) -> str:
    """Each is gone over twice when there is something for the rest."""
    of_all = run["audience"]["batches"] * (2 if run.get("rollout") else 1)
    phases = ", test and rollout" if run.get("rollout") else ""
    return f"{count(run.get('batches_sent') or 0)} of {count(of_all)}{phases}"


def _arms(by_arm: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count(number)}" for name, number in sorted(by_arm.items())) or "nobody yet"


def _names(plan: Record) -> list[str]:
    names = [variant["name"] for variant in plan["variants"]]
    names += [REST] if plan["rollout"]["test_percent"] < 100 else []
    return names + ([HOLD_OUT] if plan["hold_out_percent"] else [])


def _arm(plan: Record, name: str) -> str:
    promo = {variant["name"]: f"{name}, {variant['promo_id']}" for variant in plan["variants"]}
    return promo.get(name) or {REST: "the rest, which gets the winner", HOLD_OUT: "held out, gets nothing"}[name]


def _schedule(schedule: Record) -> str:
    if schedule.get("at"):
        return f"once, at {schedule['at']}"
    until = f", until {schedule['until']}" if schedule.get("until") else ""
    return f"again and again, {schedule['cron']}{until}"


def _next(campaign: Record) -> str:
    return moment(campaign.get("next_at"), _zone(campaign))


def _zone(campaign: Record) -> str:
    return str(campaign["plan"]["time_zone"])


def _minutes(plan: Record, athletes: int) -> str:
    found = costs.minutes(plan, athletes)
    return f"about {found} min" if found < 120 else f"about {found / 60:.1f} h"
