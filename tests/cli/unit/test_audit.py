"""`stadion audit` and `stadion pseudonym`: what they ask and say."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.credentials import Credentials

from stadion_cli import audit
from stadion_cli.base import signed
from stadion_cli.base.errors import UsageError

ENTRY = {
    "at": "2026-11-21T09:00:00Z",
    "signer": "arn:aws:iam::000000000000:user/ada",
    "operation": "change_promo_status",
    "method": "POST",
    "route": "/v1/admin/promos/<promo_id>/status",
    "service": "promos",
    "targets": {"promo_id": "winter-shoes"},
    "concerns": [],
    "reason": "ticket 4711",
    "status": 200,
    "outcome": None,
    "changes": [{"kind": "promo", "did": "changed", "fields": {"switch": ["draft", "on"], "name": "…"}, "and_more": 0}],
    "correlation_id": "0193a1c0",
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    paths: list[str] = []
    pages = [{"items": [], "next_cursor": "more"}, {"items": [ENTRY], "next_cursor": None}]

    def call(_: Any, method: str, path: str) -> dict[str, Any]:
        assert method == "GET"
        paths.append(path)
        return pages[len(paths) - 1] if path.startswith(audit.AUDIT) else {"athlete": None, "network": "3f9a-1"}

    monkeypatch.setattr(audit, "call", call)
    monkeypatch.setattr(audit, "target", lambda *_, **__: None)
    monkeypatch.setattr(audit, "user_id_of", lambda _, named: f"id of {named}")
    return paths


def test_it_goes_on_where_a_page_was_empty_and_says_what_changed(
    asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    audit.show(user="anna@example.org", since="30d")

    first, second = (parse_qs(urlsplit(path).query) for path in asked)
    assert first["user_id"] == ["id of anna@example.org"]
    assert "anna@example.org" not in asked[0].replace("id+of+anna%40example.org", "")
    assert second["cursor"] == ["more"]
    said = capsys.readouterr().out
    assert "2026-11-21 09:00:00  change_promo_status  200  promo_id=winter-shoes" in said
    assert "why: ticket 4711" in said
    assert "promo changed: switch draft → on, name" in said


def test_the_hash_of_a_network_is_asked_for_by_an_address(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    audit.pseudonym(address="203.0.113.9")

    assert asked == ["/v1/admin/pseudonyms?address=203.0.113.9"]
    assert "3f9a-1" in capsys.readouterr().out


def test_nobody_has_no_hash(asked: list[str]) -> None:
    with pytest.raises(UsageError, match="--user, --partner or --address"):
        audit.pseudonym()


def test_why_goes_with_every_request_in_letters_that_a_header_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []

    def send(request: Any) -> Any:
        sent.append(request)
        return SimpleNamespace(status_code=204, content=b"")

    session = SimpleNamespace(get_credentials=lambda: Credentials("key", "secret"), region_name="us-east-1")
    chosen: Any = SimpleNamespace(aws=SimpleNamespace(session=session, region="us-east-1"), api="http://localhost")
    monkeypatch.setattr(signed, "_http", lambda: SimpleNamespace(send=send))
    monkeypatch.setenv("STADION_WHY", "весна 4711")

    signed.call(chosen, "DELETE", "/v1/admin/x")

    assert sent[0].headers["X-Audit-Reason"] == "%D0%B2%D0%B5%D1%81%D0%BD%D0%B0%204711"
    assert "x-audit-reason" in str(sent[0].headers["Authorization"])
