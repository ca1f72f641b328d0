"""Test athletes, who register as everybody does, and a test partner. Made when a check first asks for them."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from local.demo.client import Athlete, Client
from stadion_cli.base.signed import call

if TYPE_CHECKING:
    import httpx

    from stadion_cli.base.target import Target
    from stadion_cli.preflight.mailbox import Mailbox
    from stadion_cli.preflight.run import Run

PASSWORD = "herons-fly-before-takeoff"  # noqa: S105 - of athletes that live for minutes


@dataclass(frozen=True)
class Partner:
    partner_id: str
    key: str
    url: str


class Where(Protocol):
    """What `World` is to them."""

    run: "Run"

    @property
    def api(self) -> str: ...
    @property
    def partner_api(self) -> str: ...
    @property
    def http(self) -> "httpx.Client": ...
    @property
    def mailbox(self) -> "Mailbox": ...
    @property
    def target(self) -> "Target": ...


@dataclass
class People:
    world: Where
    athletes: dict[str, Athlete] = field(default_factory=dict)

    @cached_property
    def door(self) -> Client:
        return Client(api=self.world.api, mail="", http=self.world.http)

    def athlete(self, who: str) -> Athlete:
        """Registered, confirmed with the mailed code, signed in with a fresh token, agreeing to what most do."""
        if who not in self.athletes:
            self.athletes[who] = self._registered(who)
        athlete = self.athletes[who]
        _ = athlete.bearer  # trades a token that is about to expire
        return athlete

    def _registered(self, who: str) -> Athlete:
        address = self.world.run.address(self.world.mailbox.address, who)
        credentials = {"email": address, "password": PASSWORD}
        self.door.call("POST", "/v1/auth/register", {**credentials, "language": "en", "time_zone": "UTC"})
        code = self.world.mailbox.code_for(address)
        self.door.call("POST", "/v1/auth/confirm", {**credentials, "code": code})
        athlete = Athlete(self.door, who, address)
        athlete.sign_in(PASSWORD)
        athlete.user_id = athlete.get("/v1/me")["user_id"]
        athlete.agree("health_data", "location", "analytics", "marketing_push", "marketing_email")
        return athlete

    @cached_property
    def partner(self) -> Partner:
        """On the trial plan, whose day has 25 requests."""
        partner_id = self.world.run.run_id
        body = {
            "partner_id": partner_id,
            "name": f"Preflight {partner_id}",
            "plan": "trial",
            "hosts": ["store.example"],
        }
        made: dict[str, Any] = call(self.world.target, "POST", "/v1/admin/partners", body)
        return Partner(partner_id, made["api_key"], self.world.partner_api)
