"""The charts of a report, as SVG inside a page: drawn by matplotlib, coloured and lettered by the page's CSS."""

import io
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final
from xml.sax.saxutils import escape

from stadion_cli.base.money import amount, decimals
from stadion_cli.base.wording import count, percent, share_of
from stadion_cli.campaign.report import STEPS, is_told, label

Record = Mapping[str, Any]

INK: Final = "#fe0001"
FAINT: Final = "#fe0002"
ARMS: Final = ("#fe0010", "#fe0011", "#fe0012", "#fe0013", "#fe0014")
HELD_OUT: Final = "#fe0020"
REST: Final = "#fe0021"
VARIABLES: Final = {INK: "ink", FAINT: "line", HELD_OUT: "arm-held-out", REST: "arm-rest"} | {
    color: f"arm-{number}" for number, color in enumerate(ARMS)
}
"""Colours that stand for the page's own, which differ by day and night: they never come out."""
SETTINGS: Final = {
    "svg.fonttype": "none",
    "svg.hashsalt": "stadion",
    "text.parse_math": False,
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": FAINT,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "ytick.left": False,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
}
WIDE: Final = 10.2
HALF: Final = 5.0
MAX_DAYS_NAMED: Final = 8
EXTREMES: Final = ((min, "low"), (max, "high"))


def funnel(report: Record) -> str:
    """How far the athletes of each arm came, in percent of those chosen."""
    arms = [arm for arm in report["arms"] if is_told(arm)]
    height = 0.62 / max(len(arms), 1)

    def draw(figure: Any) -> None:
        axes = figure.subplots()
        for number, arm in enumerate(arms):
            shares = [arm[step] / arm["athletes"] if arm["athletes"] else 0.0 for step in STEPS]
            at = [step + (number - (len(arms) - 1) / 2) * (height + 0.03) for step in range(len(STEPS))]
            axes.barh(at, shares, height=height, color=color(report, arm), label=label(arm))
            for place, share, step in zip(at, shares, STEPS, strict=True):
                axes.text(share + 0.006, place, f"{percent(share)} ({count(arm[step])})", va="center")
        axes.set_yticks(range(len(STEPS)), list(STEPS.values()))
        axes.invert_yaxis()
        axes.set_xlim(0, 1.16)
        axes.xaxis.set_visible(False)
        axes.spines["bottom"].set_visible(False)
        axes.legend(loc="lower right", frameon=False)

    told = [
        f"{label(arm)}: " + ", ".join(f"{name} {share_of(arm[step], arm['athletes'])}" for step, name in STEPS.items())
        for arm in arms
    ]
    tall = 0.4 + len(STEPS) * (0.2 + 0.22 * len(arms))
    return _svg("funnel", "Funnel by arm", "; ".join(told), (WIDE, tall), draw)


def order_rate(report: Record) -> str:
    return _intervals(report, "order_rate", "Order rate", percent)


def revenue_per_athlete(report: Record) -> str:
    currency = report["currency"]
    title = f"Revenue per athlete, {currency}"
    return _intervals(report, "revenue_per_athlete", title, lambda value: amount(value, currency))


def days(report: Record) -> str:
    """Four small charts with the days in common: their numbers differ too much for one scale."""
    found, currency = report["days"], report["currency"]
    unit = 10 ** decimals(currency)
    panels = [
        ("Impressions", [day["impressions"] for day in found]),
        ("Clicks", [day["clicks"] for day in found]),
        ("Conversions", [day["conversions"] for day in found]),
        (f"Spend, {currency}", [day["spend_minor"] / unit for day in found]),
    ]

    def draw(figure: Any) -> None:
        every = max(1, -(-len(found) // MAX_DAYS_NAMED))
        for axes, (title, values) in zip(figure.subplots(2, 2, sharex=True).flat, panels, strict=True):
            axes.bar(range(len(values)), values, color=ARMS[0], width=0.7)
            axes.set_title(title)
            axes.grid(axis="y")
            axes.set_ylim(0, max([*values, 1]) * 1.15)
            axes.yaxis.set_major_locator(_few_ticks())
            axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}".replace(",", " "))
            axes.set_xticks(range(0, len(found), every), [_short(day["day"]) for day in found[::every]])

    told = f"{len(found)} days, from {found[0]['day']} to {found[-1]['day']}" if found else "no day yet"
    return _svg("days", "Impressions, clicks, conversions and spend by day", told, (WIDE, 4.4), draw)


def color(report: Record, arm: Record) -> str:
    """An arm has the same colour everywhere."""
    if arm["role"] == "hold_out":
        return HELD_OUT
    if arm["role"] == "rest":
        return REST
    names = [one["name"] for one in report["arms"] if one["role"] == "variant"]
    return ARMS[names.index(arm["name"]) % len(ARMS)]


def _intervals(report: Record, field: str, title: str, say: Callable[[float], str]) -> str:
    """A point with whiskers for each arm."""
    arms = [arm for arm in report["arms"] if arm[field] is not None]

    def draw(figure: Any) -> None:
        axes = figure.subplots()
        for number, arm in enumerate(arms):
            found, shade = arm[field], color(report, arm)
            axes.plot([found["low"], found["high"]], [number, number], color=shade, linewidth=2.5)
            for end in (found["low"], found["high"]):
                axes.plot([end, end], [number - 0.1, number + 0.1], color=shade, linewidth=2)
            axes.plot([found["value"]], [number], "o", color=shade, markersize=8)
            axes.text(found["value"], number - 0.2, say(found["value"]), ha="center", va="bottom", fontsize=9)
        axes.set_yticks(range(len(arms)), [label(arm) for arm in arms])
        axes.set_ylim(len(arms) - 0.5, -0.7)
        least, most = (function([0.0, *(arm[field][end] for arm in arms)]) for function, end in EXTREMES)
        axes.set_xlim(least * 1.06, most * 1.06 or 1)
        axes.xaxis.set_major_locator(_few_ticks())
        axes.xaxis.set_major_formatter(lambda value, _: say(value).replace(".0 %", " %"))
        axes.grid(axis="x")

    told = [f"{label(arm)}: {say(arm[field]['value'])}, {say(arm[field]['low'])} to {say(arm[field]['high'])}"
            for arm in arms]  # fmt: skip
    return _svg(field, title, "; ".join(told), (HALF, 0.9 + 0.6 * len(arms)), draw)


def _short(day: str) -> str:
    """`1 Dec`"""
    found = date.fromisoformat(day)
    return f"{found.day} {found:%b}"


def _few_ticks() -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10])


def _svg(name: str, title: str, told: str, inches: tuple[float, float], draw: Callable[[Any], None]) -> str:
    """The same numbers give the same bytes."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    settings: dict[Any, Any] = {**mpl.rcParamsDefault, **SETTINGS}  # nobody's own settings
    with mpl.rc_context(settings):
        figure = Figure(figsize=inches, layout="constrained")
        draw(figure)
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return _for_a_page(file.getvalue(), name, title, told)


def _for_a_page(svg: str, name: str, title: str, told: str) -> str:
    """Without the prologue of a file; ids that are unique in the page; colours by name; words for who cannot see it."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<style.*?</style>", "", svg, count=1, flags=re.DOTALL)  # it would hold for the whole page
    for shade, variable in VARIABLES.items():
        svg = svg.replace(shade, f"var(--{variable})")
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r'(href="|url\()#', rf"\1#{name}-", svg)
    words = f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-words">{escape(told)}</desc>'
    opening, _, rest = svg.partition(">")
    opening = re.sub(r' (?:width|height)="[^"]*"', "", opening)
    return f'{opening} role="img" aria-labelledby="{name}-title {name}-words">{words}{rest}'
