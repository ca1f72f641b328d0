"""Partners and endpoints in the partners table. Access patterns stand in README.md."""

from collections.abc import Callable

from partners.domain import Endpoint, Partner
from partners.errors import EndpointNotFoundError, PartnerIdTakenError, PartnerNotFoundError
from stadion import pagination
from stadion.dynamo import Item, Transaction, absent, look_again, overtaken, page_of

PARTNERS, ENDPOINTS = "PARTNERS", "ENDPOINTS"
"""One partition each: there are tens of them, not thousands."""
PREFIX = "PARTNER#"


def get(partner_id: str) -> Partner:
    item = Item.find(PARTNERS, _partner_sk(partner_id))
    if item is None:
        raise PartnerNotFoundError
    return Partner.model_validate(item.body)


def page(*, limit: int, cursor: str | None) -> pagination.Page[Partner]:
    scope = pagination.fingerprint("partners")
    return page_of(PARTNERS, PREFIX, scope=scope, limit=limit, cursor=cursor).of(
        lambda item: Partner.model_validate(item.body)
    )


def all_partners() -> list[Partner]:
    return [Partner.model_validate(item.body) for item in Item.query(PARTNERS, consistent_read=True)]


def add(partner: Partner) -> None:
    Transaction().put(_partner_item(partner), absent(), refused=lambda _: PartnerIdTakenError()).commit()


def change(partner_id: str, how: Callable[[Partner], Partner]) -> Partner:
    """What `how` makes of the partner as it is stored; tried again when somebody comes between."""

    def once() -> Partner:
        old = get(partner_id)
        new = how(old)
        if new.revision != old.revision:
            unchanged = Item.revision == old.revision
            Transaction().put(_partner_item(new), unchanged, refused=overtaken).commit()
        return new

    return look_again(once)


def _partner_sk(partner_id: str) -> str:
    return PREFIX + partner_id


def _partner_item(partner: Partner) -> Item:
    return Item(
        pk=PARTNERS,
        sk=_partner_sk(partner.partner_id),
        kind="partner",
        revision=partner.revision,
        body=partner.model_dump(mode="json"),
    )


# --- endpoints ------------------------------------------------------------------------------------------------------


def endpoint(partner_id: str, endpoint_id: str) -> Endpoint:
    item = Item.find(ENDPOINTS, _endpoint_sk(partner_id, endpoint_id))
    if item is None:
        raise EndpointNotFoundError
    return Endpoint.model_validate(item.body)


def endpoints(partner_id: str | None = None) -> list[Endpoint]:
    """Of one partner, or of all."""
    where = Item.sk.startswith(f"{partner_id}#") if partner_id else None
    return [Endpoint.model_validate(item.body) for item in Item.query(ENDPOINTS, where, consistent_read=True)]


def add_endpoint(new: Endpoint) -> None:
    Transaction().put(_endpoint_item(new), absent()).commit()


def change_endpoint(partner_id: str, endpoint_id: str, how: Callable[[Endpoint], Endpoint]) -> Endpoint:
    def once() -> Endpoint:
        old = endpoint(partner_id, endpoint_id)
        new = how(old)
        if new.revision != old.revision:
            Transaction().put(_endpoint_item(new), Item.revision == old.revision, refused=overtaken).commit()
        return new

    return look_again(once)


def remove_endpoint(partner_id: str, endpoint_id: str) -> None:
    item = Item(pk=ENDPOINTS, sk=_endpoint_sk(partner_id, endpoint_id))
    Transaction().delete(item, Item.pk.exists(), refused=lambda _: EndpointNotFoundError()).commit()


def _endpoint_sk(partner_id: str, endpoint_id: str) -> str:
    return f"{partner_id}#{endpoint_id}"


def _endpoint_item(one: Endpoint) -> Item:
    return Item(
        pk=ENDPOINTS,
        sk=_endpoint_sk(one.partner_id, one.endpoint_id),
        kind="endpoint",
        revision=one.revision,
        body=one.model_dump(mode="json"),
    )
