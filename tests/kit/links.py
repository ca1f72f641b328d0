"""Athletes whom partners know, without the way through a token: `tests/partners/links` walks that one."""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from stadion import writes
from stadion.records import Place
from tests.kit.events import entry
from tests.kit.services import ATHLETE, Service
from tests.kit.stack import DeployedStack

_LONG_AGO: Final = datetime(2026, 1, 1, tzinfo=UTC)


def athlete_id_of(user_id: str = ATHLETE, partner_id: str = "store") -> str:
    """What the partner calls the athlete in tests: the same each time."""
    digest = hashlib.sha256(f"{partner_id}/{user_id}".encode()).digest()
    return "at_" + base64.b32encode(digest).decode().lower()[:26]


def link(partners: Service, partner_id: str = "store", user_id: str = ATHLETE) -> str:
    """The partners service on moto knows the link; the partner's id for the athlete."""
    partners.enter()
    for place, value in _kept_by_partners(user_id, partner_id):
        writes.put(place, value, _LONG_AGO)
    return athlete_id_of(user_id, partner_id)


def plant(stack: DeployedStack, partner_id: str, user_ids: Iterable[str]) -> None:
    """A deployed stack knows the links of many, who need not be anybody; the partner's ids are `athlete_id_of`."""
    users = list(user_ids)
    _put(stack, "partners", (one for user_id in users for one in _kept_by_partners(user_id, partner_id)))
    _put(stack, "promos", (_kept_by_promos(user_id, partner_id) for user_id in users))


def _kept_by_partners(user_id: str, partner_id: str) -> Iterator[tuple[Place[Any], Any]]:
    from partners.links import store
    from partners.links.domain import Link

    named = athlete_id_of(user_id, partner_id)
    new = Link(user_id=user_id, partner_id=partner_id, athlete_id=named, linked_at=_LONG_AGO)
    yield store.LINKS.of(new), new
    yield store.KNOWN.of(new.known()), new.known()


def _kept_by_promos(user_id: str, partner_id: str) -> tuple[Place[Any], Any]:
    from promos.athletes.link_store import LINKS, PartnerLink

    return LINKS.at(partner_id, athlete_id_of(user_id, partner_id)), PartnerLink(user_id=user_id, revision=1)


def _put(stack: DeployedStack, service: str, values: Iterable[tuple[Place[Any], Any]]) -> None:
    items = (place.records.item(place, value, revision=None, now=_LONG_AGO) for place, value in values)
    dynamodb: Any = stack.aws.client("dynamodb")
    puts: list[Any] = [{"PutRequest": {"Item": item.serialize()}} for item in items]
    for at in range(0, len(puts), 25):
        done = dynamodb.batch_write_item(RequestItems={stack.tables[service]: puts[at : at + 25]})
        assert not done.get("UnprocessedItems")


def link_news(
    user_id: str = ATHLETE, partner_id: str = "store", *, is_linked: bool = True, revision: int = 1
) -> dict[str, Any]:
    """As the partners service tells promos, for `tests.kit.services.sqs_event`."""
    data = {
        "partner_id": partner_id,
        "athlete_id": athlete_id_of(user_id, partner_id),
        "is_linked": is_linked,
        "revision": revision,
        "changed_at": "2026-11-01T06:30:00Z",
    }
    return entry("PartnerLinkChanged", data, user=user_id, source="partners")
