"""A promo in the terminal: in money and in words."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from stadion_cli.base.money import amount, money
from stadion_cli.base.output import show_facts
from stadion_cli.base.wording import moment

Record = Mapping[str, Any]

LANGUAGES: Final = {"en": "English", "ru": "Russian"}
EVERY_DAY: Final = 7


def show_promo(promo: Record) -> None:
    show_facts({name: value for name, value in _facts(promo).items() if value})


def sms(sizes: Mapping[str, Record]) -> str:
    """`at most 2 parts in English; 4 parts in Russian, with the text shortened`; each part is paid for. The way out is
    reckoned with the longest link that it may have."""
    said = []
    for language, size in sizes.items():
        count = f"{size['parts']} part" + ("" if size["parts"] == 1 else "s")
        short = ", with the text shortened" if size["is_shortened"] else ""
        said.append(f"{count} in {LANGUAGES.get(language, language)}{short}")
    return "at most " + "; ".join(said) if said else ""


def discount(found: Record, currency: str) -> str:
    """`20 % off, at most 3 000.00 RUB, from an order of 1 000.00 RUB on`."""
    what = {
        "percent": f"{found.get('percent')} % off",
        "amount": f"{_money(found.get('amount_minor') or 0, currency)} off",
        "gift": f"a gift, {found.get('sku')}",
        "free_delivery": "free delivery",
    }.get(found["kind"], str(found["kind"]))
    most, least, cost = (found.get(name) for name in ("most_minor", "least_order_minor", "cost_minor"))
    more = [f"at most {_money(most, currency)}"] if most else []
    more += [f"from an order of {_money(least, currency)} on"] if least else []
    more += [f"costs the budget {_money(cost, currency)}"] if cost else []
    return ", ".join([what, *more])


def _facts(promo: Record) -> dict[str, object]:
    currency, zone = promo.get("currency") or "", promo["time_zone"]
    budget, limits = promo.get("budget") or {}, promo.get("limits") or {}
    return {
        "promo": promo["promo_id"],
        "status": promo["status"],
        "name": promo["name"],
        "discount": discount(promo["discount"], currency),
        "from": f"{moment(promo['starts_at'], zone)} ({zone})",
        "to": f"{moment(promo['ends_at'], zone)} (the last good day is {_last_day(promo['ends_at'], zone)})",
        "codes": _codes(promo["codes"]),
        "used": _used(budget),
        "given": _given(budget, currency),
        "over the limits": _overrun(budget, currency),
        "each athlete": _each(limits),
        "places": "; ".join(_place(one) for one in promo.get("places") or []),
        "hours": "; ".join(_window(one) for one in promo.get("windows") or []),
        "for": "" if promo.get("targeting") is None else "whom its targeting fits (stadion promo explain)",
        "leads to": promo.get("link"),
        "redeemed by": ", ".join(promo.get("partners") or ()) or "every partner that has codes",
        "SMS": sms(promo.get("sms") or {}),
    }


def _last_day(ends_at: str, zone: str) -> str:
    local = datetime.fromisoformat(ends_at).astimezone(ZoneInfo(zone))
    return f"{local - timedelta(microseconds=1):%Y-%m-%d}"


def _codes(plan: Record) -> str:
    if plan.get("pattern"):
        return f"{plan['pattern']}, each athlete their own"
    most = plan.get("most_uses")
    return f"{plan.get('shared')}, the same for everybody" + (f", {most} uses" if most else "")


def _used(budget: Record) -> str:
    used, left = budget.get("redemptions_used", 0), budget.get("redemptions_left")
    over = budget.get("overrun_redemptions") or 0
    limit = f", of {used + left - over}" if left is not None else "; no limit"
    return f"{_times(used)}, reserved uses included{limit}"


def _given(budget: Record, currency: str) -> str:
    """Nothing of a promo without a currency: its orders may be in several."""
    if not currency:
        return ""
    used, left = budget.get("discount_used_minor", 0), budget.get("discount_left_minor")
    over = budget.get("overrun_minor") or 0
    limit = f"of {money(used + left - over, currency)}" if left is not None else "(no limit)"
    return f"{amount(used, currency)} {limit}" if left is not None else f"{money(used, currency)} {limit}"


def _overrun(budget: Record, currency: str) -> str:
    minor, uses = budget.get("overrun_minor") or 0, budget.get("overrun_redemptions") or 0
    said = [_money(minor, currency)] if minor else []
    said += [_times(uses)] if uses else []
    return ", ".join(said)


def _each(limits: Record) -> str:
    said = [_times(limits["per_user"])] if limits.get("per_user") else []
    if limits.get("per_user_per_period"):
        said.append(f"{_times(limits['per_user_per_period'])} a {limits['period']}")
    return ", ".join(said)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _place(place: Record) -> str:
    return ", ".join(str(place[name]) for name in ("city", "region", "country") if place.get(name))


def _window(window: Record) -> str:
    days = "" if len(window["days"]) == EVERY_DAY else f" on {', '.join(window['days'])}"
    return f"{window['opens'][:5]} to {window['closes'][:5]}{days}"


def _money(minor: float, currency: str) -> str:
    return money(minor, currency) if currency else amount(minor, currency)
