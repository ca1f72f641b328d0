"""A marketer's day: each stumble ends in a refusal that says what to do."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from stadion_cli import user
from stadion_cli.base import figures, output, signed
from stadion_cli.base.errors import UsageError
from stadion_cli.base.signed import Nobody, Refused
from stadion_cli.base.target import target
from stadion_cli.partner import commands as partner
from stadion_cli.partner import product
from stadion_cli.promo import commands as promo
from stadion_cli.promo import segment, shown

PROMO = {
    "promo_id": "winter", "status": "draft", "name": "Winter", "currency": "RUB", "time_zone": "Europe/Moscow",
    "starts_at": "2026-12-01T00:00:00+03:00", "ends_at": "2027-01-01T00:00:00+03:00",
    "discount": {"kind": "percent", "percent": 20, "most_minor": 300000, "least_order_minor": 0},
    "codes": {"pattern": "RUN-{4}-{4}", "shared": None}, "link": "https://store.example/x",
    "limits": {"per_user": 1, "period": None}, "targeting": None,
    "windows": [{"days": ["mon"], "opens": "09:00:00", "closes": "22:00:00"}],
    "places": [{"country": "RU", "region": None, "city": "Moscow"}],
    "budget": {"redemptions_left": 3, "redemptions_used": 2, "discount_left_minor": 500_000_000,
               "discount_used_minor": 0, "overrun_minor": 0, "overrun_redemptions": 0},
    "sms": {"en": {"parts": 1, "is_shortened": False}, "ru": {"parts": 4, "is_shortened": True}},
}  # fmt: skip
Answers = dict[tuple[str, str], Any]
USER = "8f14e45f-ceea-467f-a0e6-7b1c2d3e4f50"


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answers], list[tuple[Any, ...]]]:
    """Answers by method and path, or refuses."""
    asked: list[tuple[Any, ...]] = []

    def answering(answers: Answers) -> list[tuple[Any, ...]]:
        def call(_: Any, method: str, path: str, body: Any = None, **headers: str) -> Any:
            asked.append((method, path, body, headers))
            found = answers[method, path]
            if isinstance(found, Refused):
                raise found
            return found

        for module in (promo, segment, partner, product, user, signed):
            monkeypatch.setattr(module, "call", call)
            if module is not signed:
                monkeypatch.setattr(module, "target", lambda *_, **__: None)
        return asked

    return answering


def refused(code: str, status: int = 409) -> Refused:
    return Refused(f"{status}: no", status=status, code=code)


def file_of(tmp_path: Path, **fields: Any) -> Path:
    path = tmp_path / "winter.json"
    path.write_text(json.dumps({"promo_id": "winter", **fields}))
    return path


BASE = "/v1/admin/promos"
ONE = f"{BASE}/winter"


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        ("draft", "--replace"),
        ("active", "stadion promo change winter"),
        ("paused", "change winter"),
        ("ended", "another promo_id"),
    ],
)
def test_a_promo_that_is_there_already_says_what_can_be_done(api: Any, tmp_path: Path, status: str, hint: str) -> None:
    asked = api({("POST", BASE): refused("promo_id_taken"), ("GET", ONE): PROMO | {"status": status}})
    with pytest.raises(Refused, match="Nothing was changed") as said:
        promo.create(file_of(tmp_path))
    assert status in said.value.message
    assert hint in said.value.hint
    assert all("idempotency_key" not in headers for *_, headers in asked)


def test_a_draft_is_replaced_by_its_file(api: Any, tmp_path: Path) -> None:
    asked = api({("POST", BASE): refused("promo_id_taken"), ("PUT", ONE): PROMO})
    promo.create(file_of(tmp_path), replace=True)
    assert asked[-1] == ("PUT", ONE, {"promo_id": "winter"}, {"if_match": "*"})


def test_what_is_live_is_not_replaced_but_changed(api: Any, tmp_path: Path) -> None:
    api({("POST", BASE): refused("promo_id_taken"), ("PUT", ONE): refused("promo_is_no_draft"),
         ("GET", ONE): PROMO | {"status": "active"}})  # fmt: skip
    with pytest.raises(Refused) as said:
        promo.create(file_of(tmp_path), replace=True)
    assert said.value.hint.startswith("stadion promo change winter")


def test_nothing_leads_from_an_ended_promo_back_to_itself(api: Any, tmp_path: Path) -> None:
    """`create` named `change`, which refuses; `delete` named `end`, which it was already."""
    ended, status, no = PROMO | {"status": "ended"}, ("POST", f"{ONE}/status"), refused("promo_status_forbids")
    api({("POST", BASE): refused("promo_id_taken"), ("PUT", ONE): refused("promo_is_no_draft"), ("GET", ONE): ended,
         ("PATCH", ONE): no, ("DELETE", ONE): no, status: no})  # fmt: skip
    file = file_of(tmp_path)
    for act in (
        lambda: promo.create(file), lambda: promo.create(file, replace=True), lambda: promo.change("winter", file),
        lambda: promo.delete("winter", yes=True), lambda: promo.activate("winter"), lambda: promo.pause("winter"),
    ):  # fmt: skip
        with pytest.raises(Refused) as said:
            act()
        assert "another promo_id" in said.value.hint
        assert "stadion promo" not in said.value.hint


def test_a_draft_that_cannot_pause_says_what_it_can(api: Any) -> None:
    api({("POST", f"{ONE}/status"): refused("promo_status_forbids"), ("GET", ONE): PROMO})
    with pytest.raises(Refused) as said:
        promo.pause("winter")
    assert "stadion promo activate winter" in said.value.hint


def test_a_promo_in_use_says_how_it_comes_free(api: Any) -> None:
    api({("DELETE", ONE): refused("promo_in_use")})
    with pytest.raises(Refused) as said:
        promo.delete("winter", yes=True)
    assert "another promo there first" in said.value.hint


def test_a_change_sends_what_the_file_says_and_leaves_out_what_is_fixed(api: Any, tmp_path: Path) -> None:
    asked = api({("GET", ONE): PROMO, ("PATCH", ONE): PROMO})
    same = {"codes": {"pattern": "RUN-{4}-{4}"}, "limits": {"per_user": 2, "period": None}}
    promo.change("winter", file_of(tmp_path, name="New", terms=None, **same))
    changes = {"name": "New", "terms": None, "limits": {"per_user": 2}}
    assert asked[-1] == ("PATCH", ONE, changes, {"if_match": "*"})


def test_codes_do_not_change_and_a_file_is_about_its_promo(api: Any, tmp_path: Path) -> None:
    api({("GET", ONE): PROMO})
    with pytest.raises(UsageError, match="codes cannot change"):
        promo.change("winter", file_of(tmp_path, codes={"shared": "WINTER20"}))
    with pytest.raises(UsageError, match="another promo"):
        promo.change("spring", file_of(tmp_path))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"codes": None}, "codes cannot change"),
        ({"codes": ["WINTER20"]}, "codes cannot change"),
        ({"limits": {"period": "week"}}, "another period of limits"),
    ],
)
def test_what_never_changes_is_refused_in_words(api: Any, tmp_path: Path, changes: dict[str, Any], says: str) -> None:
    api({("GET", ONE): PROMO})
    with pytest.raises(UsageError, match=says) as said:
        promo.change("winter", file_of(tmp_path, **changes))
    assert "--replace" in said.value.hint


def test_what_is_fixed_while_it_is_live_goes_into_another_promo(api: Any, tmp_path: Path) -> None:
    api({("GET", ONE): PROMO, ("PATCH", ONE): refused("promo_is_live")})
    with pytest.raises(Refused) as said:
        promo.change("winter", file_of(tmp_path, currency="EUR"))
    assert "another promo" in said.value.hint


NAMED = "Sale [/b] [red]now[/red] [50%]"


def test_a_name_with_brackets_is_shown_as_it_is(api: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """One such name made every list of promos a stack trace."""
    api({("GET", ONE): PROMO | {"name": NAMED}})
    promo.show("winter")
    assert NAMED in capsys.readouterr().out
    output.show_table("Promos", ("name",), [[NAMED]])
    output.tell({"name": NAMED, "names": [NAMED]}, as_json=False)
    figures.number_table("Arms", ("arm", "share"), [[NAMED, "1"], [output.Marked("[bold]all[/bold]"), "2"]])
    told = capsys.readouterr().out
    assert told.count(NAMED) == 4
    assert "[bold]" not in told


@pytest.mark.parametrize("what", ["promo", "segment", "campaign", "partner"])
def test_a_name_that_is_not_there_says_where_the_names_are(what: str) -> None:
    said = signed._refusal(404, json.dumps({"detail": "There is none.", "code": f"{what}_not_found"}).encode())
    assert said.hint == f"stadion {what} list"


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("partner_is_disabled", "stadion partner enable"),
        ("partner_may_not", "stadion partner change"),
        ("signed_request_required", "your AWS identity"),
    ],
)
def test_what_is_forbidden_says_what_opens_it(code: str, hint: str) -> None:
    said = signed._refusal(403, json.dumps({"detail": "Not now.", "code": code}).encode())
    assert said.hint.startswith(hint)


def test_a_partner_that_is_there_and_a_plan_that_is_not_say_what_to_do(api: Any) -> None:
    for code, hint in (("partner_id_taken", "stadion partner rotate-key store"), ("plan_not_found", "standard")):
        api({("POST", partner.BASE): refused(code)})
        with pytest.raises(Refused) as said:
            partner.create("store")
        assert hint in said.value.hint


def test_a_rotation_that_is_open_says_how_it_ends(api: Any) -> None:
    for what, rotate in (("keys", partner.rotate_key), ("secrets", partner.rotate_secret)):
        api({("POST", f"{partner.BASE}/store/{what}"): refused("rotation_is_open")})
        with pytest.raises(Refused) as said:
            rotate("store")
        assert "rotate-key store --finish" in said.value.hint


def test_an_endpoint_is_enabled_rotated_and_left(api: Any, capsys: pytest.CaptureFixture[str]) -> None:
    path = f"{partner.BASE}/store/endpoints/e-1"
    asked = api(
        {
            ("POST", f"{path}/enable"): {"status": "active"},
            ("POST", f"{path}/secrets"): {"endpoint": {}, "signing_secret": "whsec_new"},
            ("DELETE", path): {},
        }
    )
    partner.enable_endpoint("store", "e-1")
    partner.rotate_endpoint("store", "e-1", 2)
    partner.unsubscribe("store", "e-1")
    assert [one[2] for one in asked] == [None, {"grace_hours": 2}, None]
    assert "whsec_new" in capsys.readouterr().out


def test_an_endpoint_that_is_not_there_says_where_the_ids_are(api: Any) -> None:
    api({("DELETE", f"{partner.BASE}/store/endpoints/..%2Fx"): refused("endpoint_not_found", 404)})
    with pytest.raises(Refused) as said:
        partner.unsubscribe("store", "../x")
    assert said.value.hint == "stadion partner endpoints store"


def test_a_user_who_is_nobody_is_said_to_be_nobody(api: Any) -> None:
    users = "/v1/admin/accounts/users"
    api({("GET", f"{users}/dora@example.org"): refused("user_not_found", 404)})
    for act in (user.show, user.messages):
        with pytest.raises(Nobody, match=r"dora@example\.org"):
            act("dora@example.org")


@pytest.mark.parametrize(("size", "says"), [(0, "nothing in the file"), (3 * 1024**2, "3.0 MB; 2 MB may be sent")])
def test_a_file_that_cannot_be_sent_is_told_in_words(
    api: Any, tmp_path: Path, size: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """An empty one was "S3 answered 400, at most 26214400 bytes"."""
    form = {"url": "https://store.invalid", "fields": {}, "max_bytes": 2 * 1024**2}
    api({("POST", "/v1/admin/partners/store/imports"): {"import_id": "i", "form": form}})
    file = tmp_path / "catalogue [b].csv"
    file.write_bytes(b"x" * size)
    with pytest.raises(product.ImportFailed, match=says):
        product.import_(file, partner="store")


def test_an_address_that_is_none_is_refused_in_words() -> None:
    with pytest.raises(UsageError, match="'nonsense' is no address"):
        target(None, "nonsense")


def test_a_draft_is_deleted_and_what_is_none_is_ended(api: Any, capsys: pytest.CaptureFixture[str]) -> None:
    api({("DELETE", ONE): {}})
    promo.delete("winter", yes=True)
    assert "winter is deleted" in capsys.readouterr().out
    api({("DELETE", ONE): refused("promo_status_forbids"), ("GET", ONE): PROMO | {"status": "active"}})
    with pytest.raises(Refused) as said:
        promo.delete("winter", yes=True)
    assert "stadion promo end winter" in said.value.hint


def test_a_promo_is_shown_in_money_and_words(api: Any, capsys: pytest.CaptureFixture[str]) -> None:
    api({("GET", ONE): PROMO})
    promo.show("winter")
    told = " ".join(capsys.readouterr().out.split())
    for words in (
        "20 % off, at most 3 000.00 RUB",
        "0.00 of 5 000 000.00 RUB",
        "2 times, reserved uses included, of 5",
        "the last good day is 2026-12-31",
        "RUN-{4}-{4}, each athlete their own",
        "09:00 to 22:00 on mon",
        "each athlete once",
        "Moscow, RU",
        "at most 1 part in English; 4 parts in Russian, with the text shortened",
    ):
        assert words in told
    assert "over the limits" not in told


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({"kind": "amount", "amount_minor": 50000, "least_order_minor": 100000},
         "500.00 RUB off, from an order of 1 000.00 RUB on"),
        ({"kind": "gift", "sku": "8736421", "cost_minor": 9900}, "a gift, 8736421, costs the budget 99.00 RUB"),
        ({"kind": "free_delivery"}, "free delivery"),
    ],
)  # fmt: skip
def test_a_discount_is_said_in_words(found: dict[str, Any], words: str) -> None:
    assert shown.discount(found, "RUB") == words


def test_what_was_given_past_the_budget_is_told(api: Any, capsys: pytest.CaptureFixture[str]) -> None:
    over = {"discount_left_minor": 0, "discount_used_minor": 120_00, "overrun_minor": 20_00, "overrun_redemptions": 1,
            "redemptions_left": 0, "redemptions_used": 6}  # fmt: skip
    api({("GET", ONE): PROMO | {"budget": PROMO["budget"] | over}})  # type: ignore[operator]
    promo.show("winter")
    told = " ".join(capsys.readouterr().out.split())
    assert "120.00 of 100.00 RUB" in told
    assert "6 times, reserved uses included, of 5" in told
    assert "over the limits 20.00 RUB, once" in told


@pytest.mark.parametrize(
    ("word", "says"), [("зима", "small letters a-z"), ("x", "two at least"), ("segments", "No promo can be called")]
)
def test_what_no_promo_can_be_called_is_said_before_anybody_is_asked(
    api: Any, tmp_path: Path, word: str, says: str
) -> None:
    asked = api({})
    with pytest.raises(UsageError, match=says):
        promo.show(word)
    with pytest.raises(UsageError, match=says):
        promo.create(file_of(tmp_path, promo_id=word))
    assert asked == []


def test_an_athlete_is_named_by_mail_and_nobody_is_said_to_be_nobody(api: Any) -> None:
    users = "/v1/admin/accounts/users"
    asked = api({
        ("GET", f"{users}/dora@example.org"): {"user_id": USER},
        ("GET", f"{users}/nobody"): refused("user_not_found", 404),
        ("POST", f"{ONE}/offers"): {"offer_id": "o-1"},
        ("GET", f"{ONE}/explain/{USER}"): {"is_eligible": True, "checks": []},
        ("GET", f"{BASE}/segments/runners/explain/{USER}"): {"is_in": True},
    })  # fmt: skip
    promo.issue("winter", " Dora@Example.org", run="direct")
    assert asked[-1][2] == {"user_id": USER, "run_id": "direct"}
    promo.explain("winter", "dora@example.org")
    segment.explain("runners", "dora@example.org")
    for act in (promo.explain, segment.explain, promo.issue):
        with pytest.raises(Nobody, match="Nobody has the e-mail address or user id nobody"):
            act("winter", "nobody")  # type: ignore[operator]


def test_the_help_of_issue_says_that_nobody_is_told() -> None:
    assert "Nobody is told" in (promo.issue.__doc__ or "")


RULE = {"all": None, "not": {"consent": "location", "profile": None}}


def test_a_segment_is_shown_without_what_it_does_not_say(api: Any, capsys: pytest.CaptureFixture[str]) -> None:
    found = {"name": "runners", "description": None, "updated_at": "2026-11-28T10:00:00Z", "rule": RULE}
    path = f"{BASE}/segments/runners"
    api({("GET", path): found})
    segment.show("runners", as_json=True)
    assert json.loads(capsys.readouterr().out)["rule"] == {"not": {"consent": "location"}}
    segment.show("runners")
    assert "None" not in capsys.readouterr().out


def test_a_segment_is_deleted_when_nobody_asks_for_it(api: Any, capsys: pytest.CaptureFixture[str]) -> None:
    path = f"{BASE}/segments/runners"
    api({("DELETE", path): refused("segment_in_use")})
    with pytest.raises(Refused) as said:
        segment.delete("runners", yes=True)
    assert said.value.hint == "stadion segment used-by runners"
    api({("DELETE", path): {}, ("GET", f"{path}/used-by"): {"promos": ["winter"], "campaigns": [], "segments": []}})
    segment.delete("runners", yes=True)
    segment.used_by("runners")
    told = capsys.readouterr().out
    assert "runners is deleted" in told
    assert "promos" in told
    assert "winter" in told


def test_a_segment_that_is_there_already_says_what_can_be_done(api: Any, tmp_path: Path) -> None:
    path = tmp_path / "runners.yaml"
    path.write_text("name: runners\nrule: {consent: location}\n")
    api({("PUT", f"{BASE}/segments/runners"): refused("if_match_required", 428)})
    with pytest.raises(Refused, match="already") as said:
        segment.create(path)
    assert "--replace" in said.value.hint


@pytest.mark.parametrize("word", ["x", "Store", "магазин", "a" * 31])
def test_a_partners_id_is_refused_in_words(api: Any, word: str) -> None:
    api({})
    with pytest.raises(UsageError, match="two characters at least"):
        partner.create(word)


def test_nothing_is_disabled_ended_or_deleted_without_a_yes(
    api: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    asked = api({})
    monkeypatch.setattr("sys.stdin", io.StringIO())
    acts = ((partner.disable, "store"), (promo.delete, "winter"), (promo.end, "winter"), (segment.delete, "r-1"))
    for act, name in acts:
        with pytest.raises(typer.Exit) as ended:
            act(name)  # type: ignore[operator]
        assert ended.value.exit_code == 1
        assert "--yes says yes" in " ".join(capfd.readouterr().err.split())
    assert asked == []
