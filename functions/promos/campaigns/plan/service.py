"""What is wrong with a plan that a schema cannot see: promos, segments, money, hours."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from promos.athletes import segment_store
from promos.campaigns.plan.domain import last_instant, next_instant
from promos.campaigns.plan.values import CampaignPlan
from promos.offers import store as promo_store
from promos.offers.domain import Promo, PromoStatus
from promos.targeting import Problem
from promos.targeting import problems_of as problems_of_rule
from promos.vocabulary import unknown_words
from stadion.i18n import Text
from stadion.money import NOT_A_CURRENCY, exponents

LOOKED_AHEAD = 60
"""Beginnings whose gaps are looked at."""
NO_PROMO = Text(en="There is no promo {promo_id}.", ru="Нет промо {promo_id}.")
PROMO_ENDS = Text(
    en="The promo {promo_id} is {status}: nobody could get it.", ru="Промо {promo_id} — {status}: его никто не получит."
)
IS_DRAFT = Text(
    en="The promo {promo_id} is a draft: nobody could get it before it is active.",
    ru="Промо {promo_id} — черновик: до активации его никто не получит.",
)
ENDS_INSIDE = Text(
    en="The promo {promo_id} ends at {ends_at}, and the campaign is not over before {over_at}: let it end later.",
    ru="Промо {promo_id} кончается {ends_at}, а кампания — не раньше {over_at}: продлите промо.",
)
OTHER_CURRENCY = Text(en="The promo {promo_id} is in {currency}.", ru="Промо {promo_id} — в {currency}.")
NOT_AHEAD = Text(
    en="The schedule has no moment ahead of now: give it a later one.",
    ru="В расписании нет моментов в будущем: задайте более поздний.",
)
TOO_OFTEN = Text(
    en="It would begin again after {hours} h, before the run before it has ended ({longest} h).",
    ru="Кампания начнётся снова через {hours} ч, до конца прежнего запуска ({longest} ч).",
)


def problems_of(plan: CampaignPlan, now: datetime, *, is_live: bool, begins: datetime | None = None) -> list[Problem]:
    """A draft may name what is not ready yet, a campaign that is to begin may not. Of a run that `begins` only what is
    in its own way; else of all runs that are ahead."""
    found = _problems_of_audience(plan, is_written=begins is None)
    is_one_run = begins is not None
    begins = begins or next_instant(plan.schedule, plan.time_zone, now)
    last = begins if begins is None or is_one_run else last_instant(plan.schedule, plan.time_zone, begins)
    promos = promo_store.promos_by_id(variant.promo_id for variant in plan.variants)
    for number, variant in enumerate(plan.variants):
        pointer = f"#/variants/{number}/promo_id"
        promo = promos.get(variant.promo_id)
        if promo is None:
            found.append(_problem(pointer, "unknown_promo", NO_PROMO, promo_id=variant.promo_id))
            continue
        if promo.currency not in {None, plan.currency}:
            said = {"promo_id": promo.promo_id, "currency": promo.currency}
            found.append(_problem(pointer, "other_currency", OTHER_CURRENCY, **said))
        if is_live and (problem := _not_there(promo, plan, begins or now, last or now, pointer)) is not None:
            found.append(problem)
    if plan.currency not in exponents():
        found.append(Problem("#/currency", "unknown_currency", NOT_A_CURRENCY))
    if is_live and begins is None:
        found.append(Problem("#/schedule", "nothing_ahead", NOT_AHEAD))
    return found + _overlaps(plan, begins)


def _not_there(promo: Promo, plan: CampaignPlan, begins: datetime, last: datetime, pointer: str) -> Problem | None:
    """It is given from the beginning on, and used until the last order of the last run counts."""
    status, over_at = promo.status(begins), last + plan.lasts
    if status is PromoStatus.DRAFT:
        return _problem(pointer, "promo_not_active_then", IS_DRAFT, promo_id=promo.promo_id)
    if status is not PromoStatus.ACTIVE:
        said = {"promo_id": promo.promo_id, "status": status.value}
        return _problem(pointer, "promo_not_active_then", PROMO_ENDS, **said)
    if promo.ends_at < over_at:
        zone = ZoneInfo(plan.time_zone)
        ends, over = (f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" for moment in (promo.ends_at, over_at))
        return _problem(pointer, "promo_ends_inside", ENDS_INSIDE, promo_id=promo.promo_id, ends_at=ends, over_at=over)
    return None


def _problems_of_audience(plan: CampaignPlan, *, is_written: bool) -> list[Problem]:
    """Words are asked about where a person can mend them; one that begins goes by those it was stored with."""
    if plan.audience is None:
        return []
    found = problems_of_rule(plan.audience, segment_store.rules(), pointer="#/audience")
    return found + (unknown_words(plan.audience, pointer="#/audience") if is_written else [])


def _overlaps(plan: CampaignPlan, begins: datetime | None) -> list[Problem]:
    gap = _shortest_gap(plan, begins) if begins and plan.schedule.cron else None
    if gap is None or gap >= plan.lasts:
        return []
    apart, longest = (round(span / timedelta(hours=1), 1) for span in (gap, plan.lasts))
    return [_problem("#/schedule/cron", "begins_too_often", TOO_OFTEN, hours=apart, longest=longest)]


def _shortest_gap(plan: CampaignPlan, begins: datetime) -> timedelta | None:
    found, gaps = begins, []
    for _ in range(LOOKED_AHEAD):
        following = next_instant(plan.schedule, plan.time_zone, found)
        if following is None:
            break
        gaps.append(following - found)
        found = following
    return min(gaps, default=None)


def _problem(pointer: str, code: str, text: Text, **values: object) -> Problem:
    said = Text(en=text.en.format(**values), ru=text.ru.format(**values))
    return Problem(pointer, code, said)
