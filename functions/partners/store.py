"""Partners in the partners table. Access patterns stand in README.md."""

from collections.abc import Callable

from partners.domain import Partner
from partners.errors import PartnerIdTakenError, PartnerNotFoundError
from stadion import pagination
from stadion.dynamo import Item, Transaction, absent, page_of
from stadion.retry import retry_on_conflict

PARTNERS = "PARTNERS"
"""One partition: there are tens of them, not thousands."""
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
            Transaction().put(_partner_item(new), unchanged).commit()
        return new

    return retry_on_conflict(once)


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
