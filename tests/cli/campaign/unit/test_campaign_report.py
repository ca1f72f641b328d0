"""`stadion campaign report`: in the terminal, and as a page to pass on."""

import copy
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from promos.campaigns.schemas import CampaignReportResponse
from stadion_cli.base import output
from stadion_cli.base.money import money
from stadion_cli.campaign import charts as campaign_charts
from stadion_cli.campaign import commands as campaign
from stadion_cli.campaign import page as campaign_page
from stadion_cli.campaign import report as campaign_report

HERE = Path(__file__).parent
HOSTILE = "<script>alert(1)</script> [bold]$x$ \"' & ü"


@pytest.fixture
def report() -> dict[str, Any]:
    """Two thousand athletes, two variants, a hold-out, six days."""
    found: dict[str, Any] = json.loads((HERE / "campaign_report.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(autouse=True)
def _a_hundred_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "_out", Console(width=100, highlight=False, color_system=None))


def test_the_report_is_one_that_the_api_could_give(report: dict[str, Any]) -> None:
    assert (
        CampaignReportResponse.model_validate_json(json.dumps(report)).model_dump(mode="json", by_alias=True) == report
    )


@pytest.mark.parametrize(
    ("minor", "currency", "said"),
    [
        (123_450, "RUB", "1 234.50 RUB"),
        (123_450, "JPY", "123 450 JPY"),
        (123_450, "KWD", "123.450 KWD"),
        (123_450, "RSD", "1 234.50 RSD"),
        (-2_565.4, "RUB", "−25.65 RUB"),
        (0, "EUR", "0.00 EUR"),
        (100, "ZZZ", "1.00 ZZZ"),
    ],
)
def test_money_has_the_decimals_of_its_currency(minor: float, currency: str, said: str) -> None:
    assert money(minor, currency) == said


# --- in the terminal ------------------------------------------------------------------------------------------------


def test_the_terminal_says_what_was_said_last_time(report: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    campaign_report.show_report(report)
    said = "".join(f"{line.rstrip()}\n" for line in capsys.readouterr().out.splitlines())
    assert said == (HERE / "campaign_report.txt").read_text(encoding="utf-8")
    assert max(map(len, said.splitlines())) <= 100


def test_a_run_without_a_look_has_nothing_to_say_yet(
    report: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    campaign_report.show_report(_unmeasured(report))
    said = capsys.readouterr().out
    assert "Nothing was measured yet" in said
    assert "Comparisons" not in said


def test_a_split_that_is_not_the_planned_one_comes_before_all(report: dict[str, Any]) -> None:
    report["sample_ratio"] |= {"is_suspicious": True, "p_value": 0.0001}
    assert campaign_report.headlines(report)[0].startswith("Do not trust the comparison")


def test_a_difference_that_may_be_chance_says_so(report: dict[str, Any]) -> None:
    said = campaign_report.headlines(report)
    assert said[-1] == "b against no offer: +2.8 points of order rate (−1.1 to +5.5), which may be chance."


def test_a_pair_that_decides_has_one_interval(report: dict[str, Any]) -> None:
    pairs = [campaign_report._pair(one) for one in campaign_report.in_order(report["comparisons"])]
    assert len(pairs) == len(set(pairs)) == 6


def test_an_interim_look_compares_nothing_and_says_when_it_will(
    report: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """promos-12: it printed "significant yes" before the one look that counts."""
    early = _interim(report)

    campaign_report.show_report(early)
    html = campaign_page.page(early)

    said = " ".join(capsys.readouterr().out.split())
    assert "The variants are compared once, at Mon 2026-12-07 10:01" in said
    for text in (said, html):
        assert "significant" not in text.partition("<footer>")[0]
        assert "9.98" not in text
    assert "10.0 %" in said
    assert "compared once" in html


def test_a_run_that_was_stopped_before_its_look_compared_nothing(report: dict[str, Any]) -> None:
    stopped = _interim(report) | {"outcome": "stopped", "decides_at": None}
    assert campaign_report.headlines(stopped) == ["It was stopped before its one look: nothing was compared."]


def test_what_was_not_tested_does_not_look_as_if_it_had_passed(
    report: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    report["sample_ratio"] |= {"is_tested": False, "p_value": None}

    campaign_report.show_report(report)

    said = capsys.readouterr().out
    assert "· Whether the athletes split as planned was not tested: there are too few" in said
    assert "split as planned (p" not in said
    assert '<li class="open">Whether the athletes' in campaign_page.page(report)


def test_clicks_are_a_share_of_impressions_that_were_told_and_of_no_others(report: dict[str, Any]) -> None:
    for impressions, said in ((0, "37"), (36, "37"), (74, "37 (50.0 % of impressions)")):
        report["total"] |= {"impressions": impressions, "clicks": 37}
        assert campaign_report.totals(report)["clicks"] == said


def test_names_are_no_markup(report: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    campaign_report.show_report(_hostile(report))
    assert "<script>alert(1)</script> [bold]$x$" in capsys.readouterr().out


def test_the_latest_run_is_reported_unless_one_is_named(
    report: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[str] = []

    def call(_: Any, __: str, path: str, ___: Any = None) -> dict[str, Any]:
        asked.append(path.removeprefix(f"{campaign.BASE}/winter/runs"))
        return report if path.endswith("/report") else {"items": [{"run_id": "two"}, {"run_id": "one"}]}

    monkeypatch.setattr(campaign, "call", call)
    monkeypatch.setattr(campaign, "target", lambda *_, **__: None)
    campaign.report("winter", html=tmp_path / "a.html")
    campaign.report("winter", run="one")
    assert asked == ["", "/two/report", "/one/report"]
    assert (tmp_path / "a.html").read_text(encoding="utf-8") == campaign_page.page(report)


def test_a_campaign_that_has_not_begun_has_no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaign, "call", lambda *_: {"items": []})
    monkeypatch.setattr(campaign, "target", lambda *_, **__: None)
    with pytest.raises(campaign.NoRun):
        campaign.report("winter")


# --- as a page ------------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """Tags with their attributes, and the text outside of styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += "" if self._inside == "style" else data

    def all(self, attribute: str) -> list[str]:
        return [value or "" for _, attributes in self.tags for name, value in attributes.items() if name == attribute]


def test_the_page_asks_nobody_for_anything(report: dict[str, Any]) -> None:
    html = campaign_page.page(report)
    page = Page(html)
    assert not page.all("src")
    assert all(link.startswith("#") for name in ("href", "xlink:href") for link in page.all(name))
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "link", "img", "iframe", "object", "image"})
    assert "@import" not in html
    assert all(part.startswith("#") for part in html.split("url(")[1:])


def test_each_chart_stands_in_the_page_with_words(report: dict[str, Any]) -> None:
    page = Page(campaign_page.page(report))
    charts = [attributes for tag, attributes in page.tags if tag == "svg"]
    ids = page.all("id")
    assert len(charts) == 4
    assert len(ids) == len(set(ids))
    for attributes in charts:
        assert attributes["role"] == "img"
        assert set((attributes["aria-labelledby"] or "").split()) <= set(ids)


def test_the_page_has_the_numbers(report: dict[str, Any]) -> None:
    page = Page(campaign_page.page(report))
    for number in ("1 798", "142 935.68 RUB", "10.0 % (8.2 to 12.1)", "564 (62.5 %)", "+3.2 points", "0.015",
                   "2026-12-06", "Tue 2026-12-01 10:00"):  # fmt: skip
        assert number in page.text


def test_no_stand_in_for_a_colour_is_left(report: dict[str, Any]) -> None:
    html = campaign_page.page(report)
    assert not [color for color in campaign_charts.VARIABLES if color in html]
    for variable in campaign_charts.VARIABLES.values():
        assert f"--{variable}:" in html


def test_names_are_text_and_nothing_else(report: dict[str, Any]) -> None:
    page = Page(campaign_page.page(_hostile(report)))
    assert "script" not in {tag for tag, _ in page.tags}
    assert page.text.count("<script>alert(1)</script>") > 8


def test_the_same_report_gives_the_same_bytes(report: dict[str, Any]) -> None:
    assert campaign_page.page(report) == campaign_page.page(copy.deepcopy(report))


def test_a_page_of_a_run_without_a_look_says_so(report: dict[str, Any]) -> None:
    page = Page(campaign_page.page(_unmeasured(report)))
    assert "Nothing was measured yet" in page.text
    assert "svg" not in {tag for tag, _ in page.tags}


def test_a_large_run_has_a_page_too(report: dict[str, Any]) -> None:
    """Five variants, the rest, a quarter of a year, and a currency without decimals."""
    [a, _, held_out] = report["arms"]
    report["arms"] = [a | {"name": f"v{n}"} for n in range(5)] + [a | {"name": "rest", "role": "rest"}, held_out]
    report["days"] = [report["days"][0] | {"day": f"2026-{month:02}-{day:02}"} for month in (7, 8, 9)
                      for day in range(1, 31)]  # fmt: skip
    report["currency"] = "JPY"
    page = Page(campaign_page.page(report))
    assert page.text.count("2026-09-30") == 2
    assert "14 293 568 JPY" in page.text


def _unmeasured(report: dict[str, Any]) -> dict[str, Any]:
    arms = [arm | {"order_rate": None, "revenue_per_athlete": None} for arm in report["arms"]]
    return report | {"measured_until": None, "ended_at": None, "state": "sending", "outcome": None, "reason": None,
                     "arms": arms, "comparisons": [], "sample_ratio": None, "decision": None}  # fmt: skip


def _interim(report: dict[str, Any]) -> dict[str, Any]:
    arms = [arm | {"order_rate": None, "revenue_per_athlete": None} for arm in report["arms"]]
    return report | {"is_interim": True, "decides_at": report["measured_until"], "arms": arms, "comparisons": [],
                     "ended_at": None, "outcome": None, "reason": None, "decision": None}  # fmt: skip


def _hostile(report: dict[str, Any]) -> dict[str, Any]:
    def renamed(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: renamed(one) for name, one in value.items()}
        if isinstance(value, list):
            return [renamed(one) for one in value]
        return HOSTILE if value in {"a", "winter-2026", "Winter shoes 2026", "winter-shoes"} else value

    return dict(renamed(report))
