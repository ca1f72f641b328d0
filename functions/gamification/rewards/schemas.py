"""Answers about rewards."""

from enum import StrEnum
from typing import Self

from pydantic import AwareDatetime, BaseModel, Field

from gamification.rewards.domain import Grant
from stadion.i18n import Language
from stadion.rewards import REWARDS, RewardCode, RewardKind


class RewardWords(BaseModel):
    """A reward of the catalogue, in the language of the answer."""

    code: RewardCode
    kind: RewardKind
    title: str = Field(examples=["Free delivery"])
    text: str = Field(description="what it is", examples=["A personal code for free delivery from a partner's store."])

    @classmethod
    def of(cls, code: RewardCode, language: Language) -> Self:
        reward = REWARDS[code]
        return cls(code=code, kind=reward.kind, title=reward.title.say(language), text=reward.text.say(language))


class RewardState(StrEnum):
    HELD = "held"
    TAKEN_BACK = "taken_back"


class EarnedReward(BaseModel):
    reward: RewardWords
    state: RewardState = Field(description="taken back: the reason has gone; it comes back with the reason")
    reason: str = Field(examples=["level"])
    earned_by: str = Field(
        examples=["level:5"], description="the very reason; the offer in `/v1/promos` that it brings names it, too"
    )
    granted_at: AwareDatetime
    revoked_at: AwareDatetime | None = None

    @classmethod
    def of(cls, grant: Grant, language: Language) -> Self:
        return cls(
            reward=RewardWords.of(grant.reward, language),
            state=RewardState.HELD if grant.holds else RewardState.TAKEN_BACK,
            **grant.model_dump(include={"reason", "earned_by", "granted_at", "revoked_at"}),
        )
