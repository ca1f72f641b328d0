"""Answers about XP and levels."""

from datetime import date
from typing import Self

from pydantic import AwareDatetime, BaseModel, Field

from gamification.base.effort import BASES, BOUNDS, FACTORS, UNKNOWN, EffortBasis
from gamification.rewards.schemas import RewardWords
from gamification.xp import rules
from gamification.xp.domain import HIGHEST, XP_PER_DAY, Counted, Level, level_at, next_level, next_rewarded
from stadion.i18n import Language
from stadion.sports import SportType, sport


class LevelResponse(BaseModel):
    level: int
    xp: int = Field(description="needed in all")
    reward: str | None = Field(default=None, description="its code")
    reward_words: RewardWords | None = None

    @classmethod
    def of(cls, level: Level, language: Language) -> Self:
        words = RewardWords.of(level.reward, language) if level.reward is not None else None
        return cls(level=level.level, xp=level.xp, reward=level.reward, reward_words=words)


class GamificationProgress(BaseModel):
    xp: int
    level: int
    level_xp: int = Field(description="at which this level began")
    next_level_xp: int | None = Field(description="null on the highest level")
    next_reward: str | None = Field(default=None, description="its code")
    next_reward_level: int | None = Field(default=None, description="which level it comes with")
    next_reward_words: RewardWords | None = None

    @classmethod
    def of(cls, xp: int, language: Language) -> Self:
        current = level_at(xp)
        following, rewarded = next_level(current), next_rewarded(current)
        reward = rewarded.reward if rewarded is not None else None
        return cls(
            xp=xp,
            level=current.level,
            level_xp=current.xp,
            next_level_xp=following.xp if following else None,
            next_reward=reward,
            next_reward_level=rewarded.level if rewarded is not None else None,
            next_reward_words=RewardWords.of(reward, language) if reward is not None else None,
        )


class XpEntry(BaseModel):
    """What a workout counts, and why: minutes × weight × effort, less what the day has no room for."""

    workout_id: str
    day: date = Field(description="the athlete's own")
    started_at: AwareDatetime
    sport_type: SportType
    xp: int = Field(description="what counts; the entries of a day sum to what the day counts", examples=[140])
    earned_xp: int = Field(description="before the cap of the day", examples=[140])
    moving_time_s: float
    weight: float = Field(description="of the sport", examples=[1.0])
    effort: float = Field(examples=[1.3])
    zone: int | None = Field(description="of the average heart rate, 1 to 5; null: not known, or not to be shown")
    basis: EffortBasis | None = Field(description="what the zone rests on; null as `zone` is")
    flags: list[str] = Field(description="codes of `flags` in `/v1/words`: with any it earns nothing")
    why: str = Field(description="in words", examples=["107.7 min × 1 × 1.3 = 140 XP."])

    @classmethod
    def of(cls, one: Counted, language: Language, *, agrees: bool) -> Self:
        told = one.score.model_dump() | ({} if agrees else {"zone": None, "basis": None})
        counted = {"xp": one.xp, "earned_xp": one.score.xp, "flags": one.score.against}
        return cls(why=rules.why(one, language, agrees=agrees), **(told | counted))


class XpWeight(BaseModel):
    sport_type: SportType
    weight: float


class EffortBasisRule(BaseModel):
    basis: EffortBasis
    words: str = Field(description="what the zones rest on")
    bounds: list[float] = Field(
        description="where zones 2 to 5 begin: shares of what `basis` names; beats per minute for `absolute`"
    )


class EffortRule(BaseModel):
    factors: list[float] = Field(description="of zones 1 to 5")
    without_heart_rate: float
    bases: list[EffortBasisRule] = Field(description="the first one that is known holds")


class RulesInWords(BaseModel):
    xp: str
    day: str
    effort: str
    level: str


class GamificationRules(BaseModel):
    """By which XP and levels are counted."""

    xp_per_day: int
    highest_level: int
    weights: list[XpWeight]
    effort: EffortRule
    words: RulesInWords

    @classmethod
    def of(cls, language: Language) -> Self:
        bases = [
            EffortBasisRule(basis=basis, words=BASES[basis].say(language), bounds=list(BOUNDS[basis]))
            for basis in EffortBasis
        ]
        return cls(
            xp_per_day=XP_PER_DAY,
            highest_level=HIGHEST,
            weights=[XpWeight(sport_type=one, weight=sport(one).xp_weight) for one in SportType],
            effort=EffortRule(factors=list(FACTORS), without_heart_rate=UNKNOWN, bases=bases),
            words=RulesInWords(**rules.said(language)),
        )
