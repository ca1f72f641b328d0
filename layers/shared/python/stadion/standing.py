"""How an athlete stands with us, in one item that every request looks at: sessions that are over, a suspension, and how
much was asked for within a minute, which the look itself counts (`stadion.counting`).

An access token is good until it expires, whatever Cognito says of its session meanwhile; this is what says otherwise
at once. The items are the one exception to a table per service: they lie in the platform's `stadion-standing`, and
nothing but this module reads or writes them.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Self
from weakref import WeakKeyDictionary

from pydantic import Field
from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from stadion import clock, counting
from stadion.change import Change
from stadion.dynamo import Item
from stadion.errors import InvalidTokenError, SessionOverError, SuspendedError
from stadion.rates import Limit, Rate
from stadion.records import Place, Records
from stadion.retry import WriteConflictError
from stadion.settings import settings
from stadion.values import Value

KEY: Final = "STANDING#{user_id}"
MOST_ENDED: Final = 100
"""Single sessions that are remembered: of an athlete who ends more within a quarter of an hour, all end."""
ATHLETES_A_MINUTE: Final = 600
"""A live workout is one request a second, and an app that was offline for a day sends what it kept at ten a second:
docs/decisions/0036-brakes.md."""


class StandingItem(Item):
    """Attributes of its own, so that one write can count in the item without reading it."""

    class Meta:
        table_name = ""

    ended_s = NumberAttribute(null=True)
    ended_sessions: JSONAttribute = JSONAttribute(null=True)
    suspended_for = UnicodeAttribute(null=True)
    most_per_minute = NumberAttribute(null=True)

    @classmethod
    def table_name(cls) -> str:
        return settings().standing_table


class Standing(Value):
    """Times are seconds since 1970, as tokens have them."""

    ended_s: int | None = Field(default=None, description="tokens that were issued until the end of it are over")
    ended_sessions: dict[str, int] = Field(
        default_factory=dict, description="`origin_jti` -> when the last access token of the session expires"
    )
    suspended_for: str | None = Field(default=None, description="why nothing is served to the athlete")
    most_per_minute: int | None = Field(default=None, description="requests, instead of everybody's limit")

    def is_over(self, claims: Mapping[str, Any]) -> bool:
        issued_s = int(float(claims.get("iat") or 0))
        return (self.ended_s is not None and issued_s <= self.ended_s) or session_of(claims) in self.ended_sessions

    @classmethod
    def of(cls, item: StandingItem) -> Self:
        return cls(
            ended_s=int(item.ended_s) if item.ended_s is not None else None,
            ended_sessions=item.ended_sessions or {},
            suspended_for=item.suspended_for,
            most_per_minute=int(item.most_per_minute) if item.most_per_minute is not None else None,
        )


_SHUT: Final[counting.Memory[Standing]] = WeakKeyDictionary()
"""How those stood whose session was over: it is so for good, so whoever comes with such a token again is refused
without being counted. Else a thief's token, or an old one in a loop, would use up what the athlete may ask for."""
STANDINGS: Final = Records(Standing, kind="standing", pk=KEY, sk="STANDING", load=Standing.of, item_type=StandingItem)


def session_of(claims: Mapping[str, Any]) -> str:
    """All tokens that came of one sign-in have the same."""
    return str(claims.get("origin_jti") or "")


def of(user_id: str) -> Standing:
    return STANDINGS.find(user_id) or Standing()


def is_over(user_id: str, claims: Mapping[str, Any]) -> bool:
    """Whether these claims of an access token count no more."""
    return of(user_id).is_over(claims)


def check(claims: Mapping[str, Any]) -> None:
    """Of a verified access token. `SessionOverError`, `SuspendedError`, or `InvalidTokenError` for another token."""
    _judge(of(_athlete(claims)), claims)


def admit(claims: Mapping[str, Any], *, brakes: bool = True) -> Rate | None:
    """As `check`, of a request that counts; None when it could not be counted. `TooFastError` when too many came,
    unless it is one that nothing `brakes`."""
    place = STANDINGS.at(_athlete(claims))
    shut = counting.remembered(_SHUT)
    if place.pk in shut and shut[place.pk].is_over(claims):
        raise SessionOverError
    found = counting.look(StandingItem, place.pk, place.sk, _limit, clock.now(), brakes=brakes)
    standing = Standing.of(found.item) if found.item is not None else Standing()
    if standing.is_over(claims):
        counting.remember(shut, place.pk, standing)
    _judge(standing, claims)
    if brakes:
        found.slow_down()
    return found.rate


def _athlete(claims: Mapping[str, Any]) -> str:
    if claims.get("token_use") != "access" or not claims.get("sub"):
        raise InvalidTokenError
    return str(claims["sub"])


def _judge(standing: Standing, claims: Mapping[str, Any]) -> None:
    if standing.is_over(claims):
        raise SessionOverError
    if standing.suspended_for is not None:
        raise SuspendedError


def _limit(item: StandingItem) -> Limit:
    own = item.most_per_minute
    return Limit("athlete", int(own) if own is not None else ATHLETES_A_MINUTE * settings().allowance)


# --- written by accounts --------------------------------------------------------------------------------------------


def end_sessions(user_id: str, now: datetime, *, change: Change) -> None:
    """Every access token issued until the end of this second is over. `WriteConflictError` if somebody came between."""
    place, known, revision = _read(user_id)
    _update(place, revision, change, _all_until(known, now), _these(_still_good(known, now)))


def end_session(user_id: str, session_id: str, until: datetime, now: datetime, *, change: Change) -> None:
    """The tokens of one session; `until` is when the last of them expires."""
    place, known, revision = _read(user_id)
    ended = {**_still_good(known, now), session_id: int(until.timestamp())}
    if len(ended) <= MOST_ENDED:
        _update(place, revision, change, _these(ended))
        return
    newest = sorted(ended, key=ended.__getitem__)[-MOST_ENDED // 2 :]  # of a clock ahead of `now`, perhaps
    _update(place, revision, change, _all_until(known, now), _these({one: ended[one] for one in newest}))


def suspend(user_id: str, why: str, *, change: Change) -> None:
    place, _, revision = _read(user_id)
    _update(place, revision, change, StandingItem.suspended_for.set(why))


def brake(user_id: str, most_per_minute: int | None, *, change: Change) -> None:
    """None: as everybody."""
    place, _, revision = _read(user_id)
    own = StandingItem.most_per_minute
    _update(place, revision, change, own.remove() if most_per_minute is None else own.set(most_per_minute))


def reinstate(user_id: str, *, change: Change) -> None:
    place, _, revision = _read(user_id)
    _update(place, revision, change, StandingItem.suspended_for.remove())


def _read(user_id: str) -> tuple[Place[Standing], Standing, int | None]:
    found = STANDINGS.read(user_id)
    return found.place, found.value or Standing(), found.revision


def _still_good(known: Standing, now: datetime) -> dict[str, int]:
    """Without the sessions whose tokens have all expired."""
    return {session: until for session, until in known.ended_sessions.items() if until > now.timestamp()}


def _these(ended: dict[str, int]) -> Action:
    return StandingItem.ended_sessions.set(ended)


def _all_until(known: Standing, now: datetime) -> Action:
    return StandingItem.ended_s.set(max(int(now.timestamp()), known.ended_s or 0))


def _update(place: Place[Standing], revision: int | None, change: Change, *actions: Any) -> None:
    """Only what was read may be behind it: `revision` counts these writes and nothing else in the item."""
    unchanged = Item.revision == revision if revision else Item.revision.does_not_exist()
    counted = [*actions, StandingItem.revision.set((revision or 0) + 1)]
    change.update(place, counted, unchanged, refused=WriteConflictError)
