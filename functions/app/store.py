"""The one item of the app's table. Its keys stand in README.md."""

from datetime import datetime

from app.domain import AppConfig
from stadion.change import Change
from stadion.errors import StaleVersionError
from stadion.records import Records

CONFIG = Records(AppConfig, kind="app_config", pk="APP", sk="CONFIG", own_revision=True, nulls=True)
"""Admins, on the revision; every app, at its start."""


def config() -> AppConfig:
    """As it ships, nothing is asked for and nothing is switched."""
    return CONFIG.find() or AppConfig()


def replace(old: AppConfig, new: AppConfig, now: datetime) -> None:
    """`StaleVersionError` when it is not `old` any more."""
    with Change(None, now) as change:
        change.replace(CONFIG.seen(old), new, refused=StaleVersionError)
