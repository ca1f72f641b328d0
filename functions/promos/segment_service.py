"""Segments: rules with a name."""

from datetime import datetime

from promos import usage_service
from promos.athletes import segment_store
from promos.athletes import store as athletes
from promos.athletes.segment_store import Asked, Segment
from promos.errors import SegmentInUseError
from promos.facts import Athlete
from promos.offers.promo_service import refuse_problems
from promos.targeting import Segments, TargetingRule, needs, problems_of
from promos.usage_service import Users
from promos.verdicts import Verdict, judge
from promos.vocabulary import unknown_words
from stadion import pagination
from stadion.clock import local_date


def put(name: str, rule: TargetingRule, description: str | None, old: Segment | None, now: datetime) -> Segment:
    revision = old.revision + 1 if old is not None else 1
    new = Segment(name=name, revision=revision, rule=rule, description=description, updated_at=now)

    def verify(others: Segments) -> None:
        problems = problems_of(rule, others, pointer="#/rule", within=name)
        refuse_problems(problems + unknown_words(rule, pointer="#/rule"))

    segment_store.put(old, new, verify, now)
    return new


def everything() -> list[Segment]:
    """By name."""
    return [one for _, one in sorted(segment_store.everything().items())]


def remove(old: Segment, now: datetime) -> None:
    """What a promo, a campaign or another segment asks for stays."""

    def verify(just_asked: Asked) -> None:
        users = usage_service.of_segment(old.name, now, just_asked)
        if str(users):
            raise SegmentInUseError(users=str(users), extensions={"used_by": users.by_kind()})

    segment_store.remove(old, verify, now)


def used_by(name: str, now: datetime) -> Users:
    segment_store.get(name)
    return usage_service.of_segment(name, now)


def members(name: str, *, limit: int, cursor: str | None, now: datetime) -> pagination.Page[bool]:
    """Of each athlete of a page who agrees to be counted, whether they are in it: the caller adds up the pages."""
    rule, rules = segment_store.get(name).rule, segment_store.rules()
    wanted = needs(rule, rules)

    def is_in(one: tuple[str, Athlete]) -> bool:
        user_id, known = one
        facts = athletes.facts(user_id, known, wanted, local_date(now, known.time_zone))
        return judge(rule, facts, rules).passed

    listed = athletes.page(limit=limit, cursor=cursor)
    counted = [is_in(one) for one in listed.items if one[1].may_be_counted]
    return pagination.Page(counted, listed.next_cursor)


def explain(name: str, user_id: str, now: datetime) -> Verdict:
    rule, rules = segment_store.get(name).rule, segment_store.rules()
    known = athletes.athlete(user_id)
    facts = athletes.facts(user_id, known, needs(rule, rules), local_date(now, known.time_zone))
    return judge(rule, facts, rules, "#/rule")
