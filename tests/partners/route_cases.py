"""What others get of the routes of partners: `tests/platform/e2e/test_other_peoples_things.py` tries each.

Their own API is tried with other partners' keys in `tests/partners/e2e`.
"""

from typing import Final

from tests.kit.route_cases import Case, ForAdmins, Own, Theirs

CASES: Final[dict[str, Case]] = {
    "POST /v1/me/partner-links": Own({"partner_id": "nobody"}, frozenset({404})),  # there is no such partner
    "GET /v1/me/partner-links": Own(),
    "DELETE /v1/me/partner-links/<partner_id>": Theirs(),
    "POST /v1/admin/partners": ForAdmins({"partner_id": "mine", "name": "Mine"}),
    "GET /v1/admin/partners": ForAdmins(),
    "GET /v1/admin/partners/<partner_id>": ForAdmins(),
    "PATCH /v1/admin/partners/<partner_id>": ForAdmins({"may": ["codes"]}),
    "POST /v1/admin/partners/<partner_id>/keys": ForAdmins({}),
    "POST /v1/admin/partners/<partner_id>/secrets": ForAdmins({}),
    "POST /v1/admin/partners/<partner_id>/finish": ForAdmins(),
    "POST /v1/admin/partners/<partner_id>/disable": ForAdmins(),
    "POST /v1/admin/partners/<partner_id>/enable": ForAdmins(),
    "PUT /v1/admin/partners/<partner_id>/limit": ForAdmins({"most_per_minute": 60}),
    "DELETE /v1/admin/partners/<partner_id>/limit": ForAdmins(),
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
