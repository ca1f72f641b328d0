"""Requests and responses of segments."""

from pydantic import AwareDatetime, BaseModel, Field

from promos.targeting import Rule
from promos.values import Line
from stadion.http import RequestModel


class SegmentPut(RequestModel):
    rule: Rule = Field(examples=[{"activity": {"within_days": 30, "at_least": 4}}])
    description: Line | None = None


class SegmentResponse(BaseModel):
    name: str
    revision: int
    rule: Rule
    description: str | None = None
    updated_at: AwareDatetime


class SegmentCount(BaseModel):
    """Of one page of athletes; add up the pages."""

    matched: int
    looked_at: int
    next_cursor: str | None = None


class SegmentExplanation(BaseModel):
    name: str
    user_id: str
    is_in: bool
    decided_by: str
    detail: str
