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
NIGHT: Final = timedelta(hours=8)
A_MOMENT: Final = timedelta(seconds=5)


@dataclass(frozen=True)
class Night:
    """A mail that was put off, and went when its reader was awake."""

    reason: str
    put_off_at: datetime
    until: datetime
    sent_at: datetime


@dataclass(frozen=True)
class Sleeper:
    """Somebody whose quiet hours are now, and whose mails of these templates are looked after.

    Of several that wait for one morning, the frequency cap lets one through, and it may be any.
    """

    athlete: Athlete
    time_zone: str
    templates: tuple[str, ...]
    admin: Admin

    def fall_asleep(self) -> None:
        """For the whole night: however slow the machine is, the mail comes in it."""
        self._sleep_until(datetime.now(UTC) + NIGHT)

    def get_up_soon(self, *, within_s: float) -> datetime:
        """Once the mail is put off, the quiet hours end with this minute: when that is."""
        eventually(lambda: self._mail("deferred"), within_s=within_s)
        until = (datetime.now(UTC) + A_MOMENT + timedelta(minutes=1)).replace(second=0, microsecond=0)
        self._sleep_until(until)
        return until

    def mail_after(self, until: datetime, *, within_s: float) -> Night:
        """The mail, once it was sent."""
        still = max(0.0, (until - datetime.now(UTC)).total_seconds())
        log = eventually(lambda: self._mail("sent"), within_s=still + A_ROUND_S + within_s, every_s=1)["log"]
        put_off = next(entry for entry in log if entry["state"] == "deferred")
        went = next(entry for entry in log if entry["state"] == "sent")
        at = datetime.fromisoformat
        return Night(put_off["reason"], at(put_off["at"]), until, at(went["at"]))

    def _sleep_until(self, until: datetime) -> None:
        zone = ZoneInfo(self.time_zone)
        start, end = ((until - timedelta(hours=hours)).astimezone(zone) for hours in (12, 0))
        quiet = {"start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}
        self.athlete.call("PATCH", "/v1/notifications/preferences", {"quiet_hours": quiet}, if_match="*")

    def _mail(self, state: str) -> dict[str, Any] | None:
        path = f"/v1/admin/notifications/users/{self.athlete.user_id}/deliveries"
        mails = (one for one in self.admin("GET", path)["items"] if one["channel"] == "email")
        return next((one for one in mails if one["template"] in self.templates and one["state"] == state), None)
