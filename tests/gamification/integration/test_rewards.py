"""Rewards are granted with the news of their level, and come and go with it."""

from itertools import permutations
from typing import Any

from stadion.i18n import Language
from tests.gamification.integration.test_gamification import deliver
from tests.kit.events import deleted, recorded
from tests.kit.messages import said
from tests.kit.services import OTHER, Service

LONG: dict[str, Any] = {"moving_time_s": 50_000.0}
"""A day that is full: 300 XP, level 3."""
OLD = "2026-10-20T05:40:00Z"
"""News of nobody's, when the events of the kit happen."""


def day(number: int, revision: int = 1, **fields: Any) -> dict[str, Any]:
    start = {"started_at": f"2026-11-{10 + number}T05:40:00Z"}
    return recorded(f"w-{number}", revision=revision, **{**start, **LONG, **fields})


def grants(gamification: Service) -> list[tuple[str, str, str, int]]:
    moved = [one for one in gamification.published() if one["detail_type"] in {"RewardGranted", "RewardRevoked"}]
    told = [(one["detail_type"].removeprefix("Reward"), one["detail"]["data"]) for one in moved]
    return [(kind, data["reward"], data["earned_by"], data["revision"]) for kind, data in told]


def mine(gamification: Service) -> dict[str, tuple[str, str]]:
    listed = gamification.call("GET", "/v1/gamification/rewards").body["items"]
    return {one["earned_by"]: (one["reward"]["code"], one["state"]) for one in listed}


def test_a_reward_is_granted_taken_back_and_granted_again_once_each_however_often_it_is_told(
    gamification: Service,
) -> None:
    for number in range(1, 5):
        deliver(gamification, day(number), day(number))
    assert grants(gamification) == [
        ("Granted", "badge_starter", "level:3", 1),
        ("Granted", "free_delivery", "level:5", 1),
    ]
    assert gamification.published("RewardGranted")[1]["detail"]["data"]["kind"] == "offer"
    gone = deleted("w-2")
    deliver(gamification, gone, gone, day(2), day(4))
    assert grants(gamification)[2:] == [("Revoked", "free_delivery", "level:5", 2)]
    assert mine(gamification) == {"level:3": ("badge_starter", "held"), "level:5": ("free_delivery", "taken_back")}
    deliver(gamification, day(5), day(5))
    assert grants(gamification)[3:] == [("Granted", "free_delivery", "level:5", 3)]
    assert mine(gamification)["level:5"] == ("free_delivery", "held")
    assert len(gamification.published("NotificationRequested")) == 3, "reaching it again is no news"


def test_in_whatever_order_versions_come_the_end_is_the_same(gamification: Service) -> None:
    for number, order in enumerate(permutations([day(2), day(2, 2, moving_time_s=60.0), day(2, 3)])):
        user = f"a-{number}"
        events = [day(1), day(3), day(4), *order]
        deliver(gamification, *[_of(one, user) for one in events])
        listed = gamification.call("GET", "/v1/gamification/rewards", user=user).body["items"]
        assert {one["earned_by"]: one["state"] for one in listed} == {"level:3": "held", "level:5": "held"}


def _of(event: dict[str, Any], user: str) -> dict[str, Any]:
    return {**event, "detail": {**event["detail"], "user_id": user}}


def test_what_an_old_diary_reaches_begins_with_the_next_news_and_then_comes_back_in_silence(
    gamification: Service,
) -> None:
    old = recorded("w-1", started_at=OLD, **LONG)
    deliver(gamification, old)
    assert (grants(gamification), mine(gamification)) == ([], {})
    deliver(gamification, day(2, moving_time_s=600.0))
    assert [one[:3] for one in grants(gamification)] == [("Granted", "badge_starter", "level:3")]
    deliver(gamification, recorded("w-1", revision=2, started_at=OLD, moving_time_s=60.0))
    deliver(gamification, recorded("w-1", revision=3, started_at=OLD, **LONG))
    assert [one[0] for one in grants(gamification)] == ["Granted", "Revoked", "Granted"]


def test_the_message_names_the_reward_in_the_athletes_language(gamification: Service) -> None:
    deliver(gamification, day(1))
    assert said(gamification, Language.EN) == {
        "level_reached_with_reward": ("Level 3!", "You have reached level 3. Your reward: Starter badge.")
    }
    assert said(gamification, Language.RU)["level_reached_with_reward"] == (
        "Уровень 3!",
        "Вы достигли уровня 3. Ваша награда: Значок «Старт».",
    )


def test_levels_and_progress_have_the_rewards_words(gamification: Service) -> None:
    levels = gamification.call("GET", "/v1/gamification/levels", accept_language="ru").body["items"]
    assert levels[4]["reward_words"] == {
        "code": "free_delivery",
        "kind": "offer",
        "title": "Бесплатная доставка",
        "text": "Личный код на бесплатную доставку из магазина партнёра.",
    }
    assert (levels[3]["reward"], levels[3]["reward_words"]) == (None, None)
    progress = gamification.call("GET", "/v1/gamification/progress").body
    assert (progress["next_reward_level"], progress["next_reward_words"]["title"]) == (3, "Starter badge")


def test_nobody_sees_anothers_rewards(gamification: Service) -> None:
    deliver(gamification, day(1))
    assert gamification.call("GET", "/v1/gamification/rewards", user=OTHER).body["items"] == []
