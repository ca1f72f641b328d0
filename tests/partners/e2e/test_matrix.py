"""The partner matrix: every operation of the document by its owner, another partner, one that was disabled, a key that
has ended, no key, and with each ability alone. What is another partner's is neither read nor written nor spoilt."""

import json
from dataclasses import dataclass
from itertools import count
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest

from local.paths import ROOT
from stadion.events.partners import PartnerAbility
from stadion_cli.base import signed as signing
from stadion_cli.base.target import Target
from tests.kit.athletes import Athlete, join
from tests.kit.partners import Partner, command, make
from tests.kit.promos import BASE, a_promo, launched
from tests.kit.stack import DeployedStack, eventually, everything, settle
from tests.kit.store import signed
from tests.partners.matrix_cases import CASES, PartnerCase

pytestmark = pytest.mark.long

DOCUMENT: Final = json.loads((ROOT / "contracts" / "partner-api.json").read_text())
OPERATIONS: Final = {
    f"{method.upper()} {path}": frozenset(operation["x-stadion-abilities"])
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
"""Operation -> the abilities of which any one is enough."""
REFUSED: Final = {
    "disabled": ("partner_is_disabled", "api_key_is_invalid"),  # by us at once, by the gateway a moment later
    "expired": ("api_key_is_invalid",),
    "nobody": ("api_key_is_invalid",),
}
CELLS: Final = [
    (operation, who)
    for operation, abilities in OPERATIONS.items()
    for who in ("own", "other", *REFUSED, *(f"only {ability}" for ability in PartnerAbility))
]


@dataclass
class World:
    """Partners of every kind, and one athlete whom the owner knows."""

    stack: DeployedStack
    anna: Athlete
    partners: dict[str, Partner]
    athlete_id: str
    promo_id: str

    @property
    def owner(self) -> Partner:
        return self.partners["own"]

    def names(self, operation: str) -> dict[str, str]:
        """Things of the owner's for one cell: an order that nobody told of, a code that nobody used."""
        number = next(NUMBERS)
        chosen = Target(self.stack.aws, self.stack.outputs)
        issue = {"user_id": self.anna.user_id, "run_id": f"cell-{number}"}
        names = {"sku": f"sku-{number}", "order_id": f"o-{number}", "athlete_id": self.athlete_id}
        if "codes" in operation or CASES[operation].before or CASES[operation].is_signed:
            names["code"] = signing.call(chosen, "POST", f"{BASE}/{self.promo_id}/offers", issue)["code"]
        if operation.endswith("/links"):
            asked = {"partner_id": self.owner.partner_id}
            names["token"] = self.anna.call("POST", "/v1/me/partner-links", asked)["token"]
        return names

    def ask(self, who: str, operation: str, names: dict[str, str]) -> httpx.Response:
        partner, case = self.partners[who], CASES[operation]
        method, path = operation.split(" ")
        body = case.body(names)
        headers = signed(body, partner.secret) if case.is_signed else {}
        answer: httpx.Response = partner.send(method, path.format(**names), body, **headers)
        return answer


NUMBERS: Final = count(1)


@pytest.fixture(scope="module")
def world(stack: DeployedStack) -> World:
    partners = {who: make(stack) for who in ("own", "other", "disabled", "expired")}
    partners |= {f"only {ability}": only(stack, ability) for ability in PartnerAbility}
    partners["nobody"] = Partner(partners["own"].url, "nobody", f"nobody-{uuid4().hex}", partners["own"].secret)
    command(stack, "rotate-key", partners["expired"].partner_id, "--grace", "0")  # API Gateway opens for the old one
    command(stack, "disable", partners["disabled"].partner_id, "--yes")
    anna = join(stack, "matrix")
    anna.call("PUT", "/v1/me/consents/marketing_push", {"granted": True, "text_version": "2026-10"})
    named = partners["own"].knows(anna)
    settle(stack, anna.user_id)
    promo_id = f"matrix-{uuid4().hex[:8]}"
    limits: dict[str, Any] = {"per_user": None}
    promo = a_promo(promo_id, partners=[partners["own"].partner_id], limits=limits)
    launched(Target(stack.aws, stack.outputs), promo)
    return World(stack, anna, partners, named, promo_id)


def only(stack: DeployedStack, ability: str) -> Partner:
    partner_id = f"p{uuid4().hex[:8]}"
    made = command(stack, "create", partner_id, "--may", ability, "--host", "store.example")
    known = make(stack)
    return Partner(known.url, partner_id, made["api_key"], made["signing_secret"])


def code_of(answer: httpx.Response) -> str | None:
    return answer.json().get("code") if answer.status_code >= 400 else None


def test_every_operation_has_its_case_and_its_abilities() -> None:
    assert set(CASES) == set(OPERATIONS)
    assert all(OPERATIONS.values())


def test_the_matrix_has_all_its_cells() -> None:
    assert len(CELLS) == len(OPERATIONS) * (2 + len(REFUSED) + len(PartnerAbility)) == 80


@pytest.mark.parametrize(("operation", "who"), CELLS, ids=lambda one: str(one).replace("/partner/v1", ""))
def test_a_cell(world: World, operation: str, who: str) -> None:
    case, names = CASES[operation], world.names(operation)
    for step in case.before:
        done = world.ask("own", step, names)
        assert done.status_code == 200, done.text
    if who != "own":
        refused = world.ask(who, operation, names)
        check(refused, operation, who, case)

    answer = world.ask("own", operation, names)  # whoever asked before has spoilt nothing

    assert answer.status_code == 200, answer.text
    assert all(names[name] in answer.text for name in case.shows)
    if who == "own":
        again = world.ask("own", operation, names)  # and each is safe to repeat
        assert again.status_code == 200, again.text


def check(answer: httpx.Response, operation: str, who: str, case: PartnerCase) -> None:
    if who in REFUSED:
        assert (answer.status_code, code_of(answer) in REFUSED[who]) == (403, True), answer.text
    elif who == "other":
        assert code_of(answer) == case.others, answer.text
    elif who.removeprefix("only ") not in OPERATIONS[operation]:
        assert (answer.status_code, code_of(answer)) == (403, "partner_may_not"), answer.text
    else:
        assert code_of(answer) == case.others, answer.text


def test_what_another_partner_wrote_under_the_same_names_is_its_own(world: World) -> None:
    names = world.names("PUT /partner/v1/products/{sku}")
    world.ask("own", "PUT /partner/v1/products/{sku}", names)
    dear = {"name": "Bait", "deeplink": "https://store.example/bait", "price_minor": 1, "currency": "RUB"}
    for _ in range(3):
        assert world.partners["other"].send("PUT", f"/partner/v1/products/{names['sku']}", dear).status_code == 200
    shown = world.ask("own", "GET /partner/v1/products/{sku}", names).json()
    assert (shown["name"], shown["revision"]) == ("Kiprun KD900.2", 1)
    known = eventually(lambda: copies(world, names["sku"]) if len(copies(world, names["sku"])) == 2 else None)
    assert known == {f"PRODUCT#{world.partners[who].partner_id}#{names['sku']}" for who in ("own", "other")}


def copies(world: World, sku: str) -> set[str]:
    """What promos keeps of it."""
    return {pk for _, pk, _ in everything(world.stack, sku, world.stack.tables["promos"]) if pk.startswith("PRODUCT#")}
