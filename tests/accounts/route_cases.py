"""What others get of the routes of accounts: `tests/platform/e2e/test_other_peoples_things.py` tries each."""

from typing import Final

from local.demo.client import PASSWORD
from tests.kit.route_cases import Case, ForAdmins, Own

PUBLIC: Final = (
    "POST /v1/auth/register",
    "POST /v1/auth/confirm",
    "POST /v1/auth/resend",
    "POST /v1/auth/sign-in",
    "POST /v1/auth/refresh",
    "POST /v1/auth/sign-out",
    "POST /v1/auth/forgot-password",
    "POST /v1/auth/reset-password",
)
CASES: Final[dict[str, Case]] = {
    "GET /v1/me": Own(),
    "PATCH /v1/me": Own({"city": "Perm"}),
    "PUT /v1/me/password": Own({"current_password": PASSWORD, "new_password": "another horse battery"}),
    "POST /v1/me/email": Own({"email": "others@example.org", "current_password": PASSWORD}, frozenset({202})),
    "POST /v1/me/email/confirm": Own({"code": "48151623"}, frozenset({400})),
    "POST /v1/me/phone": Own({"phone": "+79161234599"}, frozenset({202})),
    "POST /v1/me/phone/confirm": Own({"code": "481516"}, frozenset({400})),
    "POST /v1/me/avatar": Own({"content_type": "image/png"}),
    "GET /v1/me/physical": Own(),
    "PUT /v1/me/physical/<measured_on>": Own({"mass_kg": 60}),
    "DELETE /v1/me/physical/<measured_on>": Own(),
    "GET /v1/me/privacy-zones": Own(),
    "PUT /v1/me/privacy-zones/<zone_id>": Own({"lat": 55.75, "lon": 37.61, "radius_m": 400}),
    "DELETE /v1/me/privacy-zones/<zone_id>": Own(),
    "GET /v1/me/consents": Own(),
    "GET /v1/me/consents/journal": Own(),
    "PUT /v1/me/consents/<kind>": Own({"granted": True, "text_version": "2026-10"}),
    "DELETE /v1/me/health-data": Own(statuses=frozenset({409})),  # the other one still agrees to them
    "POST /v1/auth/sign-out-everywhere": Own(),
    "GET /v1/users/<user_id>": Own(),
    "GET /v1/admin/accounts/users/<username>": ForAdmins(),
    "GET /v1/admin/accounts/consent-texts": ForAdmins(),
    "GET /v1/admin/accounts/consent-texts/<kind>": ForAdmins(),
    "PUT /v1/admin/accounts/consent-texts/<kind>/<version>": ForAdmins(),
    "PUT /v1/admin/accounts/users/<username>/limit": ForAdmins({"most_per_minute": 60}),
    "DELETE /v1/admin/accounts/users/<username>/limit": ForAdmins(),
    "PUT /v1/admin/accounts/users/<username>/roles/<role>": ForAdmins(),
    "DELETE /v1/admin/accounts/users/<username>/roles/<role>": ForAdmins(),
}
LAST: Final = ("PUT /v1/me/password", "POST /v1/auth/sign-out-everywhere")
