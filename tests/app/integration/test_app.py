"""What an app is told at its start, and admins who change it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.kit.services import Service

CONFIG = "/v1/app/config"
ADMIN = "/v1/admin/app/config"


def told(app: Service, **query: str) -> dict[str, Any]:
    answer = app.call("GET", CONFIG, user=None, query=query)
    assert answer.status == 200, answer.body
    return dict(answer.body)


def patch(app: Service, body: dict[str, Any], if_match: str = "*") -> Any:
    return app.sign("PATCH", ADMIN, body, if_match=if_match)


def test_before_anybody_set_anything_nothing_is_asked_for(app: Service) -> None:
    found = told(app, platform="ios", version="1.0")

    assert (found["update"], found["clients"], found["features"]) == ("none", {}, {})
    assert abs(datetime.fromisoformat(found["server_time"]) - datetime.now(UTC)) < timedelta(minutes=5)
    assert found["server_time"].endswith("Z")
    assert found["limits"]["requests_a_minute"] == 600
    assert found["limits"]["notes_characters"] == 4000


def test_an_app_that_is_too_old_is_told_so(app: Service) -> None:
    ios = {"minimum_version": "2.3.0", "recommended_version": "2.10", "store_url": "https://apps.example.com/stadion"}
    assert patch(app, {"clients": {"ios": ios}}).status == 200

    assert told(app, platform="ios", version="2.2.9")["update"] == "required"
    assert told(app, platform="ios", version="2.9")["update"] == "recommended"
    assert told(app, platform="ios", version="2.10.0")["update"] == "none"
    assert told(app, platform="android", version="1")["update"] == "none"
    assert told(app)["update"] is None
    assert told(app)["clients"] == {"ios": ios}


def test_features_are_switched_by_name_and_stay_as_they_were_else(app: Service) -> None:
    patch(app, {"features": {"live-map": {"is_on": True, "platforms": ["ios"]}, "feed": {"from_version": "3"}}})
    patch(app, {"features": {"feed": {"is_on": True}}})

    assert told(app, platform="ios", version="3.1")["features"] == {"feed": True, "live-map": True}
    assert told(app, platform="android", version="2.9")["features"] == {"feed": False, "live-map": False}
    assert told(app)["features"] == {"feed": False, "live-map": False}

    patch(app, {"features": {"live-map": None}})
    assert told(app, platform="ios", version="3.1")["features"] == {"feed": True}


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"clients": {"ios": {"minimum_version": "2.x"}}}, "#/clients/ios/minimum_version", None),
        ({"clients": {"ios": {"minimum_version": "\u0663.0"}}}, "#/clients/ios/minimum_version", None),
        ({"clients": {"web": {}}}, "#/clients/web", None),
        ({"clients": {"ios": {"store_url": "http://example.com"}}}, "#/clients/ios/store_url", None),
        ({"features": {"Live Map": {"is_on": True}}}, "#/features/Live Map", None),
        ({"features": {"live-map": {"platforms": []}}}, "#/features/live-map/platforms", None),
        ({"features": {"live-map": {"platforms": ["ios"] * 5000}}}, "#/features/live-map/platforms", None),
        ({"features": {"live-map": {"is_on": "yes"}}}, "#/features/live-map/is_on", None),
        (
            {"clients": {"ios": {"minimum_version": "3", "recommended_version": "2.9"}}},
            "#/clients/ios/minimum_version",
            "versions_out_of_order",
        ),
    ],
)
def test_what_is_not_in_order_is_refused_where_it_is_wrong(
    app: Service, body: dict[str, Any], pointer: str, code: str | None
) -> None:
    refused = patch(app, body)

    assert refused.status == (400 if code else 422), refused.body
    assert pointer in [entry["pointer"].removesuffix("/[key]") for entry in refused.body["errors"]]
    assert code is None or refused.body["code"] == code
    assert told(app)["clients"] == {}


def test_a_platform_that_is_named_twice_is_one(app: Service) -> None:
    patched = patch(app, {"features": {"live-map": {"platforms": ["ios", "android", "ios"]}}})
    assert patched.body["features"]["live-map"]["platforms"] == ["android", "ios"]


def test_there_are_only_so_many_features(app: Service) -> None:
    assert patch(app, {"features": {f"one-{number}": {} for number in range(100)}}).status == 200

    refused = patch(app, {"features": {"one-more": {}}})

    assert (refused.status, refused.body["code"]) == (409, "too_many_features")


def test_of_two_admins_the_second_looks_again(app: Service) -> None:
    shown = app.sign("GET", ADMIN)
    assert (shown.status, shown.headers["ETag"]) == (200, '"0"')
    assert patch(app, {"features": {"feed": {}}}, if_match='"0"').headers["ETag"] == '"1"'

    assert patch(app, {"features": {"feed": None}}, if_match='"0"').status == 412
    assert app.sign("PATCH", ADMIN, {}).status == 428


def test_the_words_are_kept_by_their_tag(app: Service) -> None:
    first = app.call("GET", "/v1/words", user=None)

    assert first.body["words"]["sports"]["Run"] == {"en": "Running", "ru": "Бег"}
    assert first.body["words"]["rewards"]["free_delivery"] == {"en": "Free delivery", "ru": "Бесплатная доставка"}
    assert app.call("GET", "/v1/words", user=None, if_none_match=first.headers["ETag"]).status == 304


@pytest.mark.parametrize("query", [{"version": "two"}, {"version": "\u0663.0"}, {"platform": "web"}])
def test_an_app_that_says_nonsense_is_told_so(app: Service, query: dict[str, str]) -> None:
    assert app.call("GET", CONFIG, user=None, query=query).status == 422
