"""Admins' routes of play: /v1/admin/achievements, achievement-backfills, boards; for `stadion achievement`, `board`."""

from gamification.achievements.admin_routes import router as achievements
from gamification.achievements.backfill.routes import router as backfills
from gamification.boards.repair.routes import router as boards
from stadion.http import Api, lambda_handler

api = Api()
api.include_router(achievements)
api.include_router(backfills)
api.include_router(boards)
handler = lambda_handler(api)
