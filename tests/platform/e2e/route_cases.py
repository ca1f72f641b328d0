"""Every route that athletes or strangers can reach, and what somebody else gets of it.

The routes come from the services themselves, so that a new one without a case here fails.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local.contracts.services import api_of, services
from local.demo.client import PASSWORD
from tests.kit.promos import a_promo

NOBODYS = "0193a1c0-0000-7000-8000-000000000000"


@dataclass(frozen=True)
class Theirs:
    """Names a thing of another athlete: there is no such thing."""

    body: Any = None
    statuses: frozenset[int] = frozenset({404})


@dataclass(frozen=True)
class Own:
    """Names nobody: one's own things only, whatever ids are in the body."""

    body: Any = None
    statuses: frozenset[int] = frozenset({200, 201, 204})


@dataclass(frozen=True)
class ForAdmins:
    body: Any = None
    statuses: frozenset[int] = frozenset({401, 403})


Case = Theirs | Own | ForAdmins

RUN = {"sport_type": "Run", "started_at": "2026-10-01T07:00:00Z", "elapsed_time_s": 1800, "distance_m": 5000}
TODAY = datetime.now(UTC).isoformat()
SAMPLE = {"metric": "heart_rate", "value": 171.25, "timestamp": "2026-10-01T07:00:00Z"}
CAMPAIGN = {
    "name": "Mine",
    "schedule": {"at": "2099-01-01T10:00"},
    "variants": [{"name": "a", "promo_id": "winter-shoes"}],
    "currency": "RUB",
}
CASES: dict[str, Case] = {
    # accounts
    "GET /v1/me": Own(),
    "PATCH /v1/me": Own({"city": "Perm"}),
    "PUT /v1/me/password": Own({"current_password": PASSWORD, "new_password": "another horse battery"}),
    "POST /v1/me/avatar": Own({"content_type": "image/png"}),
    "GET /v1/me/physical": Own(),
    "PUT /v1/me/physical/<measured_on>": Own({"mass_kg": 60}),
    "DELETE /v1/me/physical/<measured_on>": Own(),
    "GET /v1/me/privacy-zones": Own(),
    "PUT /v1/me/privacy-zones/<zone_id>": Own({"lat": 55.75, "lon": 37.61, "radius_m": 300}),
    "DELETE /v1/me/privacy-zones/<zone_id>": Own(),
    "GET /v1/me/consents": Own(),
    "GET /v1/me/consents/journal": Own(),
    "PUT /v1/me/consents/<kind>": Own({"granted": True, "text_version": "2026-10"}),
    "POST /v1/auth/sign-out-everywhere": Own(),
    "GET /v1/users/<user_id>": Own(),
    "GET /v1/admin/accounts/users/<username>": ForAdmins(),
    "PUT /v1/admin/accounts/users/<username>/roles/<role>": ForAdmins(),
    "DELETE /v1/admin/accounts/users/<username>/roles/<role>": ForAdmins(),
    # workouts: an id of somebody else is free for one's own things
    "POST /v1/workouts": Own({**RUN, "workout_id": "{workout_id}", "gear_ids": ["{gear_id}"]}),
    "GET /v1/workouts": Own(),
    "GET /v1/workouts/<workout_id>": Theirs(),
    "PATCH /v1/workouts/<workout_id>": Theirs({"name": "mine"}),
    "DELETE /v1/workouts/<workout_id>": Theirs(),
    "GET /v1/workouts/<workout_id>/files/<sha256>": Theirs(),
    "POST /v1/uploads": Own({"filename": "a.gpx", "upload_id": "{upload_id}"}),
    "GET /v1/uploads/<upload_id>": Theirs(),
    # telemetry
    "GET /v1/workouts/<workout_id>/streams": Theirs(),
    "GET /v1/workouts/<workout_id>/export": Theirs(),
    "POST /v1/telemetry": Own({"device_id": "Only-My-Watch", "samples": [{**SAMPLE, "value": 99}]}, frozenset({202})),
    "GET /v1/telemetry/<metric>": Own(),
    "GET /v1/workouts/<workout_id>/metrics": Theirs(),
    "GET /v1/metrics/fitness": Own(),
    "GET /v1/metrics/trends/<metric>": Own(),
    "GET /v1/metrics/zones": Own(),
    "GET /v1/metrics/histogram": Own(),
    "GET /v1/metrics/mean-max": Own(),
    "GET /v1/metrics/series/<metric>": Own(),
    "GET /v1/metrics/latest": Own(),
    # live workouts
    "POST /v1/live/sessions": Own({"session_id": NOBODYS, "sport_type": "Run", "started_at": TODAY}),
    "GET /v1/live/sessions": Own(),
    "GET /v1/live/sessions/<session_id>": Theirs(),
    "POST /v1/live/sessions/<session_id>/samples": Theirs({"time_s": [1], "heart_rate_bpm": [99]}),
    "POST /v1/live/sessions/<session_id>/pause": Theirs({"at_s": 1}),
    "POST /v1/live/sessions/<session_id>/resume": Theirs({"at_s": 1}),
    "POST /v1/live/sessions/<session_id>/stop": Theirs({"at_s": 1}),
    "POST /v1/live/sessions/<session_id>/discard": Theirs(),
    "POST /v1/live/sessions/<session_id>/share-links": Theirs({"expires_in_s": 600}),
    "GET /v1/live/sessions/<session_id>/share-links": Theirs(),
    "DELETE /v1/live/sessions/<session_id>/share-links/<link_id>": Theirs(),
    "GET /v1/live/followers": Own(),
    "PUT /v1/live/followers/<follower>": Own(),
    "DELETE /v1/live/followers/<follower>": Own(),
    # inventory
    "POST /v1/gear": Own({"category": "running_shoes", "gear_id": "{gear_id}"}),
    "GET /v1/gear": Own(),
    "GET /v1/gear/categories": Own(),
    "GET /v1/gear/<gear_id>": Theirs(),
    "PATCH /v1/gear/<gear_id>": Theirs({"nickname": "mine"}),
    "DELETE /v1/gear/<gear_id>": Theirs(),
    "POST /v1/gear/<gear_id>/components": Theirs({"name": "Laces", "limit": 10}),
    "PATCH /v1/gear/<gear_id>/components/<component_id>": Theirs({"name": "mine"}),
    "DELETE /v1/gear/<gear_id>/components/<component_id>": Theirs(),
    # gamification
    "GET /v1/gamification/progress": Own(),
    "GET /v1/gamification/levels": Own(),
    "GET /v1/gamification/records": Own(),
    # promos
    "GET /v1/promos": Own(),
    "GET /v1/promos/<offer_id>": Theirs(),
    "POST /v1/promos/<offer_id>/view": Theirs(),
    "POST /v1/promos/<offer_id>/click": Theirs(),
    "POST /v1/promos/<offer_id>/dismiss": Theirs(),
    "GET /v1/admin/promos": ForAdmins(),
    "POST /v1/admin/promos": ForAdmins(a_promo()),
    "POST /v1/admin/promos/validate": ForAdmins(a_promo()),
    "GET /v1/admin/promos/<promo_id>": ForAdmins(),
    "PATCH /v1/admin/promos/<promo_id>": ForAdmins({"name": "mine"}),
    "DELETE /v1/admin/promos/<promo_id>": ForAdmins(),
    "POST /v1/admin/promos/<promo_id>/status": ForAdmins({"action": "end"}),
    "POST /v1/admin/promos/<promo_id>/offers": ForAdmins({"user_id": "{user_id}"}),
    "GET /v1/admin/promos/<promo_id>/explain/<user_id>": ForAdmins(),
    "GET /v1/admin/promos/<promo_id>/funnel": ForAdmins(),
    "GET /v1/admin/promos/segments": ForAdmins(),
    "GET /v1/admin/promos/segments/<segment_name>": ForAdmins(),
    "PUT /v1/admin/promos/segments/<segment_name>": ForAdmins({"rule": {"consent": "location"}}),
    "DELETE /v1/admin/promos/segments/<segment_name>": ForAdmins(),
    "GET /v1/admin/promos/segments/<segment_name>/count": ForAdmins(),
    "GET /v1/admin/promos/segments/<segment_name>/explain/<user_id>": ForAdmins(),
    # notifications
    "GET /v1/notifications": Own(),
    "GET /v1/notifications/unread-count": Own(),
    "POST /v1/notifications/read": Own(),
    "POST /v1/notifications/<notification_id>/read": Theirs(),
    "GET /v1/notifications/preferences": Own(),
    "PATCH /v1/notifications/preferences": Own({"rhythm": {"gear": "weekly"}}),
    "GET /v1/notifications/devices": Own(),
    "PUT /v1/notifications/devices/<push_device_id>": Own({"platform": "ios", "token": "abcdef0123456789"}),
    "DELETE /v1/notifications/devices/<push_device_id>": Own(),
    "GET /v1/admin/notifications/users/<user_id>/deliveries": ForAdmins(),
    "GET /v1/admin/wear-offers": ForAdmins(),
    "PUT /v1/admin/wear-offers/<gear_category>": ForAdmins({"promo_id": "winter-shoes"}),
    "DELETE /v1/admin/wear-offers/<gear_category>": ForAdmins(),
    # partners: their own API is tried with other partners' keys in test_partners.py
    "GET /v1/admin/campaigns": ForAdmins(),
    "GET /v1/admin/campaigns/cohorts": ForAdmins(),
    "POST /v1/admin/campaigns/validate": ForAdmins(CAMPAIGN),
    "GET /v1/admin/campaigns/<campaign_id>": ForAdmins(),
    "PUT /v1/admin/campaigns/<campaign_id>": ForAdmins(CAMPAIGN),
    "DELETE /v1/admin/campaigns/<campaign_id>": ForAdmins(),
    "POST /v1/admin/campaigns/<campaign_id>/status": ForAdmins({"action": "schedule"}),
    "GET /v1/admin/campaigns/<campaign_id>/preview": ForAdmins(),
    "GET /v1/admin/campaigns/<campaign_id>/metrics": ForAdmins(),
    "GET /v1/admin/campaigns/<campaign_id>/runs": ForAdmins(),
    "GET /v1/admin/campaigns/<campaign_id>/runs/<run_id>": ForAdmins(),
    "GET /v1/admin/campaigns/<campaign_id>/runs/<run_id>/report": ForAdmins(),
    "POST /v1/admin/partners": ForAdmins({"partner_id": "mine", "name": "Mine"}),
    "GET /v1/admin/partners": ForAdmins(),
    "GET /v1/admin/partners/<partner_id>": ForAdmins(),
    "POST /v1/admin/partners/<partner_id>/keys": ForAdmins({}),
    "POST /v1/admin/partners/<partner_id>/secrets": ForAdmins({}),
    "POST /v1/admin/partners/<partner_id>/finish": ForAdmins(),
    "POST /v1/admin/partners/<partner_id>/disable": ForAdmins(),
    "POST /v1/admin/partners/<partner_id>/enable": ForAdmins(),
    "POST /v1/admin/partners/<partner_id>/imports": ForAdmins({"format": "csv"}),
    "GET /v1/admin/partners/imports/<import_id>": ForAdmins(),
    "POST /v1/admin/partners/<partner_id>/endpoints": ForAdmins(
        {"url": "https://store.example/hooks", "events": ["promo.issued"]}
    ),
    "GET /v1/admin/partners/<partner_id>/endpoints": ForAdmins(),
    "DELETE /v1/admin/partners/<partner_id>/endpoints/<endpoint_id>": ForAdmins(),
    "POST /v1/admin/partners/<partner_id>/endpoints/<endpoint_id>/enable": ForAdmins(),
    "POST /v1/admin/partners/<partner_id>/endpoints/<endpoint_id>/secrets": ForAdmins({}),
    "GET /v1/admin/partners/<partner_id>/deliveries": ForAdmins(),
}
"""With `If-Match: *`, which is the most that an editor can claim."""

PUBLIC = {
    "GET /v1/unsubscribe",
    "POST /v1/unsubscribe",
    "POST /v1/auth/register",
    "POST /v1/auth/confirm",
    "POST /v1/auth/resend",
    "POST /v1/auth/sign-in",
    "POST /v1/auth/refresh",
    "POST /v1/auth/sign-out",
    "POST /v1/auth/forgot-password",
    "POST /v1/auth/reset-password",
    "GET /v1/health",
    "GET /v1/live/shared/<share_token>",
    "GET /docs",
    "GET /docs/openapi.json",
    "GET /docs/swagger-ui.js",
    "GET /docs/swagger-ui.css",
}
LAST = ("PUT /v1/me/password", "POST /v1/auth/sign-out-everywhere")
"""After these, the one who tries has other tokens."""


def routes() -> list[str]:
    """`METHOD /path/<with>/<parameters>` of every service's API."""
    found = []
    for service in services():
        api = api_of(service)
        found += [f"{route.method} {route.path}" for route in api._static_routes + api._dynamic_routes]
    guarded = [route for route in found if route not in PUBLIC and not route.startswith("OPTIONS ")]
    return sorted(guarded, key=_turn)


def _turn(route: str) -> tuple[int, str]:
    """What is asked of others comes before one has things with the same ids."""
    return (2 + LAST.index(route) if route in LAST else isinstance(CASES.get(route), Own)), route


GUARDED = routes()
