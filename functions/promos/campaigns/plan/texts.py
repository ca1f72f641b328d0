"""What a plan's promos say by SMS: how long it gets. The words are those of `promos/messages`; a test compares them."""

from collections.abc import Iterable
from dataclasses import dataclass

from promos.campaigns.plan.values import CampaignPlan
from promos.offers.domain import Promo
from promos.patterns import code_of
from stadion.i18n import Language, Text
from stadion.sms import MOST_OF_A_WAY_OUT, MOST_PARTS, composed, parts

BODY = Text(en="{text}\nYour code: {code}", ru="{text}\nВаш код: {code}")


@dataclass(frozen=True)
class Sms:
    """Of one variant, in one language, with the longest way out; each part is paid for."""

    variant: str
    language: Language
    parts: int

    @property
    def is_shortened(self) -> bool:
        """The promo's own words are cut down to what may be sent."""
        return self.parts > MOST_PARTS


def sms_of(plan: CampaignPlan, promos: Iterable[Promo]) -> list[Sms]:
    """Nothing, where the plan names no SMS."""
    if "sms" not in (plan.channels or ()):
        return []
    known = {promo.promo_id: promo for promo in promos}
    told = [(variant.name, known[variant.promo_id]) for variant in plan.variants if variant.promo_id in known]
    return [Sms(name, language, _parts(promo, language)) for name, promo in told for language in Language]


def _parts(promo: Promo, language: Language) -> int:
    code = promo.codes.shared or code_of(promo.codes.pattern or "")
    body = BODY.say(language, text=promo.text.say(language), code=code)
    return parts(composed(promo.title.say(language), body, language, way_out="x" * MOST_OF_A_WAY_OUT))
