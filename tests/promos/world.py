"""Promos, offers and codes through the Lambda handlers."""

from datetime import UTC, datetime
from typing import Any

from tests.kit.events import entry
from tests.kit.links import athlete_id_of, link_news
from tests.kit.promos import a_promo
from tests.kit.services import ATHLETE, Answer, Service, sqs_event

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


PROMO = a_promo(
    starts_at="2026-11-01T00:00:00Z",
    ends_at="2026-12-31T00:00:00Z",
    time_zone="Europe/Moscow",
    link="https://store.example/shoes?sort=new",
    codes={"pattern": "RUN-{4}-{4}", "valid_for_days": 14},
)


def admin(promos: Service, method: str, path: str, body: Any = None, **headers: str) -> Answer:
    """Signed, as the command line does."""
    path, _, query = path.partition("?")
    asked = dict(pair.split("=") for pair in query.split("&")) if query else None
    return promos.sign(method, f"/v1/admin/promos{path}", body, query=asked, **headers)


def store(promos: Service, code: str, action: str | None = None, *, partner: str = "store", **body: Any) -> Answer:
    """The store's request, as a REST API with keys passes it on. `user_id`: linked, and named by its id."""
    if user_id := body.pop("user_id", None):
        deliver(promos, "on_partner_links", link_news(user_id, partner))
        body["athlete_id"] = athlete_id_of(user_id, partner)
    path = f"/partner/v1/codes/{code}" + (f"/{action}" if action else "")
    return promos.ask("POST" if action else "GET", path, body if action else None, key=f"{partner}-secret")


def order(order_id: str = "o-1", amount_minor: int = 10_000, **more: Any) -> dict[str, Any]:
    return {"order_id": order_id, "amount_minor": amount_minor, "currency": "RUB", **more}


def deliver(promos: Service, consumer: str, *entries: dict[str, Any]) -> None:
    assert promos.invoke(consumer, sqs_event(*entries)) == {"batchItemFailures": []}


def consent(
    granted: bool = True, revision: int = 1, user: str = ATHLETE, kind: str = "marketing_push"
) -> dict[str, Any]:
    data = {"kind": kind, "granted": granted, "revision": revision, "text_version": "1"}
    return entry("ConsentChanged", data | {"changed_at": "2026-11-01T00:00:00Z"}, user=user, source="accounts")


def profile(revision: int = 2, user: str = ATHLETE, **fields: Any) -> dict[str, Any]:
    data = {"revision": revision, "language": "ru", "time_zone": "Europe/Moscow", **fields}
    return entry("ProfileUpdated", data, user=user, source="accounts")


def welcome(promos: Service, *users: str) -> None:
    for user in users or (ATHLETE,):
        deliver(promos, "on_account_events", consent(user=user), consent(user=user, kind="analytics"))


def seller(partner: str = "store", revision: int = 1, **fields: Any) -> dict[str, Any]:
    data = {"partner_id": partner, "revision": revision, "may": ["orders", "catalogue", "codes"], **fields}
    return entry("PartnerChanged", data, user="system", source="partners")


def launch(promos: Service, **fields: Any) -> dict[str, Any]:
    created = admin(promos, "POST", "", {**PROMO, **fields})
    assert created.status == 201, created.body
    path = f"/{created.body['promo_id']}/status"
    live = admin(promos, "POST", path, {"action": "activate"}, if_match=created.etag)
    assert (live.status, live.body["status"]) == (200, "active"), live.body
    return dict(live.body)


def issue(promos: Service, user: str = ATHLETE, promo: str = "winter-shoes", **fields: Any) -> dict[str, Any]:
    issued = admin(promos, "POST", f"/{promo}/offers", {"user_id": user, **fields})
    assert issued.status in {200, 201}, issued.body
    return dict(issued.body)


def budget(promos: Service, promo: str = "winter-shoes") -> dict[str, Any]:
    return dict(admin(promos, "GET", f"/{promo}").body["budget"])


def in_segment(promos: Service, rule: dict[str, Any]) -> bool:
    assert admin(promos, "PUT", "/segments/tried", {"rule": rule}, if_match="*").status == 200
    return bool(admin(promos, "GET", f"/segments/tried/explain/{ATHLETE}").body["is_in"])


def bought(order_id: str, **fields: Any) -> dict[str, Any]:
    line = {"sku": "1", "name": "KD900", "quantity": 2, "price_minor": 5_000, "wear_category": "running_shoes"}
    data = {"order_id": order_id, "partner_id": "store", "lines": [line], "total_minor": 10_000, "currency": "RUB"}
    return entry("OrderCompleted", data | {"completed_at": "2026-11-20T09:30:00Z"} | fields, source="partners")


def sold(order_id: str, **fields: Any) -> dict[str, Any]:
    """`bought`, now: after what these tests issue."""
    return bought(order_id, **{"completed_at": "2026-11-21T09:00:00Z", **fields})


def returned(order_id: str, *, whole: bool = True, quantity: int = 1, **fields: Any) -> dict[str, Any]:
    line = {"sku": "1", "name": "KD900", "quantity": quantity, "price_minor": 5_000, "wear_category": "running_shoes"}
    data = {"order_id": order_id, "partner_id": "store", "lines": [line], "is_whole": whole}
    return entry("OrderReturned", data | {"returned_at": "2026-11-21T08:00:00Z"} | fields, source="partners")
