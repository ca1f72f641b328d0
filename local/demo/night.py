"""Quiet hours: a message that falls into them waits until they are over. Nobody here has to: the morning is brought
forward, for one athlete alone."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from local.demo.client import Athlete, eventually

if TYPE_CHECKING:
    from local.aws import Aws

Admin = Callable[..., dict[str, Any]]
SENDS_DUE: Final = "stadion-notifications-dispatch-send-due"
NIGHT: Final = timedelta(hours=8)
A_MOMENT: Final = timedelta(minutes=1)


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
    aws: "Aws"

    def fall_asleep(self) -> datetime:
        """For the whole night: however slow the machine is, the mail comes in it. When it is over."""
        until = (datetime.now(UTC) + NIGHT).replace(second=0, microsecond=0)
        zone = ZoneInfo(self.time_zone)
        start, end = ((until - timedelta(hours=hours)).astimezone(zone) for hours in (12, 0))
        quiet = {"start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}
        self.athlete.call("PATCH", "/v1/notifications/preferences", {"quiet_hours": quiet}, if_match="*")
        return until

    def wait_until_put_off(self, *, within_s: float) -> None:
        eventually(lambda: self._mail("deferred"), within_s=within_s)

    def morning(self, until: datetime, *, within_s: float) -> Night:
        """The round that looks for due mails comes to this athlete, and it is morning; the mail, once it was sent."""
        self._round(until + A_MOMENT)
        log = eventually(lambda: self._mail("sent"), within_s=within_s)["log"]
        put_off = next(entry for entry in log if entry["state"] == "deferred")
        went = next(entry for entry in log if entry["state"] == "sent")
        at = datetime.fromisoformat
        return Night(put_off["reason"], at(put_off["at"]), until, at(went["at"]))

    def _round(self, as_of: datetime) -> None:
        asked = {"as_of": as_of.isoformat(), "only": self.athlete.user_id}
        self.aws.functions.invoke(FunctionName=SENDS_DUE, Payload=json.dumps(asked).encode())

    def _mail(self, state: str) -> dict[str, Any] | None:
        path = f"/v1/admin/notifications/users/{self.athlete.user_id}/deliveries"
        mails = (one for one in self.admin("GET", path)["items"] if one["channel"] == "email")
        return next((one for one in mails if one["template"] in self.templates and one["state"] == state), None)
