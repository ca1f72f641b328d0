"""`stadion promo` and `stadion segment`: what they send, what they say, and the files they read."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.paths import ROOT
from stadion_cli.base import files, signed
from stadion_cli.base.errors import UsageError
from stadion_cli.base.target import Target
from stadion_cli.promo import commands as promo
from stadion_cli.promo import segment

EXAMPLES = ROOT / "docs" / "examples" / "promos"
PROMO = {
    "promo_id": "winter-shoes",
    "status": "active",
    "name": "Winter",
    "starts_at": "2026-12-01T00:00:00+03:00",
    "ends_at": "2027-01-01T00:00:00+03:00",
    "time_zone": "Europe/Moscow",
    "discount": {"kind": "percent", "percent": 20},
    "codes": {"pattern": "RUN-{8}"},
    "budget": {"redemptions_left": 3, "redemptions_used": 2, "discount_left_minor": None, "discount_used_minor": 7},
}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What was asked of the API, which answers with a promo."""
    asked: list[tuple[Any, ...]] = []

    def call(_: Target, method: str, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
        asked.append((method, path, body, headers))
        return {"matched": 2, "looked_at": 3, "next_cursor": "c" if len(asked) < 2 else None} | PROMO

    monkeypatch.setattr(signed, "call", call)
    for module in (promo, segment):
        monkeypatch.setattr(module, "call", call)
        monkeypatch.setattr(module, "target", lambda *_, **__: None)
    return asked


def test_the_examples_are_what_the_api_takes(sent: list[tuple[Any, ...]]) -> None:
    from promos.athletes.schemas import SegmentPut
    from promos.offers.schemas import NewPromo

    promo.create(EXAMPLES / "winter-shoes.yaml", as_json=True)
    segment.create(EXAMPLES / "regular-runners.yaml", as_json=True)
    (_, _, wanted, headers), (method, path, rule, _) = sent
    parsed = NewPromo.model_validate_json(json.dumps(wanted))
    assert (str(parsed.windows[0].opens), headers) == ("08:00:00", {})
    assert (method, path) == ("PUT", "/v1/admin/promos/segments/regular-runners")
    assert SegmentPut.model_validate_json(json.dumps(rule)).rule.kind == "activity"


def test_a_status_is_changed_whatever_the_version(
    sent: list[tuple[Any, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    promo.pause("winter-shoes")
    path = "/v1/admin/promos/winter-shoes/status"
    assert sent == [("POST", path, {"action": "pause"}, {"if_match": "*"})]
    assert "2 times, reserved uses included, of 5" in capsys.readouterr().out


def test_a_count_adds_up_its_pages(sent: list[tuple[Any, ...]], capsys: pytest.CaptureFixture[str]) -> None:
    segment.count("runners", as_json=True)
    assert json.loads(capsys.readouterr().out) == {"matched": 4, "looked_at": 6}
    assert sent[1][1].endswith("&cursor=c")


def test_a_list_has_the_items_of_every_page(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def call(_: Target, __: str, path: str) -> dict[str, Any]:
        asked.append(path)
        return {"items": [len(asked)], "next_cursor": "a b" if len(asked) < 3 else None}

    monkeypatch.setattr(signed, "call", call)
    assert signed.items(Target.__new__(Target), "/list") == [1, 2, 3]
    assert asked == ["/list?limit=200", *["/list?limit=200&cursor=a%20b"] * 2]


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("a: 2026-12-01", {"a": "2026-12-01"}),
        ("a: 18:00", {"a": "18:00"}),
        ("a: 0123", {"a": "0123"}),
        ("a: -12", {"a": -12}),
        ("a: 0.5", {"a": 0.5}),
        ("a: true", {"a": True}),
        ("a: Текст", {"a": "Текст"}),
    ],
)
def test_yaml_means_what_is_written(tmp_path: Path, text: str, means: dict[str, Any]) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    assert files.read(path) == means


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.json", b"{"), ("a.yaml", b"a: [1"), ("a.yaml", b"- 1"), ("a.yaml", b"\xff\xfe"), ("a.yaml", b"!!python/x 1")],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"a\.(json|yaml)"):
        files.read(path)


def test_a_refusal_names_each_place() -> None:
    problem = {
        "detail": "See errors.",
        "errors": [{"pointer": "#/limits", "code": "x", "detail": "No."}],
        "checks": [{"check": "consent", "decided_by": "#/consent", "detail": "A consent is granted."}],
    }
    said = signed._refusal(422, json.dumps(problem).encode()).message
    assert said.splitlines() == ["422: See errors.", "#/limits: No.", "#/consent: not so: A consent is granted."]


ROW = {"campaign_id": None, "variant": None, "day": None, "issued": 1200, "viewed": 600, "clicked": 150, "dismissed": 9,
       "redeemed": 30, "reversed": 2, "redemptions": 31, "discount_minor": 539400, "revenue_minor": 2157600,
       "walk_ins": 1}  # fmt: skip
NOTHING = dict.fromkeys(ROW, 0) | {"campaign_id": None, "variant": None, "day": None}


def told_report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], row: dict[str, Any], rows: int, **options: bool
) -> str:
    funnel = {
        "promo_id": "winter-shoes",
        "total": row,
        "by_variant": [row, row | {"campaign_id": "winter", "variant": "a"}][:rows],
        "by_day": [row | {"day": "2026-11-21"}][:rows],
    }
    answers = {"/v1/admin/promos/winter-shoes": PROMO | {"currency": "RUB"}}
    monkeypatch.setattr(promo, "call", lambda _, __, path: answers.get(path, funnel))
    monkeypatch.setattr(promo, "target", lambda *_, **__: None)
    promo.report("winter-shoes", **options)
    return capsys.readouterr().out


def test_a_report_tells_the_funnel_who_gave_the_offers_and_what_a_conversion_cost(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = told_report(monkeypatch, capsys, ROW, 2)
    assert [line.split()[-2:] for line in shown.splitlines() if line.startswith("used the code")] == [["2.5", "%"]]
    assert "no campaign" in shown
    (day,) = [" ".join(line.split()) for line in shown.splitlines() if line.startswith("2026-11-21")]
    assert day == "2026-11-21 1 200 600 150 30 5 394.00 21 576.00"
    assert "174.00 RUB" in shown
    assert json.loads(told_report(monkeypatch, capsys, ROW, 2, as_json=True))["discount_per_conversion_minor"] == 17400


def test_a_report_of_nothing_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    shown = told_report(monkeypatch, capsys, NOTHING, 0)
    assert "Funnel: nothing yet" in shown
    assert "nobody used a code" in shown


def test_a_report_never_adds_two_currencies(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    both = [{"currency": "EUR", "discount_minor": 500, "revenue_minor": 2000},
            {"currency": "RUB", "discount_minor": 90000, "revenue_minor": 450000}]  # fmt: skip
    row = ROW | {"discount_minor": None, "revenue_minor": None, "currency": None, "money": both}
    funnel = {"promo_id": "winter-shoes", "total": row, "by_variant": [row], "by_day": []}
    monkeypatch.setattr(promo, "call", lambda _, __, path: funnel if "funnel" in path else PROMO | {"currency": None})
    monkeypatch.setattr(promo, "target", lambda *_, **__: None)
    promo.report("winter-shoes")
    told = " ".join(capsys.readouterr().out.split())
    assert "paid for orders with a code 20.00 EUR + 4 500.00 RUB" in told
    assert "in several currencies" in told
