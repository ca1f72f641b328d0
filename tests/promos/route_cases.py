"""What others get of the routes of promos: `tests/platform/e2e/test_other_peoples_things.py` tries each."""

from typing import Final

from tests.kit.promos import a_promo
from tests.kit.route_cases import Case, ForAdmins, Own, Theirs

CAMPAIGN: Final = {
    "name": "Mine",
    "schedule": {"at": "2099-01-01T10:00"},
    "variants": [{"name": "a", "promo_id": "winter-shoes"}],
    "currency": "RUB",
}
CASES: Final[dict[str, Case]] = {
    "GET /v1/promos": Own(),
    "GET /v1/promos/<offer_id>": Theirs(),
    "POST /v1/promos/<offer_id>/view": Theirs(),
    "POST /v1/promos/<offer_id>/click": Theirs(),
    "POST /v1/promos/<offer_id>/dismiss": Theirs(),
    "GET /v1/admin/promos": ForAdmins(),
    "POST /v1/admin/promos": ForAdmins(a_promo()),
    "POST /v1/admin/promos/validate": ForAdmins(a_promo()),
    "GET /v1/admin/promos/<promo_id>": ForAdmins(),
    "PUT /v1/admin/promos/<promo_id>": ForAdmins(a_promo()),
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
    "GET /v1/admin/promos/segments/<segment_name>/used-by": ForAdmins(),
    "GET /v1/admin/promos/segments/<segment_name>/explain/<user_id>": ForAdmins(),
    "GET /v1/admin/wear-offers": ForAdmins(),
    "PUT /v1/admin/wear-offers/<gear_category>": ForAdmins({"promo_id": "winter-shoes"}),
    "DELETE /v1/admin/wear-offers/<gear_category>": ForAdmins(),
    "GET /v1/admin/reward-offers": ForAdmins(),
    "PUT /v1/admin/reward-offers/<reward_code>": ForAdmins({"promo_id": "winter-shoes"}),
    "DELETE /v1/admin/reward-offers/<reward_code>": ForAdmins(),
    "GET /v1/admin/reward-offers/<reward_code>/waiting": ForAdmins(),
    "POST /v1/admin/reward-offers/<reward_code>/issue": ForAdmins(),
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
}
