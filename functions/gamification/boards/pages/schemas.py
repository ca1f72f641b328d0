"""Boards, as answered."""

from datetime import datetime
from typing import Self

from pydantic import AwareDatetime, BaseModel, Field

from gamification.boards.domain import UNITS, BoardId, BoardMetric, BoardPage, PeriodKind, Row, Standing
from gamification.boards.history.domain import Stood
from gamification.boards.pages import words
from gamification.boards.people.domain import Hiding
from gamification.xp.domain import XP_PER_DAY
from stadion.units import Reader


class BoardPeriod(BaseModel):
    name: str = Field(examples=["2026-W49"])
    kind: PeriodKind
    starts_at: AwareDatetime | None = Field(description="null: it has always been")
    ends_at: AwareDatetime | None

    @classmethod
    def of(cls, board: BoardId) -> Self:
        span = board.span
        if span.kind is PeriodKind.EVER:
            return cls(name=span.name, kind=span.kind, starts_at=None, ends_at=None)
        return cls(name=span.name, kind=span.kind, starts_at=span.start, ends_at=span.end)


class BoardSummary(BaseModel):
    """A board by its name."""

    board: str = Field(description="over the current period", examples=["global.run.distance.week"])
    title: str = Field(examples=["Distance, running, week 2026-W49, the world"])
    scope: str = Field(examples=["global"])
    sport_family: str = Field(description="or all", examples=["run"])
    metric: BoardMetric
    unit: str = Field(description="of scores", examples=["m"])
    period: BoardPeriod
    is_kept_always: bool = Field(description="false: made when it is first looked at")

    @classmethod
    def of(cls, board: BoardId, now: datetime, reader: Reader) -> Self:
        named = board.at(now)
        return cls(
            board=str(board),
            title=words.title(named, reader.language),
            scope=board.scope,
            sport_family=board.family,
            metric=board.metric,
            unit=UNITS[board.metric],
            period=BoardPeriod.of(named),
            is_kept_always=board.is_kept_always,
        )


class BoardLine(BaseModel):
    rank: int = Field(description="1, 2, 2, 4", examples=[2])
    score: int = Field(examples=[42195])
    score_text: str = Field(description="in the reader's language and units", examples=["42.2 km"])
    name: str | None = Field(description="null: counted without one", examples=["Anna"])
    reached_at: AwareDatetime = Field(description="among equal scores the earliest stands first")
    is_me: bool

    @classmethod
    def of(cls, row: Row, metric: BoardMetric, reader: Reader, me: str, *, is_nameless: bool) -> Self:
        return cls(
            rank=row.rank,
            score=row.score,
            score_text=words.score(row.score, metric, reader),
            name=None if is_nameless else row.name,
            reached_at=row.reached,
            is_me=row.user_id == me,
        )


class BoardStanding(BaseModel):
    rank: int = Field(examples=[1204])
    place_among_equals: int = Field(description="from 1", examples=[3])
    score: int
    score_text: str
    percentile: float = Field(description="of all who take part, how many per cent have at most this score")
    reached_at: AwareDatetime

    @classmethod
    def of(cls, standing: Standing, reader: Reader) -> Self:
        return cls(
            rank=standing.rank,
            place_among_equals=standing.among_equals,
            score=standing.score,
            score_text=words.score(standing.score, standing.board.metric, reader),
            percentile=standing.percentile,
            reached_at=standing.reached,
        )


class Leaderboard(BaseModel):
    board: BoardSummary
    is_building: bool = Field(description="true, with 202: ask again in a minute")
    rules: str = Field(description="what counts, and how ties stand, in words")
    items: list[BoardLine]
    next_cursor: str | None
    me: BoardStanding | None = Field(description="null: not on this board")
    around_me: list[BoardLine] = Field(description="those above and below, and myself between them")
    total: int = Field(description="how many take part", examples=[1000000])
    as_of: AwareDatetime | None = Field(description="what was told until then is counted")

    @classmethod
    def of(cls, page: BoardPage, asked: BoardId, reader: Reader, me: str, hiding: Hiding, now: datetime) -> Self:
        def lines(rows: tuple[Row, ...]) -> list[BoardLine]:
            return [
                BoardLine.of(row, asked.metric, reader, me, is_nameless=hiding.is_nameless(row.user_id, now))
                for row in rows
                if not hiding.is_gone(row.user_id, now)
            ]

        is_gone = hiding.is_gone(me, now)
        return cls(
            board=BoardSummary.of(asked, now, reader),
            is_building=False,
            rules=words.RULES.say(reader.language, most=XP_PER_DAY),
            items=lines(page.rows),
            next_cursor=page.next_cursor,
            me=BoardStanding.of(page.me, reader) if page.me is not None and not is_gone else None,
            around_me=[] if is_gone else lines(page.around),
            total=page.total,
            as_of=page.as_of,
        )

    @classmethod
    def building(cls, asked: BoardId, reader: Reader, now: datetime) -> Self:
        return cls(
            board=BoardSummary.of(asked, now, reader),
            is_building=True,
            rules=words.RULES.say(reader.language, most=XP_PER_DAY),
            items=[],
            next_cursor=None,
            me=None,
            around_me=[],
            total=0,
            as_of=None,
        )


class PastStanding(BaseModel):
    """Where I stood two days after a period was over."""

    period: str = Field(examples=["2026-W48"])
    rank: int
    score: int
    score_text: str
    total: int
    percentile: float

    @classmethod
    def of(cls, stood: Stood, metric: BoardMetric, reader: Reader) -> Self:
        return cls(
            period=stood.period,
            rank=stood.rank,
            score=stood.score,
            score_text=words.score(stood.score, metric, reader),
            total=stood.total,
            percentile=stood.percentile,
        )


class BoardHistory(BaseModel):
    board: BoardSummary
    items: list[PastStanding] = Field(description="newest first")
    now: BoardStanding | None = Field(description="in the period that goes on")
    year_ago: PastStanding | None = Field(description="the same period a year before the current one")
