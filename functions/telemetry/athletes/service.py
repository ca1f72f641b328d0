"""Use cases: what an athlete agrees to, as this service has heard it."""

from stadion.consents import is_health
from telemetry.athletes import store


def agrees(user_id: str) -> bool:
    """To health data being taken, measured and shown."""
    return store.person(user_id).agrees


def check_agrees(user_id: str) -> None:
    store.person(user_id).check_agrees()


def check_shows(user_id: str, metric: str) -> None:
    """One request where the metric is health data, none where it is not."""
    if is_health(metric):
        check_agrees(user_id)
