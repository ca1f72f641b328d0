"""Places for those who watch: each link's and each follower's are their own, and no limit is passed by a race."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from telemetry.live.audience import permission_service
from telemetry.live.audience import service as audience_service
from telemetry.live.audience import store as audience_store
from telemetry.live.audience.domain import Watcher
from tests.kit.racing import raced
from tests.kit.services import ATHLETE, OTHER, Service
from tests.telemetry.live.integration.world import SESSION, Wire, do, follow, send, start, watch

LOOK = (audience_store, "partition")


def codes(wire: Wire, connections: list[str]) -> list[str]:
    return [wire.to(one)[-1].get("code", "watching") for one in connections]


def by(link: Any) -> dict[str, str]:
    return {"athlete_id": ATHLETE, "session_id": SESSION, "link_id": link["link_id"]}


class TestPlaces:
    def test_one_link_cannot_take_all_of_them(self, telemetry: Service, wire: Wire) -> None:
        start(telemetry)
        follow(telemetry)
        link, second = (do(telemetry, "share-links").body for _ in range(2))
        guests = [f"guest{number}" for number in range(15)]
        for guest in guests:
            watch(telemetry, guest, user=None, **by(link))
        assert codes(wire, guests) == ["watching"] * 10 + ["too_many_watchers"] * 5
        watch(telemetry, "friend")
        watch(telemetry, "own", user=ATHLETE)
        watch(telemetry, "other", user=None, **by(second))
        watch(telemetry, "guest0", user=None, **by(link))
        assert codes(wire, ["friend", "own", "other", "guest0"]) == ["watching"] * 4

    def test_one_follower_cannot_take_those_of_the_others(self, telemetry: Service, wire: Wire) -> None:
        start(telemetry)
        follow(telemetry)
        follow(telemetry, "third")
        mine = [f"mine{number}" for number in range(6)]
        for connection in mine:
            watch(telemetry, connection)
        watch(telemetry, "theirs", user="third")
        assert codes(wire, [*mine, "theirs"]) == ["watching"] * 5 + ["too_many_watchers", "watching"]

    def test_the_athletes_own_devices_take_none(self, telemetry: Service, wire: Wire) -> None:
        start(telemetry)
        follow(telemetry)
        own = [f"own{number}" for number in range(60)]
        for connection in own:
            watch(telemetry, connection, user=ATHLETE)
        watch(telemetry, "friend")
        assert codes(wire, [*own, "friend"]) == ["watching"] * 61
        send(telemetry, 0)
        assert len(wire.to("own59")) == 2


NOW = datetime.now(UTC)


@pytest.mark.parametrize(
    ("fill", "one", "what"),
    [
        (
            lambda n: permission_service.allow(ATHLETE, f"friend-{n}", None, NOW),
            lambda n: permission_service.allow(ATHLETE, f"racer-{n}", None, NOW),
            (100, "too_many_followers"),
        ),
        (
            lambda _: permission_service.share(ATHLETE, SESSION, timedelta(hours=1), False, NOW),
            lambda _: permission_service.share(ATHLETE, SESSION, timedelta(hours=1), False, NOW),
            (10, "too_many_share_links"),
        ),
        (
            lambda n: audience_service.watch(ATHLETE, friend(f"c{n}"), NOW),
            lambda n: audience_service.watch(ATHLETE, friend(f"r{n}"), NOW),
            (5, "too_many_watchers"),
        ),
    ],
    ids=["followers", "share links", "watchers"],
)
def test_eight_at_once_find_room_for_one(
    telemetry: Service, fill: Callable[[int], Any], one: Callable[[int], Any], what: tuple[int, str]
) -> None:
    most, code = what
    follow(telemetry)
    start(telemetry)
    telemetry.enter()
    there = 1 if most == 100 else 0  # the follower
    for number in range(most - 1 - there):
        fill(number)
    found = raced(telemetry, LOOK, one)
    assert [result for result in found if isinstance(result, str)] == [code] * 7


def friend(connection_id: str) -> Watcher:
    return Watcher(connection_id=connection_id, session_id=SESSION, user_id=OTHER)
