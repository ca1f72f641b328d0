"""Athletes' routes of partners: /v1/me/partner-links. Those of admins are in `admin_api.py`."""

from partners.links import routes as links
from partners.links import store
from stadion.http import Api, lambda_handler

api = Api(reader_of=store.reader_of)
api.include_router(links.router)
handler = lambda_handler(api)
