"""Requests and responses of segments."""

from typing import Self

from pydantic import AwareDatetime, BaseModel, Field

from promos.athletes.segment_store import Segment
from promos.targeting import TargetingRule
from promos.values import OneLine
from promos.verdicts import Verdict
from stadion.http import RequestModel
from stadion.i18n import Language
from stadion.pagination import Page


class SegmentPut(RequestModel):
    rule: TargetingRule = Field(examples=[{"activity": {"within_days": 30, "at_least": 4}}])
    description: OneLine | None = None


class SegmentResponse(BaseModel):
    name: str
    revision: int
    rule: TargetingRule
    description: str | None = None
    updated_at: AwareDatetime

    @classmethod
    def of(cls, one: Segment) -> Self:
        return cls(
            name=one.name,
            revision=one.revision,
            rule=one.rule,
            description=one.description,
            updated_at=one.updated_at,
        )


class SegmentCount(BaseModel):
    """Of one page of athletes who agree to be counted (`analytics`); add up the pages."""

    matched: int
    looked_at: int
    next_cursor: str | None = None

    @classmethod
    def of(cls, members: Page[bool]) -> Self:
        return cls(matched=sum(members.items), looked_at=len(members.items), next_cursor=members.next_cursor)


class SegmentUsers(BaseModel):
    """Who is not over and asks for it, also by other segments: it is not deleted while there are any."""

    promos: list[str] = Field(examples=[["winter-shoes"]])
    campaigns: list[str] = Field(examples=[["winter-2026"]])
    segments: list[str]


class SegmentExplanation(BaseModel):
    name: str
    user_id: str
    is_in: bool
    decided_by: str
    detail: str

    @classmethod
    def of(cls, name: str, user_id: str, verdict: Verdict, language: Language) -> Self:
        decisive = verdict.decided_by
        return cls(
            name=name,
            user_id=user_id,
            is_in=verdict.passed,
            decided_by=decisive.pointer,
            detail=decisive.said.say(language),
        )
