"""What a run of a campaign did, as one HTML file: charts inside, no request to anywhere, made to be passed on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from stadion_cli.base.money import amount, money
from stadion_cli.base.wording import (
    GUARDRAILS,
    LEFT_OUT,
    confidence,
    count,
    difference,
    guardrail,
    p_value,
    percent,
    revenue,
    share_of,
    words,
)
from stadion_cli.campaign import charts
from stadion_cli.campaign import report as told

Record = Mapping[str, Any]
TEMPLATE: Final = Path(__file__).with_name("page.html.j2")


@dataclass(frozen=True)
class Table:
    """The first column names the row; `left` ones hold words, the others numbers."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    left: int = 1


def page(report: Record) -> str:
    """The same report gives the same bytes."""
    from markupsafe import Markup

    is_measured = report["measured_until"] is not None
    svgs = _charts(report) if is_measured else {}
    text: str = _template().render(
        report=report,
        is_measured=is_measured,
        unmeasured=told.unmeasured(report),
        state=told.state(report),
        dates=told.dates(report),
        tiles=_tiles(report),
        headlines=told.headlines(report),
        confidence=confidence(report["plan"]),
        judged=told.judged(report["plan"]["experiment"]),
        interim=told.interim(report) if report["is_interim"] else "",
        charts={name: Markup(svg) for name, svg in svgs.items()},  # noqa: S704 - matplotlib has escaped its texts
        tables=_tables(report),
        checks=_checks(report),
    )
    return text


def _charts(report: Record) -> dict[str, str]:
    found = {"funnel": charts.funnel(report), "days": charts.days(report)}
    if not report["is_interim"]:
        found |= {"order_rate": charts.order_rate(report), "revenue": charts.revenue_per_athlete(report)}
    return found


def _tiles(report: Record) -> list[tuple[str, str, str]]:
    """(name, value, beside it)."""
    total, currency = report["total"], report["currency"]

    def each(field: str) -> str:
        return "–" if total[field] is None else money(total[field], currency)

    return [
        ("Athletes who were not held out", count(total["athletes"]),
         f"{count(total['impressions'])} impressions, {count(total['clicks'])} clicks"),
        ("Codes used", count(total["conversions"]), f"{share_of(total['conversions'], total['athletes'])} of athletes"),
        ("Revenue", money(total["revenue_minor"], currency), "of all their orders in the time, less returns"),
        ("Spend", money(total["spend_minor"], currency), "discounts, gifts, messages, fixed"),
        ("Cost per acquisition", each("cost_per_acquisition_minor"), f"{count(total['conversions'])} codes used"),
        ("Customer acquisition cost", each("customer_acquisition_cost_minor"),
         f"{count(total['new_customers'])} new customers"),
    ]  # fmt: skip


def _tables(report: Record) -> dict[str, Table]:
    return {
        "funnel": _funnel(report),
        "variants": _variants(report),
        "comparisons": _comparisons(report),
        "money": _money(report),
        "days": _days(report),
        "total": Table("All who were not held out", ("", ""), list(told.totals(report).items())),
        "audience": _audience(report),
    }


def _funnel(report: Record) -> Table:
    rows = [
        [told.label(arm), *(f"{count(arm[step])} ({share_of(arm[step], arm['athletes'])})" for step in told.STEPS)]
        for arm in report["arms"]
        if told.is_told(arm)
    ]
    return Table("Athletes at each step, and their share of those chosen", ("arm", *told.STEPS.values()), rows)


def _variants(report: Record) -> Table:
    currency = report["currency"]
    rows = [
        [
            told.label(arm),
            arm["promo_id"] or "–",
            percent(arm["planned_share"]),
            count(arm["athletes"]),
            count(arm["orderers"]),
            told.order_rate(arm),
            amount(arm["revenue_minor"], currency),
            revenue(arm["revenue_per_athlete"], currency),
        ]
        for arm in report["arms"]
    ]
    columns = ("arm", "promo", "planned", "athletes", "ordered", "order rate", "revenue", "revenue per athlete")
    caption = f"With {confidence(report['plan'])} confidence intervals; money in {currency}"
    return Table(caption, columns, rows, left=2)


def _comparisons(report: Record) -> Table:
    rows = []
    for one in told.in_order(report["comparisons"]):
        value, interval = difference(one, report["currency"])
        pair = f"{one['name']} against {one['versus']}"
        decides = "decides" if one["decides"] else ""
        could = told.detectable(one, report["currency"])
        rows.append(
            [pair, told.metric(one), value, interval, p_value(one["p_value"]), told.verdict(one), could, decides]
        )
    columns = ("", "of", "difference", "interval", "p-value", "significant", "could show", "")
    return Table("Differences per athlete", columns, rows, left=2)


def _money(report: Record) -> Table:
    currency = report["currency"]
    rows = [
        [
            told.label(arm),
            count(arm["new_customers"]),
            count(arm["reversed"]),
            count(arm["withdrawn"]),
            *(
                amount(arm[name], currency)
                for name in ("discount_minor", "cost_minor", "messages_minor", "spend_minor")
            ),
        ]
        for arm in report["arms"]
        if told.is_told(arm)
    ]
    columns = ("arm", "new customers", "returned", "consents withdrawn", "discounts", "gifts", "messages", "spend")
    return Table(f"By arm, money in {currency}", columns, rows)


def _days(report: Record) -> Table:
    currency = report["currency"]
    columns = ("day", "offers", "impressions", "clicks", "conversions", "discounts", "messages", "spend",
               "paid with code")  # fmt: skip
    rows = [[one["day"], *told.of_day(one, currency)] for one in report["days"]]
    return Table(f"By day (UTC), of all runs since this one began; money in {currency}", columns, rows)


def _audience(report: Record) -> Table:
    audience = report["audience"]
    looked_at = audience["looked_at"]
    found = {told.label(arm): audience["by_arm"].get(arm["name"], 0) for arm in report["arms"]}
    found |= {words(why, LEFT_OUT): number for why, number in audience["left_out"].items()}
    rows = [[name, count(number), share_of(number, looked_at)] for name, number in found.items()]
    return Table(f"Of {count(looked_at)} athletes looked at", ("", "athletes", "share"), rows)


def _checks(report: Record) -> list[tuple[str, str]]:
    """(good, bad or open, what)."""
    ratio, currency = report.get("sample_ratio"), report["currency"]
    found = [told.split(ratio)] if ratio else []
    for rail in report["guardrails"]:
        value, limit = (guardrail(rail, name, currency) for name in ("value", "limit"))
        said = f"{words(rail['name'], GUARDRAILS).capitalize()}: {value}, the limit is {limit}."
        found.append((not rail["is_passed"], said))
    return [({True: "good", False: "bad", None: "open"}[is_fine], said) for is_fine, said in found]


@cache
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    made = Environment(undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return made.from_string(TEMPLATE.read_text(encoding="utf-8"))
