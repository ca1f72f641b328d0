"""What each operation of the partner API is tried with, as its own partner and as another one that names the same.

`tests/partners/e2e/test_matrix.py` multiplies them with whoever may ask; an operation without a case fails there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.kit.store import SHOES, completed

Names = Mapping[str, str]
"""Ids of the owner's things: `sku`, `order_id`, `athlete_id`, and of this operation `code` and `token`."""


def _nothing(_: Names) -> Any:
    return None


@dataclass(frozen=True)
class PartnerCase:
    """`others`: the code of the problem that another partner gets for the same request; None: it touches its own."""

    body: Callable[[Names], Any] = _nothing
    others: str | None = None
    before: tuple[str, ...] = ()
    """What the owner does with the same names first."""
    is_signed: bool = False
    shows: frozenset[str] = field(default_factory=frozenset)
    """Of the owner's names, that stand in the owner's answer."""


def use(names: Names) -> dict[str, Any]:
    """By nobody named: a personal code is judged by whose it is."""
    return {"order_id": names["order_id"], "amount_minor": 10_000, "currency": "RUB"}


RESERVE: Final = "POST /partner/v1/codes/{code}/reserve"
REDEEM: Final = "POST /partner/v1/codes/{code}/redeem"
CASES: Final[dict[str, PartnerCase]] = {
    "GET /partner/v1/codes/{code}": PartnerCase(others="code_not_found", shows=frozenset({"code"})),
    RESERVE: PartnerCase(use, "code_not_found"),
    REDEEM: PartnerCase(use, "code_not_found"),
    "POST /partner/v1/codes/{code}/reverse": PartnerCase(
        lambda names: {"order_id": names["order_id"]}, "redemption_not_found", before=(REDEEM,)
    ),
    "GET /partner/v1/orders/{order_id}": PartnerCase(
        others="order_not_found", before=(REDEEM,), shows=frozenset({"code"})
    ),
    "POST /partner/v1/webhooks": PartnerCase(
        lambda names: completed(
            names["order_id"], user=None, athlete_id=names["athlete_id"], code=names["code"], currency="RUB"
        ),
        "athlete_not_linked",
        is_signed=True,
    ),
    "POST /partner/v1/links": PartnerCase(lambda names: {"token": names["token"]}, "link_token_unknown"),
    "PUT /partner/v1/products/{sku}": PartnerCase(lambda _: SHOES),
    "GET /partner/v1/products/{sku}": PartnerCase(
        others="product_not_found", before=("PUT /partner/v1/products/{sku}",), shows=frozenset({"sku"})
    ),
    "POST /partner/v1/products": PartnerCase(lambda names: {"products": [{**SHOES, "sku": names["sku"]}]}),
}
