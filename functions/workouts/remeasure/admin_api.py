"""Admins' routes of workouts: /v1/admin/remeasure-runs, for `stadion workouts`."""

from stadion.http import Api, lambda_handler
from workouts.remeasure.routes import router

api = Api()
api.include_router(router)
handler = lambda_handler(api)
