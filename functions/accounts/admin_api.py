"""Admins' routes of accounts: /v1/admin/accounts, for `stadion user` and `stadion consents`."""

from accounts.consents import routes as consents
from accounts.sign_in import limit_routes
from accounts.sign_in import routes as sign_in
from stadion.http import Api, lambda_handler

api = Api()
api.include_router(sign_in.admin)
api.include_router(limit_routes.admin)
api.include_router(consents.admin)
handler = lambda_handler(api)
