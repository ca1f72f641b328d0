"""`stadion promo reward-offers`: what it asks of the API, and how it goes on."""

from typing import Any

import pytest
from typer.testing import CliRunner

from stadion_cli.promo import rewards

RUNNER = CliRunner()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Two pages of those who wait."""
    seen: list[tuple[Any, ...]] = []

    def call(_: Any, method: str, path: str, body: Any = None) -> dict[str, Any]:
        seen.append((method, path, body))
        if path.endswith("/issue"):
            return {"issued": 25, "waiting": 0, "next_cursor": "a/b="}
        if "/issue?" in path:
            return {"issued": 3, "waiting": 2, "next_cursor": None}
        return {"promos": {"free_delivery": "ship"}, "without": ["discount_5"]}

    monkeypatch.setattr(rewards, "call", call)
    monkeypatch.setattr(rewards, "target", lambda *_, **__: None)
    return seen


def test_setting_a_rule_issues_to_everybody_who_waits(sent: list[tuple[Any, ...]]) -> None:
    ran = RUNNER.invoke(rewards.app, ["set", "free_delivery", "ship"])
    assert ran.exit_code == 0, ran.output
    base = "/v1/admin/reward-offers/free_delivery"
    assert sent == [
        ("PUT", base, {"promo_id": "ship"}),
        ("POST", f"{base}/issue", None),
        ("POST", f"{base}/issue?cursor=a%2Fb%3D", None),
    ]
    assert "Issued to 28 who waited" in ran.output
    assert "2 wait on" in ran.output


def test_a_list_says_which_rewards_are_no_promo(sent: list[tuple[Any, ...]]) -> None:
    ran = RUNNER.invoke(rewards.app, ["list"])
    assert "discount_5" in ran.output
    assert "who earns it waits" in ran.output


def test_what_cannot_be_a_reward_asks_nothing(sent: list[tuple[Any, ...]]) -> None:
    assert RUNNER.invoke(rewards.app, ["remove", "a/../b"]).exit_code != 0
    assert sent == []
