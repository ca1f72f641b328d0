"""What a run of a campaign did, in the terminal: it fits into a hundred columns."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from rich.markup import escape

from stadion_cli.base.figures import bar, number_table
from stadion_cli.base.money import amount, money
from stadion_cli.base.output import Marked, say, show_facts
from stadion_cli.base.wording import (
    GUARDRAILS,
    LEFT_OUT,
    METRICS,
    REASONS,
    STATES,
    confidence,
    count,
    difference,
    guardrail,
    moment,
    p_value,
    percent,
    rate,
    revenue,
    share_of,
    words,
)

Record = Mapping[str, Any]

STEPS: Final = {
    "athletes": "chosen",
    "issued": "got an offer",
    "viewed": "saw it",
    "clicked": "clicked",
    "redeemed": "used the code",
}
MARKS: Final = {True: "[green]✓[/green]", False: "[red]✗[/red]", None: "[yellow]·[/yellow]"}
DAY: Final = ("issued", "impressions", "clicks", "conversions")
DAY_MONEY: Final = ("discount_minor", "messages_minor", "spend_minor", "paid_with_code_minor")
METHODS: Final = {"fixed_horizon": "one look at the end", "sequential": "at any look, each valid"}


def show_report(report: Record) -> None:
    _header(report)
    if report["measured_until"] is None:
        say(f"\n[yellow]{unmeasured(report)}[/yellow]")
        _funnel(report)
        return
    for one in headlines(report):
        say(f"  {escape(one)}")
    _funnel(report)
    _variants(report)
    _money_by_arm(report)
    _comparisons(report)
    _checks(report)
    _total(report)
    show_days(report["days"], report["currency"], title="By day (UTC), of this run")


def unmeasured(report: Record) -> str:
    if report.get("ended_at"):
        return "It ended before its first look: orders were not counted."
    return "Nothing was measured yet: look again after the first look at the run."


def show_days(days: Sequence[Record], currency: str, *, total: Record | None = None, title: str = "By day") -> None:
    columns = ("day", "offers", "seen", "clicks", "used", "discounts", "messages", "spend", "paid with code")
    rows = [[one["day"], *of_day(one, currency)] for one in days]
    rows += [[Marked("[bold]all[/bold]"), *of_day(total, currency)]] if total else []
    number_table(f"{title}, money in {currency}", columns, rows)


def headlines(report: Record) -> list[str]:
    """What to say when there is time for a sentence or two."""
    ratio, decision = report.get("sample_ratio"), report.get("decision")
    said = (
        ["Do not trust the comparison: the athletes did not split as planned."]
        if ratio and ratio["is_suspicious"]
        else []
    )
    if decision and decision["winner"]:
        said.append(f"{decision['winner']} wins: {words(decision['reason'], REASONS)}.")
    elif decision:
        said.append(f"No winner: {words(decision['reason'], REASONS)}.")
    elif report["is_interim"]:
        said.append(interim(report))
    elif report.get("outcome") is None:
        said.append("Not decided yet: the numbers still move.")
    said += [_effect(report, one) for one in report["comparisons"] if one["decides"] or _is_effect(report, one)]
    return said


def interim(report: Record) -> str:
    """Before the one look of a fixed horizon."""
    if report.get("ended_at") or report.get("outcome"):
        return "It was stopped before its one look: nothing was compared."
    when = report.get("decides_at")
    at = f"at {moment(when, report['plan']['time_zone'])}" if when else "at its end"
    return (
        f"An interim look: sums alone. The variants are compared once, {at}; who looks earlier finds what is not there."
    )


def judged(experiment: Record) -> str:
    how = f"{METRICS[experiment['metric']]}; {METHODS[experiment['method']]}"
    return f"{how}; {experiment['for_hours']:g} h, {confidence({'experiment': experiment})} confidence"


def order_rate(arm: Record) -> str:
    """Without an interval where it may not be compared yet."""
    return rate(arm["order_rate"]) if arm["order_rate"] else share_of(arm["orderers"], arm["athletes"])


def detectable(comparison: Record, currency: str) -> str:
    """What arms of this size show four times of five: the difference that was looked for was at least this large."""
    found = comparison["detectable"]
    if found is None:
        return "–"
    return f"{100 * found:.1f} points" if comparison["metric"] == "orders" else f"{amount(found, currency)} {currency}"


def clicks(total: Record) -> str:
    """A share of impressions, if any were told: who comes by a link has seen no offer in the app."""
    said, seen = count(total["clicks"]), total["impressions"]
    return f"{said} ({share_of(total['clicks'], seen)} of impressions)" if seen >= total["clicks"] > 0 else said


def split(ratio: Record) -> tuple[bool | None, str]:
    """(as planned; None: not tested, what to say)."""
    p = p_value(ratio["p_value"])
    expected = ", ".join(f"{name} {number:.0f}" for name, number in ratio["expected"].items())
    if ratio["is_suspicious"]:
        return False, f"The athletes did not split as planned (p {p}; expected {expected}): find out why first."
    if not ratio["is_tested"]:
        return None, f"Whether the athletes split as planned was not tested: there are too few (expected {expected})."
    return True, f"The athletes split as planned (p {p})."


def label(arm: Record) -> str:
    return {"rest": "the rest", "hold_out": "held out"}.get(arm["role"], str(arm["name"]))


def state(report: Record) -> str:
    """Why it was stopped; why it completed is the decision's own matter."""
    said = [words(report["state"], STATES), *([report["outcome"]] if report.get("outcome") else [])]
    because = f": {words(report['reason'], REASONS)}" if report.get("outcome") == "stopped" and report["reason"] else ""
    return ", ".join(said) + because


def is_told(arm: Record) -> bool:
    return bool(arm["role"] != "hold_out")


def in_order(comparisons: Iterable[Record]) -> list[Record]:
    """Those that decide come first, and nothing else is said of their pairs: there is one interval that holds."""
    found = sorted(comparisons, key=lambda one: not one["decides"])
    decided = {_pair(one) for one in found if one["decides"]}
    return [one for one in found if one["decides"] or _pair(one) not in decided]


def verdict(comparison: Record) -> str:
    return "yes" if comparison["is_significant"] else "no"


def metric(comparison: Record) -> str:
    return "order rate" if comparison["metric"] == "orders" else "revenue per athlete"


def dates(report: Record) -> dict[str, str]:
    """On the campaign's clock."""
    zone = report["plan"]["time_zone"]
    names = {"opened_at": "began", "sent_at": "sent", "measured_until": "measured until", "ended_at": "ended"}
    return {name: moment(report[at], zone) for at, name in names.items() if report.get(at)}


def totals(report: Record) -> dict[str, str]:
    total, currency = report["total"], report["currency"]
    converted = share_of(total["conversions"], total["athletes"])
    said = {
        "athletes": count(total["athletes"]),
        "impressions": count(total["impressions"]),
        "clicks": clicks(total),
        "codes used": f"{count(total['conversions'])} ({converted} of athletes)",
        "new customers": count(total["new_customers"]),
        "revenue": f"{money(total['revenue_minor'], currency)}, of all their orders, with or without a code",
        "spend": money(total["spend_minor"], currency),
        "of that discounts": money(total["discount_minor"], currency),
        "of that gifts and deliveries": money(total["cost_minor"], currency),
        "of that messages": money(total["messages_minor"], currency),
        "of that fixed": money(total["fixed_minor"], currency),
    }
    per = {
        "cost_per_acquisition_minor": ("cost per acquisition", "nobody used a code"),
        "customer_acquisition_cost_minor": ("customer acquisition cost", "no new customer"),
    }
    for field, (name, without) in per.items():
        said[name] = without if total[field] is None else money(total[field], currency)
    return said


def _header(report: Record) -> None:
    audience, zone = report["audience"], report["plan"]["time_zone"]
    left_out = ", ".join(f"{words(why, LEFT_OUT)} {count(number)}" for why, number in audience["left_out"].items())
    chosen = sum(audience["by_arm"].values())
    say(f"[bold]{escape(report['name'])}[/bold]  [dim]{escape(report['campaign_id'])}[/dim]")
    show_facts({
        "run": report["run_id"],
        "state": state(report),
        **dates(report),
        "clock": zone,
        "judged by": judged(report["plan"]["experiment"]),
        "audience": f"{count(chosen)} of {count(audience['looked_at'])} athletes",
        "left out": left_out or "nobody",
    })  # fmt: skip
    say()


def _funnel(report: Record) -> None:
    rows = []
    for arm in report["arms"]:
        steps = STEPS if is_told(arm) else {"athletes": STEPS["athletes"]}
        for number, (step, name) in enumerate(steps.items()):
            share = arm[step] / arm["athletes"] if arm["athletes"] else 0.0
            rows.append([
                label(arm) if not number else "", name, bar(share), count(arm[step]),
                share_of(arm[step], arm["athletes"]),
            ])  # fmt: skip
    number_table("Funnel", ("arm", "step", "", "athletes", "of chosen"), rows, left=3)


def _variants(report: Record) -> None:
    currency = report["currency"]
    rows = [
        [
            label(arm),
            percent(arm["planned_share"]),
            count(arm["athletes"]),
            count(arm["orderers"]),
            order_rate(arm),
            amount(arm["revenue_minor"], currency),
            revenue(arm["revenue_per_athlete"], currency),
        ]
        for arm in report["arms"]
    ]
    columns = ("arm", "planned", "athletes", "ordered", "order rate", "revenue", "revenue per athlete")
    number_table(
        f"Variants, with {confidence(report['plan'])} intervals; revenue is what athletes paid and kept, in {currency}",
        columns,
        rows,
    )


def _money_by_arm(report: Record) -> None:
    currency = report["currency"]
    rows = [
        [
            label(arm),
            arm["promo_id"] or "",
            count(arm["new_customers"]),
            count(arm["reversed"]),
            count(arm["withdrawn"]),
            *(
                amount(arm[name], currency)
                for name in ("discount_minor", "cost_minor", "messages_minor", "spend_minor")
            ),
        ]
        for arm in report["arms"]
        if is_told(arm)
    ]
    columns = ("arm", "promo", "new customers", "returned", "withdrew", "discounts", "gifts", "messages", "spend")
    number_table(f"What it took, money in {currency}", columns, rows, left=2)


def _comparisons(report: Record) -> None:
    rows = []
    for one in in_order(report["comparisons"]):
        value, interval = difference(one, report["currency"])
        pair = f"{one['name']} against {one['versus']}"
        decides = "✓" if one["decides"] else ""
        could = detectable(one, report["currency"])
        rows.append([pair, one["metric"], value, interval, p_value(one["p_value"]), verdict(one), could, decides])
    if rows:
        columns = ("", "of", "difference", "interval", "p", "significant", "could show", "decides")
        number_table("Comparisons, per athlete", columns, rows, left=2)


def _checks(report: Record) -> None:
    ratio, currency = report.get("sample_ratio"), report["currency"]
    if ratio:
        as_planned, told = split(ratio)
        say()
        say(f"{MARKS[as_planned]} {escape(told)}")
    for rail in report["guardrails"]:
        mark, said = MARKS[not rail["is_passed"]], "past" if rail["is_passed"] else "within"
        value, limit = (guardrail(rail, name, currency) for name in ("value", "limit"))
        say(f"{mark} {words(rail['name'], GUARDRAILS)}: {value}, {said} the limit of {limit}")


def _total(report: Record) -> None:
    say()
    show_facts(totals(report), title="All who were not held out")


def _effect(report: Record, comparison: Record) -> str:
    value, interval = difference(comparison, report["currency"])
    doubt = "" if comparison["is_significant"] else ", which may be chance"
    versus = "no offer" if _is_effect(report, comparison) else comparison["versus"]
    return f"{comparison['name']} against {versus}: {value} of {metric(comparison)} ({interval}){doubt}."


def _pair(comparison: Record) -> tuple[frozenset[str], str]:
    return frozenset({comparison["name"], comparison["versus"]}), str(comparison["metric"])


def _is_effect(report: Record, comparison: Record) -> bool:
    is_held_out = any(arm["name"] == comparison["versus"] and not is_told(arm) for arm in report["arms"])
    return bool(is_held_out and comparison["metric"] == report["plan"]["experiment"]["metric"])


def of_day(day: Record, currency: str) -> list[str]:
    return [count(day[name]) for name in DAY] + [amount(day[name], currency) for name in DAY_MONEY]
