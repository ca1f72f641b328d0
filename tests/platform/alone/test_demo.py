"""`stadion demo` tells nothing that is not so."""

from contextlib import ExitStack

import pytest

from stadion.units import KnownReader, UnitSystem
from stadion_cli.base.output import Steps
from stadion_cli.stack.demo import play, tell
from tests.kit.stack import DeployedStack

pytestmark = pytest.mark.long


def test_the_demo_plays_to_its_end_and_its_numbers_are_right(
    stack: DeployedStack, capsys: pytest.CaptureFixture[str]
) -> None:
    with ExitStack() as opened:
        told = play(stack.aws, stack.outputs, Steps(quiet=True), opened)
    assert [upload["status"] for upload in told["uploads"]] == [
        "ready",
        "duplicate",
        "ready",
        "ready",
        "ready",
        "failed",
        "ready",
    ]
    assert told["metrics"]["load"]["value"] == pytest.approx(413.7, rel=0.005)
    assert sum(told["metrics"]["zones"]["heart_rate"]["seconds"]) == pytest.approx(8357, rel=0.01)
    [day] = told["trend"]["items"]
    assert (day["count"], round(day["avg"])) == (8357, 165)
    live = told["live"]
    assert live["sent"] == live["recorded"] == 1000
    assert live["ended"] == "session_ended"
    assert None not in [seen["position"] for seen in live["seen"]]
    *_, last = live["seen"]
    assert live["workout"]["distance_m"] - last["distance_m"] > 100  # for others it begins where it leaves the zone
    night = told["night"]
    assert night["reason"] == "quiet_hours"
    assert night["put_off_at"] < night["until"] <= night["sent_at"]
    sale = told["sale"]
    assert (sale["held"]["discount_minor"], sale["held"]["payable_minor"], sale["forged"]) == (2580, 10320, 401)
    assert sale["gear"] == ["Kiprun KD900.2"]
    assert sale["funnel"]["redeemed"] == 1
    before, *places = told["board"]["places"]
    assert (before["rank"], len(places)) == (None, 2)
    assert places[0]["rank"] > places[1]["rank"]
    assert {line["name"] for line in told["board"]["lines"]} == {"Vera", None}
    assert told["earned"]["achievement"]["is_earned"]
    assert [one["reward"]["code"] for one in told["earned"]["rewards"]] == ["free_delivery"]
    tell(told, KnownReader(units=UnitSystem.IMPERIAL))
    shown = capsys.readouterr().out
    assert "What the ride means for Anna" in shown
    assert "1000 of 1000 samples are kept" in shown
