"""The catalogue of rewards: what an athlete can earn, whatever for, in both languages.

`gamification` grants and takes back; of those of the kind `offer`, `promos` makes an offer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from stadion.i18n import Text


class RewardKind(StrEnum):
    BADGE = "badge"
    OFFER = "offer"


class RewardCode(StrEnum):
    BADGE_STARTER = "badge_starter"
    FREE_DELIVERY = "free_delivery"
    DISCOUNT_5 = "discount_5"
    DISCOUNT_10 = "discount_10"
    DISCOUNT_15 = "discount_15"
    BIRTHDAY_GIFT = "birthday_gift"
    BADGE_LEGEND = "badge_legend"


@dataclass(frozen=True)
class Reward:
    code: RewardCode
    kind: RewardKind
    title: Text
    text: Text
    """What it is."""


def _discount(percent: int) -> tuple[Text, Text]:
    return (
        Text(en=f"{percent} % off", ru=f"Скидка {percent} %"),
        Text(
            en=f"A personal code for {percent} % off at a partner's store.",
            ru=f"Личный код на скидку {percent} % в магазине партнёра.",
        ),
    )


REWARDS: Final[Mapping[RewardCode, Reward]] = {
    one.code: one
    for one in (
        Reward(
            RewardCode.BADGE_STARTER,
            RewardKind.BADGE,
            Text(en="Starter badge", ru="Значок «Старт»"),
            Text(en="You have made a habit of moving.", ru="Движение стало вашей привычкой."),
        ),
        Reward(
            RewardCode.FREE_DELIVERY,
            RewardKind.OFFER,
            Text(en="Free delivery", ru="Бесплатная доставка"),
            Text(
                en="A personal code for free delivery from a partner's store.",
                ru="Личный код на бесплатную доставку из магазина партнёра.",
            ),
        ),
        Reward(RewardCode.DISCOUNT_5, RewardKind.OFFER, *_discount(5)),
        Reward(RewardCode.DISCOUNT_10, RewardKind.OFFER, *_discount(10)),
        Reward(RewardCode.DISCOUNT_15, RewardKind.OFFER, *_discount(15)),
        Reward(
            RewardCode.BIRTHDAY_GIFT,
            RewardKind.OFFER,
            Text(en="A gift", ru="Подарок"),
            Text(
                en="A personal code for a gift from a partner's store.",
                ru="Личный код на подарок из магазина партнёра.",
            ),
        ),
        Reward(
            RewardCode.BADGE_LEGEND,
            RewardKind.BADGE,
            Text(en="Legend badge", ru="Значок «Легенда»"),
            Text(en="There is no higher level.", ru="Уровня выше не бывает."),
        ),
    )
}
OFFERED: Final = frozenset(code for code, reward in REWARDS.items() if reward.kind is RewardKind.OFFER)
OFFER_CODE: Final = f"^({'|'.join(sorted(OFFERED))})$"
"""A pattern."""
