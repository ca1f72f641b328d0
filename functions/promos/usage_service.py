"""Who asks for a segment, and who gives a promo: neither is deleted while somebody does."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from promos.athletes import segment_store
from promos.athletes.segment_store import Asked
from promos.campaigns import service as campaign_service
from promos.errors import PromoInUseError
from promos.offers import promo_service
from promos.offers import store as promo_store
from promos.offers.domain import Promo, PromoStatus
from promos.rewards import store as reward_store
from promos.targeting import TargetingRule, reached, users_of
from promos.wear_offers import store as wear_store
from stadion import pagination

PROMO = "promos/{}"
CAMPAIGN = "campaigns/{}"


@dataclass(frozen=True)
class Users:
    """By name; as addresses have them, `promos/winter-shoes`."""

    promos: Sequence[str] = ()
    campaigns: Sequence[str] = ()
    segments: Sequence[str] = ()
    wear_offers: Sequence[str] = ()
    reward_offers: Sequence[str] = ()

    def by_kind(self) -> dict[str, list[str]]:
        return {name: list(getattr(self, name)) for name in ("promos", "campaigns", "segments")}

    def __str__(self) -> str:
        named = [*map(PROMO.format, self.promos), *map(CAMPAIGN.format, self.campaigns)]
        named += [*map("segments/{}".format, self.segments), *map("wear-offers/{}".format, self.wear_offers)]
        named += map("reward-offers/{}".format, self.reward_offers)
        return ", ".join(named)


def of_segment(name: str, now: datetime, just_asked: Asked | None = None) -> Users:
    """Whoever is not over and asks for it, itself or by other segments. Of those in `just_asked` the lists may not
    know yet: they are read themselves."""
    rules = segment_store.rules()
    recent = (just_asked or segment_store.asked().value or Asked()).recent

    def asks(rule: TargetingRule | None) -> bool:
        return rule is not None and name in reached(rule, rules)

    promos = {promo.promo_id: promo for promo in _promos(also=_named(PROMO, recent))}
    campaigns = campaign_service.going_on(also=_named(CAMPAIGN, recent))
    return Users(
        promos=sorted(one for one, promo in promos.items() if asks(promo.targeting) and _is_ahead(promo, now)),
        campaigns=sorted(one for one, plans in campaigns.items() if any(asks(plan.audience) for plan in plans)),
        segments=sorted(users_of(name, rules)),
    )


def of_promo(promo_id: str) -> Users:
    """Campaigns that are not over and would give it, worn gear that earns it, and rewards that it is."""
    return Users(
        campaigns=sorted(
            name
            for name, plans in campaign_service.going_on().items()
            if promo_id in {variant.promo_id for plan in plans for variant in plan.variants}
        ),
        wear_offers=sorted(category for category, given in wear_store.rules().items() if given == promo_id),
        reward_offers=sorted(reward for reward, given in reward_store.rules().items() if given == promo_id),
    )


def remove_promo(promo: Promo, now: datetime) -> None:
    """A draft that nobody would give."""
    users = of_promo(promo.promo_id)
    if str(users):
        raise PromoInUseError(users=str(users))
    promo_service.remove(promo, now)


def _is_ahead(promo: Promo, now: datetime) -> bool:
    return promo.status(now) is not PromoStatus.ENDED


def _promos(also: Iterable[str]) -> Iterator[Promo]:
    cursor: str | None = None
    while True:
        found = promo_store.page(limit=pagination.MAX_LIMIT, cursor=cursor)
        yield from found.items
        cursor = found.next_cursor
        if cursor is None:
            break
    yield from promo_store.promos_by_id(also).values()


def _named(address: str, users: Sequence[str]) -> list[str]:
    prefix = address.format("")
    return [user.removeprefix(prefix) for user in users if user.startswith(prefix)]
