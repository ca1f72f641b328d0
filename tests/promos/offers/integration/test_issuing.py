"""Who is given an offer, and how often."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.kit.clock import Clock
from tests.kit.services import ATHLETE, OTHER, Service
from tests.promos.world import admin, consent, deliver, issue, launch, welcome

pytestmark = pytest.mark.usefixtures("moment")


def test_an_offer_takes_a_consent_at_the_moment_of_issuing(promos: Service) -> None:
    launch(promos)
    refused = admin(promos, "POST", "/winter-shoes/offers", {"user_id": ATHLETE})
    assert (refused.status, refused.body["code"]) == (422, "not_eligible")
    assert [check["check"] for check in refused.body["checks"]] == ["consent"]
    welcome(promos)
    assert issue(promos)["code"].startswith("RUN-")
    deliver(promos, "on_account_events", consent(granted=False, revision=2))
    assert admin(promos, "POST", "/winter-shoes/offers", {"user_id": ATHLETE, "run_id": "r-2"}).status == 422


def test_a_consent_withdrawn_between_look_and_write_counts(promos: Service) -> None:
    from promos.offers import store as promo_store

    launch(promos)
    welcome(promos)
    straight = promo_store.issue

    def withdrawn_first(*args: Any, **options: Any) -> None:
        promos.monkeypatch.setattr(promo_store, "issue", straight)
        deliver(promos, "on_account_events", consent(granted=False, revision=2))
        straight(*args, **options)

    promos.monkeypatch.setattr(promo_store, "issue", withdrawn_first)
    assert admin(promos, "POST", "/winter-shoes/offers", {"user_id": ATHLETE}).body["code"] == "not_eligible"
    assert promos.published("PromoIssued") == []


def test_the_consent_of_the_channel_is_asked_where_one_is_named(promos: Service) -> None:
    launch(promos)
    welcome(promos)
    by_mail = {"user_id": ATHLETE, "channel": "marketing_email"}
    assert admin(promos, "POST", "/winter-shoes/offers", by_mail).status == 422
    assert issue(promos, channel="marketing_push")["offer_id"]


def test_a_run_gives_an_athlete_one_offer(promos: Service) -> None:
    launch(promos)
    welcome(promos)
    first = admin(promos, "POST", "/winter-shoes/offers", {"user_id": ATHLETE, "run_id": "r-1"})
    again = admin(promos, "POST", "/winter-shoes/offers", {"user_id": ATHLETE, "run_id": "r-1"})
    assert (first.status, again.status, first.body) == (201, 200, again.body)
    assert issue(promos, run_id="r-2")["offer_id"] != first.body["offer_id"]
    assert len(promos.published("PromoIssued")) == 2


def test_a_code_that_somebody_has_is_made_anew(promos: Service) -> None:
    from promos.offers import service as offer_service

    launch(promos)
    welcome(promos, ATHLETE, OTHER)
    codes = iter(["RUN-SAME", "RUN-SAME", "RUN-OTHER"])
    promos.monkeypatch.setattr(offer_service, "code_of", lambda _: next(codes))
    assert (issue(promos)["code"], issue(promos, OTHER)["code"]) == ("RUN-SAME", "RUN-OTHER")


def test_an_offer_expires_with_its_days_and_never_after_the_promo(promos: Service, moment: Clock) -> None:
    launch(promos)
    welcome(promos)
    assert issue(promos)["expires_at"] == "2026-12-05T09:00:00Z"
    moment.set(datetime(2026, 12, 30, tzinfo=UTC))
    assert issue(promos, run_id="late")["expires_at"] == "2026-12-31T00:00:00Z"
