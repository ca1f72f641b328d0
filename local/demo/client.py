"""The app's side of the HTTP API, as the demo and the end-to-end tests use it."""

import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import uuid4

import httpx

T = TypeVar("T")
PASSWORD: Final = "otters-swim-at-dawn"  # noqa: S105 - of athletes that live on a laptop
ANSWERS_WITHIN_S: Final = 300.0
"""On a laptop that is busy: twenty athletes at once are twenty cold processes."""
A_MINUTE_S: Final = 60.0
HEALTH: Final = "health_data"
PURCHASES: Final = "purchases"
FINAL: Final = frozenset({"ready", "failed", "duplicate"})
CODE: Final = re.compile(r"^\d{6,8}$|\b\d{6}\b", re.MULTILINE)


@cache
def http() -> httpx.Client:
    """One for all: to make one reads the certificates of the whole world. It may be used by threads."""
    return httpx.Client(timeout=ANSWERS_WITHIN_S, limits=httpx.Limits(max_connections=None))


class ApiError(Exception):
    """The API answered with a problem."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        super().__init__(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:300]}")


@dataclass(frozen=True)
class Client:
    """Where the API is, and where its mail can be read."""

    api: str
    mail: str
    http: httpx.Client = field(default_factory=http)

    def answer(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Whatever it is. `if_match` is the header `if-match`; a header given as empty is left out."""
        named = {name.replace("_", "-"): value for name, value in headers.items() if value}
        return self.http.request(method, self.api + path, json=body, headers=named)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The body of an answer that must be a success."""
        answer = self.answer(method, path, body, **headers)
        if answer.is_error:
            raise ApiError(answer)
        return answer.json() if answer.content else None

    def code_for(self, email: str) -> str:
        """From the newest mail to the address."""
        return eventually(lambda: newest_code(self.mail, email), within_s=ANSWERS_WITHIN_S)

    def texted_code_for(self, number: str) -> str:
        """From the newest SMS to the number."""
        texts = self.mail.replace("/ses/messages", "/sns/sms-messages")
        return eventually(lambda: newest_text(texts, number), within_s=ANSWERS_WITHIN_S)


def newest_text(texts: str, number: str) -> str | None:
    """The code of the newest message; `texts` is where the emulator shows them."""
    told = http().get(texts, params={"phoneNumber": number}).json()["sms_messages"].get(number, [])
    found = [code[0] for one in told if (code := CODE.search(one["Message"]))]
    return found[-1] if found else None


def mails_to(mail: str, address: str) -> list[dict[str, Any]]:
    """What was sent there, oldest first: Subject, BodyText, … `mail` is where the emulator shows it."""
    accounts = http().get(mail).json()["messages"].values()
    return [one for mails in accounts for one in mails if address in one["To"]]


def newest_code(mail: str, address: str) -> str | None:
    """The digits of the newest mail that has some."""
    found = [code[0] for one in mails_to(mail, address) if (code := CODE.search(one["BodyText"]))]
    return found[-1] if found else None


@dataclass
class Athlete:
    """Somebody who is signed in."""

    door: Client
    name: str
    email: str
    access_token: str = ""
    refresh_token: str = ""
    user_id: str = ""
    expires_at: float = math.inf
    """Of the access token, by the steady clock."""

    @classmethod
    def register(cls, door: Client, name: str, *, language: str = "en", time_zone: str = "UTC") -> "Athlete":
        """Registers, confirms with the mailed code, signs in."""
        email = f"{name.lower()}.{uuid4().hex[:8]}@example.org"
        credentials = {"email": email, "password": PASSWORD}
        door.call("POST", "/v1/auth/register", {**credentials, "language": language, "time_zone": time_zone})
        door.call("POST", "/v1/auth/confirm", {**credentials, "code": door.code_for(email)})
        athlete = cls(door, name, email)
        athlete.sign_in()
        athlete.user_id = athlete.get("/v1/me")["user_id"]
        return athlete

    def answer(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """As this athlete, whatever comes of it."""
        return self.door.answer(method, path, body, **{"authorization": self.bearer, **headers})

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        return self.door.call(method, path, body, **{"authorization": self.bearer, **headers})

    @property
    def bearer(self) -> str:
        """As an app does: a token that is about to expire is traded before it is used."""
        if self.access_token and time.monotonic() > self.expires_at - A_MINUTE_S:
            self.refresh()
        return f"Bearer {self.access_token}" if self.access_token else ""

    def sign_in(self, password: str = PASSWORD) -> None:
        self.take(self.door.call("POST", "/v1/auth/sign-in", {"email": self.email, "password": password}))

    def refresh(self) -> None:
        self.take(self.door.call("POST", "/v1/auth/refresh", {"refresh_token": self.refresh_token}))

    def take(self, tokens: dict[str, Any]) -> None:
        """What a sign-in, a refresh or a change of the password answers."""
        self.access_token, self.refresh_token = tokens["access_token"], tokens["refresh_token"]
        self.expires_at = time.monotonic() + tokens["expires_in"]

    def get(self, path: str) -> Any:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("POST", path, body, **headers)

    def agree(self, *kinds: str, partner_id: str | None = None) -> None:
        """To the current texts, as an app shows them; until the services that keep health data have heard of it. The
        partner is that of `purchases`."""
        current = {one["kind"]: one["current"]["version"] for one in self.get("/v1/me/consents")["items"]}
        for kind in kinds:
            body = {"granted": True, "text_version": current[kind], "partner_id": _of(kind, partner_id)}
            self.call("PUT", f"/v1/me/consents/{kind}", body)
        if HEALTH in kinds:
            eventually(self.shows_health, within_s=ANSWERS_WITHIN_S)

    def withdraw(self, *kinds: str, partner_id: str | None = None) -> None:
        for kind in kinds:
            body = {"granted": False, "partner_id": _of(kind, partner_id)}
            self.call("PUT", f"/v1/me/consents/{kind}", body)

    def shows_health(self) -> bool:
        """As of this moment, in telemetry and in the diary."""
        devices = self.answer("GET", "/v1/telemetry/heart_rate")
        return devices.is_success and not self.get("/v1/workouts/totals")["dropped"]

    def send(self, file: Path, **fields: Any) -> str:
        """Announces a recording and posts it to its form; the upload's id."""
        announced = self.post("/v1/uploads", {"filename": file.name, **fields})
        form = announced["form"]
        with file.open("rb") as data:
            posted = self.door.http.post(form["url"], data=form["fields"], files={"file": (file.name, data)})
        if posted.is_error:
            raise ApiError(posted)
        return str(announced["upload_id"])

    def outcome_of(self, upload_id: str, *, within_s: float = 120) -> dict[str, Any]:
        """What became of an upload, once it is over."""

        def over() -> dict[str, Any] | None:
            shown: dict[str, Any] = self.get(f"/v1/uploads/{upload_id}")
            return shown if shown["status"] in FINAL else None

        return eventually(over, within_s=within_s)

    def upload(self, file: Path, **fields: Any) -> dict[str, Any]:
        return self.outcome_of(self.send(file, **fields))


def _of(kind: str, partner_id: str | None) -> str | None:
    return partner_id if kind == PURCHASES else None


class TooSlowError(AssertionError):
    """Something that should have happened by now has not."""


def eventually(look: Callable[[], T | None], *, within_s: float, every_s: float = 0.1) -> T:
    """The first result that is not None or empty."""
    deadline = time.monotonic() + within_s
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise TooSlowError(f"not within {within_s} s; the last look found {found!r}")
        time.sleep(every_s)
