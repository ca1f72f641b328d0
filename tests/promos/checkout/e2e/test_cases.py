"""The till and the store's messages on the deployed stack, as people send them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from stadion_cli.base.signed import call
from stadion_cli.base.target import Target
from tests.kit.crowds import Crowd
from tests.kit.links import plant
from tests.kit.partners import Partner, make
from tests.kit.promos import a_promo, launched
from tests.kit.stack import DeployedStack, eventually
from tests.kit.store import completed

NAME = uuid4().hex[:8]
ANNA, BORIS = str(uuid4()), str(uuid4())
A = [{"sku": "A", "quantity": 1, "price_minor": 10_000, "name": "A"}]
TWO = [{"sku": sku, "quantity": 1, "price_minor": minor, "name": sku} for sku, minor in (("A", 2_500), ("B", 7_500))]


@pytest.fixture(scope="module")
def admin(stack: DeployedStack) -> Target:
    Crowd(NAME).arrive(stack, [ANNA, BORIS])
    return Target(stack.aws, stack.outputs)


@pytest.fixture(scope="module")
def store(stack: DeployedStack) -> Partner:
    partner = make(stack)
    plant(stack, partner.partner_id, [ANNA, BORIS])
    return partner


class Till:
    def __init__(self, admin: Target, store: Partner) -> None:
        self.admin, self.store = admin, store

    def promo(self, **fields: Any) -> str:
        promo = a_promo(f"p-{uuid4().hex[:8]}", **{"currency": "EUR", "limits": {"per_user": None}, **fields})
        launched(self.admin, promo)
        return str(promo["promo_id"])

    def code(self, promo: str, user_id: str = ANNA) -> str:
        body = {"user_id": user_id, "run_id": uuid4().hex[:8]}
        return str(call(self.admin, "POST", f"/v1/admin/promos/{promo}/offers", body)["code"])

    def use(self, action: str, code: str, order_id: str, amount_minor: int = 10_000, **more: Any) -> Any:
        body = {"order_id": order_id, "amount_minor": amount_minor, "currency": "EUR", **more}
        return self.store.send("POST", f"/partner/v1/codes/{quote(code)}/{action}", body)

    def state(self, code: str) -> str:
        return str(self.store.send("GET", f"/partner/v1/codes/{code}").json()["state"])

    def tell(self, order_id: str, lines: list[dict[str, Any]], total: int, discount: int, **fields: Any) -> None:
        now = datetime.now(UTC).isoformat()
        money = {"total_minor": total, "discount_minor": discount, "currency": "EUR", "completed_at": now}
        answer = self.store.tell(completed(order_id, lines=lines, **money, **fields))
        assert answer.status_code == 200, answer.text

    def order(self, order_id: str) -> Any:
        return self.store.send("GET", f"/partner/v1/orders/{order_id}").json()

    def budget(self, promo: str) -> Any:
        return call(self.admin, "GET", f"/v1/admin/promos/{promo}")["budget"]


@pytest.fixture
def till(admin: Target, store: Partner) -> Till:
    return Till(admin, store)


@pytest.fixture
def new_order() -> Callable[[], str]:
    return lambda: f"o-{uuid4().hex[:10]}"


def test_a_cart_whose_change_is_refused_keeps_its_hold(till: Till, new_order: Callable[[], str]) -> None:
    promo = till.promo(limits={"discount_minor": 2_000})
    code, others, order_id = till.code(promo), till.code(promo, BORIS), new_order()
    assert till.use("reserve", code, order_id).status_code == 200
    assert till.use("reserve", code, order_id, 12_000).json()["code"] == "limit_reached"
    assert till.use("reserve", others, new_order()).json()["code"] == "limit_reached"
    call(till.admin, "POST", f"/v1/admin/promos/{promo}/status", {"action": "pause"}, if_match="*")
    assert till.use("reserve", code, order_id, 9_000).json()["code"] == "promo_is_not_active"
    assert till.use("redeem", code, order_id).json()["discount_minor"] == 2_000


def test_a_code_passes_as_the_athlete_typed_it(till: Till, new_order: Callable[[], str]) -> None:
    """With a space, which stands percent-encoded in what a REST API hands over."""
    code = till.code(till.promo())
    typed = code.replace("-", " ").lower()

    assert " " in typed
    assert till.use("reserve", typed, new_order()).status_code == 200


def test_codes_that_stack_take_from_what_is_left(till: Till, new_order: Callable[[], str]) -> None:
    sixty = {"discount": {"kind": "percent", "percent": 60}, "stacking": {"mode": "any"}}
    codes, order_id = [till.code(till.promo(**sixty)) for _ in range(2)], new_order()
    paid = [till.use("redeem", code, order_id).json() for code in codes]
    assert [(one["discount_minor"], one["payable_minor"]) for one in paid] == [(6_000, 4_000), (2_400, 1_600)]


def test_a_guests_order_settles_its_personal_code(till: Till, new_order: Callable[[], str]) -> None:
    code, orders = till.code(till.promo()), [new_order() for _ in range(3)]
    till.tell(orders[0], A, 8_000, 2_000, athlete=None, code=code)
    eventually(lambda: till.state(code) == "redeemed" or None)
    for order_id in orders[1:]:
        till.tell(order_id, A, 8_000, 2_000, athlete=None, code=code)
        refused = eventually(lambda order_id=order_id: till.order(order_id).get("refused"))
        assert refused == [{"code": code, "reason": "code_already_used"}]
    assert till.use("redeem", code, new_order()).json()["code"] == "code_already_used"


def test_the_order_says_what_its_code_gave(till: Till, new_order: Callable[[], str]) -> None:
    promo = till.promo(limits={"discount_minor": 100_000})
    code, order_id = till.code(promo), new_order()
    till.tell(order_id, TWO, 9_500, 500, athlete=till.store.name_of(ANNA), code=code)
    found = eventually(lambda: till.order(order_id).get("codes"))
    assert [(one["given_minor"], one["kept_minor"]) for one in found] == [(500, 500)]
    assert till.budget(promo)["discount_used_minor"] == 500

    def funnel() -> Any:
        total = call(till.admin, "GET", f"/v1/admin/promos/{promo}/funnel")["total"]
        return total if total["redeemed"] else None

    total = eventually(funnel)
    assert (total["discount_minor"], total["revenue_minor"]) == (500, 9_500)


FORMS = ["{0}\u00a0", "{0}\u200b", "{en}", "{no_break}", "{0}.", "{plain}", "{spaced}", " {beside}"]


def test_a_code_is_read_as_people_type_it(till: Till, new_order: Callable[[], str]) -> None:
    code, order_id = till.code(till.promo()), new_order()
    ways = {
        "en": code.replace("-", "\u2013"),
        "no_break": code.replace("-", "\u2011"),
        "plain": code.replace("-", ""),
        "spaced": code.replace("-", " "),
        "beside": code.replace("-", " -"),
    }
    for form in FORMS:
        held = till.use("reserve", form.format(code, **ways), order_id)
        assert (held.status_code, held.json().get("code")) == (200, code), (form, held.text)


def test_athletes_and_orders_have_one_name_each(till: Till, new_order: Callable[[], str]) -> None:
    shared = f"ALL{uuid4().hex[:8]}".upper()
    till.promo(codes={"shared": shared}, limits={"per_user": 1})
    named = till.store.name_of(ANNA)
    assert till.use("redeem", shared, new_order(), athlete_id=named).status_code == 200
    assert till.use("redeem", shared, new_order(), athlete_id=named).json()["limit"] == "per_user"
    nobody = till.use("redeem", shared, new_order(), athlete_id=till.store.name_of(str(uuid4())))
    assert nobody.json()["code"] == "athlete_not_linked"
    for wrong in ("nobody-1", named.upper(), ANNA):
        assert till.use("redeem", shared, new_order(), athlete_id=wrong).status_code == 422
    assert till.use("redeem", shared, new_order(), user_id=ANNA).status_code == 422
    assert till.use("reserve", shared, "a:b").status_code == 422
