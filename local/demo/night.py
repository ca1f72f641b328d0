"""Quiet hours: a message that falls into them waits until they are over."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from local.demo.client import Athlete, eventually

Admin = Callable[..., dict[str, Any]]
A_ROUND_S: Final = 60
"""What is due is looked for every minute."""


@dataclass(frozen=True)
class Night:
    """A mail that was put off, and went when its reader was awake."""

    reason: str
    put_off_at: datetime
    until: datetime
    sent_at: datetime


def fall_asleep(athlete: Athlete, time_zone: str, *, at_least_s: float) -> datetime:
    """Quiet hours that end soon, with a minute of the clock: until then."""
    until = (datetime.now(UTC) + timedelta(seconds=at_least_s + 60)).replace(second=0, microsecond=0)
    start, end = ((until - timedelta(hours=hours)).astimezone(ZoneInfo(time_zone)) for hours in (2, 0))
    quiet = {"start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}
    athlete.call("PATCH", "/v1/notifications/preferences", {"quiet_hours": quiet}, if_match="*")
    return until


def mail_after(until: datetime, admin: Admin, athlete: Athlete, template: str, *, within_s: float) -> Night:
    """The mail of this template, once it was sent."""
    path = f"/v1/admin/notifications/users/{athlete.user_id}/deliveries"

    def sent() -> dict[str, Any] | None:
        mails = [one for one in admin("GET", path)["items"] if (one["template"], one["channel"]) == (template, "email")]
        return next((one for one in mails if one["state"] == "sent"), None)

    still = max(0.0, (until - datetime.now(UTC)).total_seconds())
    log = eventually(sent, within_s=still + A_ROUND_S + within_s, every_s=1)["log"]
    put_off = next(entry for entry in log if entry["state"] == "deferred")
    went = next(entry for entry in log if entry["state"] == "sent")
    at = datetime.fromisoformat
    return Night(put_off["reason"], at(put_off["at"]), until, at(went["at"]))
