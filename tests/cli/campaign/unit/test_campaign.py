"""`stadion campaign`: what it sends, what it says, what it reckons, and the files that marketing writes."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from rich.console import Console

from local.paths import ROOT
from promos.campaigns.plan.values import CampaignPlan
from stadion_cli.base import files, output
from stadion_cli.base.errors import UsageError
from stadion_cli.base.signed import Refused
from stadion_cli.base.target import Target
from stadion_cli.campaign import commands as campaign
from stadion_cli.campaign import costs as campaign_costs
from stadion_cli.campaign import plans

EXAMPLES = sorted((ROOT / "docs" / "examples" / "campaigns").glob("*.yaml"))
WINTER = ROOT / "docs" / "examples" / "campaigns" / "winter-2026.yaml"
REPORT = json.loads((Path(__file__).parent / "campaign_report.json").read_text(encoding="utf-8"))
BASE = "/v1/admin/campaigns"
TEXTS = [{"variant": "a", "language": "en", "parts": 2, "is_shortened": False},
         {"variant": "a", "language": "ru", "parts": 5, "is_shortened": True}]  # fmt: skip
Sent = list[tuple[str, str, Any, dict[str, str]]]


def a_campaign(**changed: Any) -> dict[str, Any]:
    return {
        "campaign_id": "winter-2026",
        "status": "running",
        "next_at": "2026-12-01T07:00:00Z",
        "run_id": None,
        "paused_by": None,
        "plan": REPORT["plan"],
    } | changed


def a_run(**changed: Any) -> dict[str, Any]:
    return {
        "run_id": "winter-2026-20261201T070000Z",
        "state": "sending",
        "is_running": True,
        "opened_at": "2026-12-01T07:00:00Z",
        "audience": REPORT["audience"],
        "batches_sent": 7,
        "looks": 0,
    } | changed


def a_promo(promo_id: str, *, left: int | None = None, uses: int | None = None, **discount: Any) -> dict[str, Any]:
    budget = {"redemptions_left": uses, "discount_left_minor": left}
    return {"promo_id": promo_id, "discount": {"least_order_minor": 0, "cost_minor": 0, **discount}, "budget": budget}


SHOES = a_promo("winter-shoes", kind="percent", percent=20, most_minor=100_000)
DELIVERY = a_promo("winter-delivery", kind="free_delivery", cost_minor=39_900)


class Api:
    """Answers by method and path; what was not prepared is a failure of the test."""

    def __init__(self) -> None:
        self.sent: Sent = []
        self.answers: dict[str, Any] = {}

    def __call__(self, _: Target, method: str, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
        self.sent.append((method, path, body, headers))
        answer = self.answers[f"{method} {path}"]
        if isinstance(answer, Exception):
            raise answer
        found: dict[str, Any] = answer
        return found


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    made = Api()
    monkeypatch.setattr(campaign, "call", made)
    monkeypatch.setattr("stadion_cli.base.signed.call", made)
    monkeypatch.setattr(campaign, "target", lambda *_, **__: None)
    return made


@pytest.fixture(autouse=True)
def _a_hundred_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "_out", Console(width=100, highlight=False, color_system=None))


# --- files ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_what_the_api_and_its_schema_take(example: Path) -> None:
    schema = json.loads((example.parent / "schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(files.read(example))
    campaign_id, plan = plans.read(example)
    assert campaign_id == example.stem
    assert CampaignPlan.model_validate_json(json.dumps(plan)).name == plan["name"]
    assert example.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=schema.json\n")


def test_the_schema_is_the_one_of_the_code() -> None:
    from local.contracts import campaign_file
    from local.contracts.files import text

    committed = (WINTER.parent / "schema.json").read_text(encoding="utf-8")
    assert committed == text(campaign_file.document()), "run: stadion contracts write"


@pytest.mark.parametrize("wrong", ["at: 2026-12-01T10:00+03:00", "at: tomorrow", "weekly: true"])
def test_the_schema_refuses_what_the_api_would(tmp_path: Path, wrong: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(WINTER.read_text(encoding="utf-8").replace("at: 2026-12-15T10:00 ", f"{wrong} "), encoding="utf-8")
    schema = json.loads((WINTER.parent / "schema.json").read_text(encoding="utf-8"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate(files.read(path))


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("name: a", "campaign_id: winter-2026"),
        ("campaign_id: 1", 'in quotes: campaign_id: "1"'),
        ("campaign_id: Winter 2026", "a name such as winter-2026"),
    ],
)
def test_a_file_without_a_good_name_is_no_campaign(tmp_path: Path, text: str, hint: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        campaign.create(path)
    assert refused.value.hint == hint


def test_a_name_that_no_campaign_has_is_refused_in_words(api: Api) -> None:
    for act in (campaign.status, campaign.schedule, campaign.check, campaign.report):
        with pytest.raises(UsageError, match="'Winter-2026' is no name for a campaign"):
            act("Winter-2026")
    assert not api.sent


# --- making and switching -------------------------------------------------------------------------------------------


def test_a_new_campaign_is_put_under_its_name(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    api.answers = {f"PUT {BASE}/winter-2026": a_campaign(status="draft", next_at=None)}
    campaign.create(WINTER)
    [(_, _, plan, headers)] = api.sent
    assert (plan["schedule"], "campaign_id" in plan, headers) == ({"at": "2026-12-15T10:00"}, False, {})
    assert "stadion campaign schedule winter-2026" in capsys.readouterr().out


def test_one_that_is_there_is_changed_only_when_asked(api: Api) -> None:
    api.answers = {f"PUT {BASE}/winter-2026": Refused("428: Send If-Match.", status=428)}
    with pytest.raises(campaign.AlreadyThere) as refused:
        campaign.create(WINTER)
    assert "winter-2026 is there already" in refused.value.message
    assert refused.value.hint == f"stadion campaign create {WINTER} --replace"
    api.answers = {f"PUT {BASE}/winter-2026": a_campaign()}
    campaign.create(WINTER, replace=True, as_json=True)
    assert api.sent[-1][3] == {"if_match": "*"}


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("rule_is_invalid", f"stadion campaign check {WINTER}"),
        ("request_is_invalid", ""),
        ("campaign_id_is_reserved", ""),
    ],
)
def test_a_refused_plan_leads_to_no_command_that_refuses_it_as_well(api: Api, code: str, hint: str) -> None:
    """`check` refuses a wrong shape in the same words, and knows nothing of names."""
    api.answers = {f"PUT {BASE}/winter-2026": Refused("422: No.", status=422, code=code)}
    with pytest.raises(Refused) as refused:
        campaign.create(WINTER)
    assert refused.value.hint == hint


@pytest.mark.parametrize("action", ["schedule", "pause", "resume", "end"])
def test_a_status_is_changed_whatever_the_version(api: Api, action: str) -> None:
    api.answers = {f"POST {BASE}/winter-2026/status": a_campaign()}
    getattr(campaign, action)("winter-2026", **({"yes": True} if action == "end" else {}))
    assert api.sent == [("POST", f"{BASE}/winter-2026/status", {"action": action}, {"if_match": "*"})]


@pytest.mark.parametrize(
    ("action", "status", "hint"),
    [
        ("schedule", "paused", "stadion campaign resume winter-2026"),
        ("resume", "draft", "stadion campaign schedule winter-2026"),
        (
            "resume",
            "ended",
            "another campaign_id; the same one, if it never ran: stadion campaign create FILE --replace",
        ),
    ],
)
def test_what_a_status_forbids_ends_with_what_to_do(api: Api, action: str, status: str, hint: str) -> None:
    """Marketer's day, 7: `pause`, then `schedule`. The word is `resume`."""
    api.answers = {
        f"POST {BASE}/winter-2026/status": Refused("409: A campaign that is …", status=409),
        f"GET {BASE}/winter-2026": a_campaign(status=status),
    }
    with pytest.raises(Refused) as refused:
        getattr(campaign, action)("winter-2026")
    assert refused.value.hint == hint


def test_a_plan_that_cannot_begin_is_looked_at_by_a_dry_run(api: Api) -> None:
    api.answers = {f"POST {BASE}/winter-2026/status": Refused("422: A draft.", status=422)}
    with pytest.raises(Refused) as refused:
        campaign.schedule("winter-2026")
    assert refused.value.hint == "stadion campaign check winter-2026"


@pytest.mark.parametrize(
    ("code", "status", "hint"),
    [
        (
            "unknown_promo",
            "",
            "stadion promo create FILE, and then stadion promo activate winter-shoes; or one of stadion promo list",
        ),
        ("promo_not_active_then", "draft", "stadion promo activate winter-shoes"),
        ("promo_not_active_then", "paused", "stadion promo activate winter-shoes"),
        ("promo_not_active_then", "active", "stadion promo change winter-shoes FILE, with a later ends_at"),
        ("promo_not_active_then", "ended", "another promo in place of winter-shoes: stadion promo list"),
        (
            "promo_not_active_then",
            "scheduled",
            "a later beginning; from when they hold: stadion promo show winter-shoes",
        ),
        ("promo_ends_inside", "active", "stadion promo change winter-shoes FILE, with a later ends_at"),
        ("unknown_segment", "", "stadion segment list"),
        ("nothing_ahead", "", ""),
    ],
)
def test_a_plan_whose_promos_are_not_there_says_how_they_come(api: Api, code: str, status: str, hint: str) -> None:
    problem = {"pointer": "#/variants/0/promo_id", "code": code, "detail": "No."}
    api.answers = {
        f"POST {BASE}/validate": {"is_valid": False, "problems": [problem]},
        "GET /v1/admin/promos/winter-shoes": {"status": status},
    }
    with pytest.raises(campaign.Wrong) as refused:
        campaign.check(str(WINTER))
    assert refused.value.hint == hint


def test_an_end_is_asked_about_and_a_script_hears_why_nothing_was_done(
    api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(campaign.typer.Exit):
        campaign.end("winter-2026")
    assert not api.sent
    assert "--yes" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_looked_for_among_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "winter.yaml").touch()
    monkeypatch.chdir(tmp_path)
    for name, hint in (
        ("wintr.yaml", "did you mean winter.yaml?"),
        ("x.yaml", f"{plans.EXAMPLES} has files to begin with"),
    ):
        with pytest.raises(UsageError) as refused:
            campaign.check(name)
        assert refused.value.hint == hint


# --- looking --------------------------------------------------------------------------------------------------------


def test_a_status_tells_the_hour_on_the_campaigns_clock(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    said = _status(api, capsys, a_campaign(), a_run())
    assert "Tue 2026-12-01 10:00 (Europe/Moscow)" in said
    assert "7 of 18" in said
    assert "resume" not in said


def test_a_run_that_failed_says_why_and_what_to_do(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    failure = {"error": "States.Timeout", "cause": "[red]x", "failed_at": "2026-12-01T08:00:00Z"}
    said = _status(api, capsys, a_campaign(), a_run(failure=failure, is_running=False))
    assert "It failed at Tue 2026-12-01 11:00: States.Timeout" in said
    assert "[red]x" in said
    assert "stadion campaign resume winter-2026" in said


def test_a_run_that_nothing_drives_is_told(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    said = _status(api, capsys, a_campaign(), a_run(is_running=False))
    assert "No execution drives it now" in said
    assert "stadion campaign resume winter-2026" in said


def test_a_run_that_has_ended_needs_no_execution(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    ended = a_run(state="ended", outcome="stopped", reason="guardrail_spend_minor", is_running=False,
                  ended_at="2026-12-02T07:00:00Z")  # fmt: skip
    said = _status(api, capsys, a_campaign(status="paused", paused_by="guardrail_spend_minor"), ended)
    assert "No execution" not in said
    assert "paused, because it cost more than allowed" in said


def test_a_rollout_goes_over_each_batch_again(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    said = _status(api, capsys, a_campaign(), a_run(state="rolling_out", rollout="a", batches_sent=20))
    assert "20 of 36" in said


def _status(api: Api, capsys: pytest.CaptureFixture[str], found: dict[str, Any], run: dict[str, Any]) -> str:
    path = f"GET {BASE}/winter-2026"
    api.answers = {path: found, f"{path}/runs": {"items": [run]}, f"{path}/runs/{run['run_id']}": run}
    campaign.status("winter-2026")
    return capsys.readouterr().out


def test_metrics_end_with_their_total(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    days = REPORT["days"]
    api.answers = {f"GET {BASE}/winter-2026/metrics": {"currency": "RUB", "days": days[:2], "total": days[0]}}
    campaign.metrics("winter-2026")
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].startswith("all ")
    assert lines[-1].split()[1:] == lines[-3].split()[1:]


# --- the dry run ----------------------------------------------------------------------------------------------------


def test_a_file_that_would_be_refused_says_each_place(api: Api) -> None:
    problems = [{"pointer": f"#/variants/{n}/promo_id", "code": "no_promo", "detail": "No."} for n in (0, 1)]
    api.answers = {f"POST {BASE}/validate": {"is_valid": False, "problems": problems}}
    with pytest.raises(campaign.Wrong) as refused:
        campaign.check(str(WINTER))
    assert refused.value.message == "#/variants/0/promo_id: No.\n#/variants/1/promo_id: No."
    assert refused.value.exit_code == 1


def test_a_dry_run_adds_up_its_pages_and_says_that_it_is_one(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    _audience(api)
    campaign.check("winter-2026")
    said = capsys.readouterr().out
    for part in (
        "Nothing was sent, nothing was changed.",
        "1 000 of 1 500 athletes would be in it.",
        "held out, gets nothing       100  10.0 %",
        "agreed to no marketing                  400",
        "about 1 min at 3 000 athletes a minute",
        "An estimate, if 6 % of those told order.",
        "a difference of 4.4 points, four times of five, if 6 % order",
        "a        ru            5  is shortened to four",
    ):
        assert part in said
    assert [path for _, path, *_ in api.sent if "preview" in path][1].endswith("preview?limit=200&cursor=n%2F2")


def test_a_dry_run_in_json_is_for_scripts(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    _audience(api)
    campaign.check("winter-2026", as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert (found["told"], found["batches"], found["minutes_to_send"]) == (900, 10, 1)
    assert found["estimate"]["messages_minor"] == {"email": 8100}
    assert found["estimate"]["discounts_minor"] == {"winter-shoes": 2_700_000, "winter-delivery": 1_077_300}


def test_a_stored_plan_is_asked_about_as_a_person_wrote_it(api: Api) -> None:
    _audience(api)
    campaign.check("winter-2026", as_json=True)
    [plan] = [body for _, path, body, _ in api.sent if path.endswith("/validate")]
    assert CampaignPlan.model_validate_json(json.dumps(plan)).audience is not None


def test_a_dry_run_of_drafts_says_so_first_and_of_all_of_them(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    """Marketer's day, 5: costs first, and only below that both promos were drafts; scheduling told of one."""
    _audience(api)
    problems = [
        {
            "pointer": f"#/variants/{n}/promo_id",
            "code": "promo_not_active_then",
            "detail": f"The promo {one} is a draft.",
        }
        for n, one in enumerate(("winter-shoes", "winter-delivery"))
    ]
    api.answers |= {
        f"POST {BASE}/validate": {"is_valid": False, "problems": problems},
        "GET /v1/admin/promos/winter-shoes": SHOES | {"status": "draft"},
        "GET /v1/admin/promos/winter-delivery": DELIVERY | {"status": "draft"},
    }

    with pytest.raises(campaign.NotReady):
        campaign.check("winter-2026")

    said = capsys.readouterr().out
    for part in ("The promo winter-shoes is a draft.", "The promo winter-delivery is a draft.",
                 "stadion promo activate winter-shoes", "stadion promo activate winter-delivery"):  # fmt: skip
        assert 0 < said.index(part) < said.index("What it may cost")


def test_an_audience_of_nobody_is_wrong(api: Api) -> None:
    _audience(api, by_arm={"hold-out": 3})
    with pytest.raises(campaign.NobodyToTell):
        campaign.check("winter-2026")


def test_a_promo_that_is_gone_is_named_where_it_stands(api: Api) -> None:
    _audience(api)
    problem = {"pointer": "#/variants/1/promo_id", "code": "unknown_promo", "detail": "There is no promo x."}
    api.answers |= {"GET /v1/admin/promos/winter-delivery": Refused("404: No such promo.", status=404),
                    f"POST {BASE}/validate": {"is_valid": False, "problems": [problem]}}  # fmt: skip
    with pytest.raises(campaign.Wrong, match="#/variants/1/promo_id"):
        campaign.check("winter-2026")


def test_a_file_may_be_tried_on_the_audience(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    _audience(api)
    campaign.check(str(WINTER), audience=True)
    assert "is a good plan" in capsys.readouterr().out
    assert any("preview" in path for _, path, *_ in api.sent)


def _audience(api: Api, by_arm: dict[str, int] | None = None) -> None:
    arms = by_arm or {"a": 450, "hold-out": 40}
    path = f"GET {BASE}/winter-2026"
    api.answers = {
        path: a_campaign(),
        f"{path}/preview?limit=200": {
            "looked_at": 600, "by_arm": arms, "left_out": {"no_consent": 100}, "sms": [], "next_cursor": "n/2",
        },
        f"{path}/preview?limit=200&cursor=n%2F2": {
            "looked_at": 900,
            "by_arm": {} if by_arm else {"b": 450, "hold-out": 60},
            "left_out": {"no_consent": 300, "promo_place": 100}, "sms": TEXTS,
        },
        "GET /v1/admin/promos/winter-shoes": SHOES,
        "GET /v1/admin/promos/winter-delivery": DELIVERY,
        f"POST {BASE}/validate": {"is_valid": True, "problems": []},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("by_arm", "changes", "points"),
    [
        ({"a": 450, "b": 450, "hold-out": 100}, {}, 4.4),
        ({"a": 450, "b": 450, "hold-out": 100}, {"confidence": 0.975}, 4.9),
        ({"a": 450, "b": 0, "hold-out": 100}, {}, None),
        ({"a": 450, "b": 450}, {"metric": "revenue"}, None),
        ({"a": 450, "b": 450}, {"method": "sequential"}, None),
    ],
)
def test_a_plan_says_beforehand_what_it_could_show(
    by_arm: dict[str, int], changes: dict[str, Any], points: float | None
) -> None:
    plan = REPORT["plan"] | {"experiment": REPORT["plan"]["experiment"] | changes}
    found = campaign_costs.could_show(plan, by_arm)
    assert (None if found is None else round(100 * found, 1)) == points


def test_one_variant_is_compared_with_the_hold_out() -> None:
    plan = REPORT["plan"] | {"variants": REPORT["plan"]["variants"][:1]}
    assert campaign_costs.could_show(plan, {"a": 900}) is None
    assert round(100 * (campaign_costs.could_show(plan, {"a": 900, "hold-out": 100}) or 0), 1) == 7.0


def test_a_budget_bounds_what_discounts_may_cost() -> None:
    by_arm = {"a": 1000, "b": 1000}
    promos = {"winter-shoes": a_promo("winter-shoes", kind="amount", amount_minor=10_000, left=250_000),
              "winter-delivery": a_promo("winter-delivery", kind="gift", cost_minor=5_000, uses=10)}  # fmt: skip
    cost = campaign_costs.estimate(REPORT["plan"], by_arm, promos)
    assert cost.discounts == {"winter-shoes": 250_000, "winter-delivery": 50_000}
    assert [doubt.split()[3] for doubt in cost.doubts] == ["winter-shoes", "winter-delivery"]


def test_the_rest_is_reckoned_with_the_dearest_promo() -> None:
    by_arm = {"a": 100, "b": 100, "rest": 800}
    cost = campaign_costs.estimate(REPORT["plan"], by_arm, {"winter-shoes": SHOES, "winter-delivery": DELIVERY})
    assert cost.discounts == {"winter-shoes": 54 * 100_000, "winter-delivery": 6 * 39_900}
    assert "winter-shoes" in cost.doubts[0]


@pytest.mark.parametrize(
    ("discount", "order", "off"),
    [
        ({"kind": "percent", "percent": 20}, 400_000, 80_000),
        ({"kind": "percent", "percent": 20, "most_minor": 50_000}, 400_000, 50_000),
        ({"kind": "percent", "percent": 20}, 0, 0),
        ({"kind": "amount", "amount_minor": 30_000}, 20_000, 20_000),
        ({"kind": "amount", "amount_minor": 30_000}, 0, 30_000),
        ({"kind": "amount", "amount_minor": 30_000, "least_order_minor": 50_000}, 40_000, 0),
        ({"kind": "gift", "cost_minor": 7}, 40_000, 7),
    ],
)
def test_what_an_order_of_the_expected_size_takes_off(discount: dict[str, Any], order: int, off: int) -> None:
    assert campaign_costs.per_order(a_promo("p", **discount), order) == off


# --- cohorts --------------------------------------------------------------------------------------------------------


def test_cohorts_add_up_whatever_their_length(api: Api, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    api.answers = {
        f"GET {BASE}/cohorts?limit=200": {
            "looked_at": 200, "cohorts": {"2026-11-09": [9, 9], "2026-11-02": [120, 80, 51]}, "next_cursor": "c",
        },
        f"GET {BASE}/cohorts?limit=200&cursor=c": {"looked_at": 80, "cohorts": {"2026-11-02": [80, 40, 10, 1]}},
    }  # fmt: skip
    campaign.cohorts()
    said = capsys.readouterr().out
    assert [line.split() for line in said.splitlines() if line.startswith("2026")] == [
        ["2026-11-02", "200", "60", "30", "0"],
        ["2026-11-09", "9", "100"],
    ]
    path = tmp_path / "cohorts.csv"
    campaign.cohorts(csv=path)
    assert path.read_text(encoding="utf-8").splitlines()[1] == "2026-11-02,200,120,61,1,,,,,,,,,"
    with pytest.raises(UsageError, match="cannot be written"):
        campaign.cohorts(csv=tmp_path / "nowhere" / "cohorts.csv")


def test_a_dry_run_tells_no_more_than_the_plan_allows() -> None:
    seen = {"looked_at": 1000, "by_arm": {"a": 300, "b": 300, "hold-out": 100}, "left_out": {"no_consent": 300}}
    assert campaign_costs.bounded(seen, None) == campaign_costs.bounded(seen, 600) == seen
    found = campaign_costs.bounded(seen, 150)
    assert found["by_arm"] == {"a": 75, "b": 75, "hold-out": 25}
    assert found["left_out"] == {"no_consent": 300, "no_offer_left": 525}
