"""What became of a promo's offers, in the terminal: of all of them, whoever or whatever gave them."""

from collections.abc import Mapping
from typing import Any, Final

from rich.markup import escape

from stadion_cli.base.figures import bar, number_table
from stadion_cli.base.money import amount, money
from stadion_cli.base.output import say, show_facts
from stadion_cli.base.wording import count, share_of

Record = Mapping[str, Any]

STEPS: Final = {"issued": "got an offer", "viewed": "saw it", "clicked": "clicked", "redeemed": "used the code"}
MONEY: Final = ("discount_minor", "revenue_minor")
COLUMNS: Final = ("offers", "seen", "clicks", "used", "discounts", "paid with a code")


def show_report(promo: Record, funnel: Record) -> None:
    total = funnel["total"]
    currency = promo["currency"] or total.get("currency") or ""
    say(f"[bold]{escape(promo['name'])}[/bold]  [dim]{escape(promo['promo_id'])}, {promo['status']}[/dim]")
    _funnel(total)
    rows = [
        [row["campaign_id"] or "no campaign", row["variant"] or "", *_numbers(row, currency)]
        for row in funnel["by_variant"]
    ]
    number_table(_titled("Who gave them", currency), ("campaign", "variant", *COLUMNS), rows, left=2)
    rows = [[row["day"], *_numbers(row, currency)] for row in funnel["by_day"]]
    number_table(_titled("By day (UTC)", currency), ("day", *COLUMNS), rows)
    say()
    show_facts(_totals(total, currency), title="In all")


def discount_per_conversion_minor(total: Record) -> int | None:
    """Of offers that were used, and of walk-ins. What messages cost besides is a campaign's matter."""
    conversions, given = total["redeemed"] + total["walk_ins"], total["discount_minor"]
    return round(given / conversions) if conversions and given is not None else None


def _funnel(total: Record) -> None:
    rows = []
    for step, name in STEPS.items():
        share = total[step] / total["issued"] if total["issued"] else 0.0
        rows.append([name, bar(share), count(total[step]), share_of(total[step], total["issued"])])
    number_table("Funnel", ("step", "", "offers", "of given"), rows if total["issued"] else [], left=2)


def _numbers(row: Record, currency: str) -> list[str]:
    return [count(row[step]) for step in STEPS] + [_sum(row, name, currency) for name in MONEY]


def _totals(total: Record, currency: str) -> dict[str, str]:
    each = discount_per_conversion_minor(total)
    return {
        "conversions": f"{count(total['redeemed'])} ({share_of(total['redeemed'], total['issued'])} of offers)",
        "dismissed": count(total["dismissed"]),
        "returned": count(total["reversed"]),
        "walk-ins": count(total["walk_ins"]),
        "paid for orders with a code": _sum(total, "revenue_minor", currency, named=True),
        "discounts": _sum(total, "discount_minor", currency, named=True),
        "discount per conversion": _each(total, each, currency),
    }


def _each(total: Record, each: int | None, currency: str) -> str:
    if each is not None:
        return _money(each, currency)
    return "nobody used a code" if total["discount_minor"] is not None else "in several currencies"


def _sum(row: Record, name: str, currency: str, *, named: bool = False) -> str:
    """Two currencies are never added."""
    if row[name] is None:
        return " + ".join(money(one[name], one["currency"]) for one in row["money"])
    own = row.get("currency") or currency
    return _money(row[name], own) if named or own != currency else amount(row[name], currency)


def _money(minor: float, currency: str) -> str:
    """A promo that names no amount has no currency of its own."""
    return money(minor, currency) if currency else amount(minor, currency)


def _titled(title: str, currency: str) -> str:
    return f"{title}, money in {currency}" if currency else title
