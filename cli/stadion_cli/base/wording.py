"""Numbers, moments and the API's codes in plain words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from stadion_cli.base.money import amount

Interval = Mapping[str, float]

LEFT_OUT: Final = {
    "no_consent": "agreed to no marketing",
    "not_in_audience": "not in the audience",
    "capped": "got enough offers lately",
    "no_offer_left": "over the number of offers of a run",
    "promo_is_gone": "a promo of the plan is gone",
    "promo_status": "a promo is not active at this moment",
    "promo_partners": "no partner whom a promo names may redeem codes now",
    "promo_consent": "agreed to no marketing that a promo needs",
    "promo_place": "lives where a promo does not hold",
    "promo_targeting": "not among those whom a promo is for",
    "promo_limit": "has used a promo as often as one may",
}
REASONS: Final = {
    "significantly_better": "it is significantly better than each other variant",
    "not_significant": "no variant is significantly better than each other one",
    "too_little_data": "too few athletes or orders to tell",
    "not_the_last_look": "the time that was planned is not over",
    "nothing_to_compare": "there is one variant only",
    "sample_ratio_mismatch": "the athletes did not split as planned, so the numbers cannot be trusted",
    "rolled_out": "the rest has got its offers",
    "ended_by_hand": "somebody ended it",
    "nobody_to_tell": "nobody was in the audience",
    "unknown_promo": "a promo of it is gone",
    "unknown_segment": "a segment of its audience is gone",
    "promo_not_active_then": "a promo of it was not active when it should have begun",
    "promo_ends_inside": "a promo of it would have ended before the campaign",
    "other_currency": "a promo of it is in another currency",
    "guardrail_spend_minor": "it cost more than allowed",
    "guardrail_withdrawn_percent": "too many withdrew their consent",
    "guardrail_returned_percent": "too many orders came back",
}
GUARDRAILS: Final = {
    "spend_minor": "spend",
    "withdrawn_percent": "consents withdrawn",
    "returned_percent": "orders returned",
}
METRICS: Final = {"orders": "the share of athletes that order", "revenue": "revenue per athlete"}
STATES: Final = {
    "choosing": "choosing the audience",
    "sending": "sending",
    "measuring": "measuring the test",
    "rolling_out": "sending the winner to the rest",
    "closing": "waiting for the last orders",
    "ended": "ended",
}


def words(code: str, known: Mapping[str, str]) -> str:
    """A code that is not known here is still readable."""
    return known.get(code, code.replace("_", " "))


def count(number: float) -> str:
    return f"{number:,}".replace(",", " ")


def percent(share: float, *, digits: int = 1) -> str:
    """Of a share: 0.064 is 6.4 %."""
    return f"{100 * share:.{digits}f} %"


def share_of(part: float, whole: float) -> str:
    return percent(part / whole) if whole else "–"


def points(share: float) -> str:
    """A difference of shares, in points of a percent."""
    return _sign(f"{100 * share:+.1f}")


def rate(found: Interval | None) -> str:
    """`6.4 % (5.0 to 8.2)`."""
    if found is None:
        return "–"
    return f"{percent(found['value'])} ({100 * found['low']:.1f} to {100 * found['high']:.1f})"


def revenue(found: Interval | None, currency: str) -> str:
    if found is None:
        return "–"
    low, high = amount(found["low"], currency), amount(found["high"], currency)
    return f"{amount(found['value'], currency)} ({low} to {high})"


def difference(comparison: Mapping[str, Any], currency: str) -> tuple[str, str]:
    """The value and its interval."""
    found = comparison["estimate"]
    if comparison["metric"] == "orders":
        low, value, high = (points(found[name]) for name in ("low", "value", "high"))
        return f"{value} points", f"{low} to {high}"
    low, value, high = (amount(found[name], currency, signed=True) for name in ("low", "value", "high"))
    return f"{value} {currency}", f"{low} to {high}"


def p_value(found: float | None) -> str:
    if found is None:
        return "–"
    return "< 0.001" if found < 0.001 else f"{found:.3f}"


def guardrail(rail: Mapping[str, Any], name: str, currency: str) -> str:
    """Its limit or value."""
    if rail["name"].endswith("_minor"):
        return f"{amount(rail[name], currency)} {currency}"
    return f"{rail[name]:.1f} %"


def moment(text: str | None, zone: str) -> str:
    """On the campaign's clock: `Tue 2026-12-01 10:00`."""
    if text is None:
        return "–"
    return f"{datetime.fromisoformat(text).astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M}"


def confidence(plan: Mapping[str, Any]) -> str:
    """`95 %`."""
    return f"{100 * plan['experiment']['confidence']:.4g} %"


def _sign(text: str) -> str:
    return text.replace("-", "−")
