"""All arms are cut alike: by the most offers of a run, and by promos that an athlete has used up."""

from collections import Counter
from typing import Any

import pytest

from promos.athletes import store as athletes
from promos.campaigns.experiment.statistics import Arm, sample_ratio
from promos.campaigns.plan.values import HOLD_OUT, CampaignPlan
from promos.campaigns.run import audience, selection
from promos.campaigns.run.audience import Question
from promos.campaigns.run.domain import Chosen
from promos.facts import Athlete
from promos.targeting import Needs
from stadion.pagination import Page
from tests.promos.campaigns.unit.test_plans import NOW, plan


@pytest.fixture
def everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three hundred athletes whom a promo may be given to, page by page."""
    listed = [(f"athlete-{number}", Athlete()) for number in range(300)]

    def page(*, limit: int, cursor: str | None) -> Page[tuple[str, Athlete]]:
        first = int(cursor or 0)
        later = first + limit
        return Page(listed[first:later], str(later) if later < len(listed) else None)

    monkeypatch.setattr(athletes, "page", page)
    monkeypatch.setattr(audience, "_left_out", lambda *_: None)


def chosen(campaign_id: str, made: CampaignPlan) -> tuple[Counter[str], Counter[str]]:
    """By arm, and left out, step by step."""
    question = Question(campaign_id, made, {}, {}, Needs())
    so_far, left_out = Chosen(), Counter[str]()
    while True:
        found, is_done = selection._gather(question, so_far, NOW)
        left_out += found.left_out
        so_far = Chosen(cursor=found.cursor, by_arm=selection._sum(so_far.by_arm, found.by_arm))
        if is_done:
            return Counter(so_far.by_arm), left_out


PLAN: dict[str, Any] = {"hold_out_percent": 50, "most_offers": 20}


@pytest.mark.usefixtures("everybody")
def test_the_most_offers_cut_the_hold_out_too() -> None:
    """promos-10: 9 and 11 got offers, and all 160 were held out whom half of the audience would have been."""
    arms, left_out = chosen("bug-most-offers", plan(**PLAN))

    assert arms["a"] + arms["b"] == 20
    assert arms[HOLD_OUT] < 60
    assert left_out["no_offer_left"] == 300 - sum(arms.values())


@pytest.mark.usefixtures("everybody")
def test_whoever_is_chosen_splits_as_planned_over_many_campaigns() -> None:
    made = plan(**PLAN | {"hold_out_percent": 30, "rollout": {"test_percent": 60}})
    together = Counter[str]()
    for number in range(200):
        arms, _ = chosen(f"campaign-{number}", made)
        assert sum(arms.values()) - arms[HOLD_OUT] == 20
        together += arms
    shares = made.shares
    found = sample_ratio([Arm(name, together[name], 0, 0, 0) for name in shares], shares)
    assert found.p_value is not None
    assert found.p_value > 0.01, together


@pytest.mark.usefixtures("everybody")
@pytest.mark.parametrize("size", [1, 7, 50, 300])
def test_who_is_chosen_does_not_hang_on_the_pages(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    whole, _ = chosen("winter", plan(**PLAN))
    monkeypatch.setattr(audience, "PAGE", size)
    monkeypatch.setattr(selection, "BATCH", size)
    look = audience.look
    monkeypatch.setattr(selection, "look", lambda question, **how: look(question, **how, page=size))
    assert chosen("winter", plan(**PLAN))[0] == whole


def test_planned_shares_are_of_the_whole_audience() -> None:
    made = plan(hold_out_percent=20, rollout={"test_percent": 25})
    assert made.shares == pytest.approx({"a": 0.1, "b": 0.1, "rest": 0.6, HOLD_OUT: 0.2})
    assert plan(hold_out_percent=0).shares == {"a": 0.5, "b": 0.5}


@pytest.mark.parametrize("percent", [2.1, 4.2, 33.3, 89.9])
def test_an_arm_that_nobody_may_be_in_is_none(percent: float) -> None:
    """With 2.1 % held out, 1.1e-16 were outside of a test of all."""
    assert plan(hold_out_percent=percent).shares.keys() == {"a", "b", HOLD_OUT}
