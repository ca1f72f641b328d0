"""Checkouts at the same time, in any order of their requests: answered as if they had come one after the other."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import permutations
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from promos.checkout import service as redemption_service
from promos.checkout import store as checkout
from promos.checkout.domain import Cart
from promos.offers import store
from stadion.errors import StadionError
from tests.kit.interleaving import ORDERS, interleaved
from tests.kit.memory import memory
from tests.kit.size import sized
from tests.promos.checkout.unit.test_redemption_model import CODES, START, Model, stock_up

AMOUNTS = {"o-1": 3_900, "o-2": 3_900, "o-3": 3_900, "o-4": 2_000}
"""A tenth of each is taken from a budget of 1 000 minor units: for three of the large ones it does not last."""
WANTED = {"reserve": "reserved", "redeem": "redeemed"}


REFUSALS = {"code_is_reserved", "code_already_used", "codes_do_not_stack", "limit_reached"}
"""Which of several reasons is given may come from looks at different moments; that there is one may not."""


@dataclass(frozen=True)
class Checkout:
    verb: str
    code: str
    order: str

    def now(self) -> str:
        """The state that it came to, or the code of what refused it."""
        cart = Cart("s", self.order, None, AMOUNTS[self.order], "RUB")
        calls: dict[str, Callable[[], Any]] = {
            "reserve": partial(redemption_service.reserve, self.code, cart, START),
            "redeem": partial(redemption_service.redeem, self.code, cart, START),
            "reverse": partial(redemption_service.reverse, "s", self.code, self.order, START),
        }
        try:
            return str(calls[self.verb]().state.value)
        except StadionError as error:
            return error.code

    def on(self, model: Model) -> str:
        if self.verb == "reverse":
            return model.reverse(self.code, self.order)
        return model.use(self.code, self.order, AMOUNTS[self.order], WANTED[self.verb])


CHECKOUTS = st.builds(
    Checkout, st.sampled_from([*WANTED, "reverse"]), st.sampled_from(sorted(CODES)), st.sampled_from(sorted(AMOUNTS))
)


def granted(answers: list[str]) -> list[str]:
    return ["refused" if answer in REFUSALS else answer for answer in answers]


def one_after_the_other(calls: list[Checkout]) -> list[tuple[list[str], int, int]]:
    """For each order: what each call is answered, and what is left of the budget."""
    outcomes = []
    for order in permutations(range(len(calls))):
        model, answers = Model(), [""] * len(calls)
        for number in order:
            answers[number] = calls[number].on(model)
        outcomes.append((granted(answers), 100 - len(model.holding()), model.minor_left()))
    return outcomes


ONE_REQUEST_TWICE = [
    Checkout("reserve", "A-1", "o-1"),
    Checkout("reserve", "A-2", "o-2"),
    Checkout("reserve", "A-1", "o-1"),
]


@example(calls=ONE_REQUEST_TWICE, order=[2, 2, 2])  # the repeat was told that the limit is reached
@given(calls=st.lists(CHECKOUTS, min_size=2, max_size=4), order=ORDERS)
@settings(max_examples=sized(small=60, large=750))
def test_checkouts_at_once_are_answered_as_some_order_one_after_the_other(
    calls: list[Checkout], order: list[int]
) -> None:
    with memory("promos") as table:
        stock_up()

        answers = interleaved(table, [call.now for call in calls], order)

        left = store.stock("p")
        assert (granted(answers), left.uses_left, left.minor_left) in one_after_the_other(calls)


@given(codes=st.permutations(sorted(CODES)), order=ORDERS)
@settings(max_examples=sized(small=24, large=300))
def test_a_budget_is_never_passed_and_holds_what_was_taken_from_it(codes: list[str], order: list[int]) -> None:
    racers = [Checkout("redeem", code, "o-1") for code in codes]
    each_its_order = [Checkout(racer.verb, racer.code, name) for racer, name in zip(racers, AMOUNTS, strict=False)]
    with memory("promos") as table:
        stock_up()

        answers = interleaved(table, [racer.now for racer in each_its_order], order)

        taken = sum(
            redemption.discount_minor
            for racer in each_its_order
            for redemption in checkout.on_order("s", racer.order).redemptions.values()
        )
        left = store.stock("p")
        assert left.minor_left == 1_000 - taken
        assert all(shard.uses >= 0 and shard.minor >= 0 for shard in left.shards)
        assert left.uses_left == 100 - answers.count("redeemed")
