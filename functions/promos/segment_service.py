"""Segments: rules with a name."""

from datetime import datetime

from promos.athletes import segment_store
from promos.athletes import store as athletes
from promos.athletes.schemas import SegmentCount, SegmentExplanation, SegmentPut, SegmentResponse
from promos.athletes.segment_store import Segment
from promos.campaigns import service as campaign_service
from promos.errors import SegmentInUseError
from promos.offers.promo_service import refuse_problems
from promos.targeting import judge, needs, problems_of, reached
from stadion.clock import local_date
from stadion.i18n import Language


def put(name: str, wanted: SegmentPut, old: Segment | None, now: datetime) -> SegmentResponse:
    known = segment_store.rules()
    refuse_problems(problems_of(wanted.rule, known, pointer="#/rule", within=name))
    revision = old.revision + 1 if old is not None else 1
    new = Segment(name=name, revision=revision, rule=wanted.rule, description=wanted.description, updated_at=now)
    segment_store.put(old, new, known=len(known), now=now)
    return representation(new)


def everything() -> list[SegmentResponse]:
    return [representation(one) for _, one in sorted(segment_store.everything().items())]


def remove(old: Segment, now: datetime) -> None:
    """Segments that others ask for stay; a promo that asks for one that is gone fits nobody."""
    known = segment_store.rules()
    users = [name for name, rule in known.items() if name != old.name and old.name in reached(rule, {})]
    if users:
        raise SegmentInUseError(user=users[0])
    if (campaign := campaign_service.user_of_segment(old.name)) is not None:
        raise SegmentInUseError(user=campaign)
    segment_store.remove(old, now)


def count(name: str, *, limit: int, cursor: str | None, now: datetime) -> SegmentCount:
    """Over one page of athletes: the caller adds up the pages."""
    rule, rules = segment_store.get(name).rule, segment_store.rules()
    wanted = needs(rule, rules)
    page = athletes.page(limit=limit, cursor=cursor)
    matched = 0
    for user_id, known in page.items:
        facts = athletes.facts(user_id, known, wanted, local_date(now, known.time_zone))
        matched += judge(rule, facts, rules).passed
    return SegmentCount(matched=matched, looked_at=len(page.items), next_cursor=page.next_cursor)


def explain(name: str, user_id: str, *, language: Language, now: datetime) -> SegmentExplanation:
    rule, rules = segment_store.get(name).rule, segment_store.rules()
    known = athletes.athlete(user_id)
    facts = athletes.facts(user_id, known, needs(rule, rules), local_date(now, known.time_zone))
    verdict = judge(rule, facts, rules, "#/rule")
    decisive = verdict.decided_by
    return SegmentExplanation(
        name=name,
        user_id=user_id,
        is_in=verdict.passed,
        decided_by=decisive.pointer,
        detail=decisive.said.say(language),
    )


def representation(one: Segment) -> SegmentResponse:
    return SegmentResponse(
        name=one.name,
        revision=one.revision,
        rule=one.rule,
        description=one.description,
        updated_at=one.updated_at,
    )
