"""What admins send and are told of rules."""

from collections.abc import Sequence
from typing import Any, Self

from pydantic import BaseModel, Field

from gamification.achievements.base.icons import svg
from gamification.achievements.base.problems import Problem
from gamification.achievements.base.values import Rule, RuleDocument
from gamification.achievements.base.words import explain
from stadion.i18n import Language
from stadion.units import KnownReader


class RuleInWords(BaseModel):
    """Everything that has to be so."""

    en: str
    ru: str

    @classmethod
    def of(cls, rule: RuleDocument) -> Self:
        return cls(**{language.value: explain(rule, KnownReader(language)) for language in Language})


class AchievementProblem(BaseModel):
    pointer: str = Field(description="into the rule (RFC 6901)", examples=["#/where/local_hour"])
    code: str
    detail: str


class RuleValidity(BaseModel):
    is_valid: bool
    problems: list[AchievementProblem]
    words: RuleInWords | None = Field(description="null: of what is wrong nothing can be said")
    icon_svg: str

    @classmethod
    def of(cls, document: RuleDocument, problems: Sequence[Problem], language: Language) -> Self:
        told = [
            AchievementProblem(pointer=one.pointer, code=one.code, detail=one.text.say(language)) for one in problems
        ]
        words = RuleInWords.of(document) if not problems else None
        return cls(is_valid=not problems, problems=told, words=words, icon_svg=svg(document.icon))


class AchievementRule(BaseModel):
    achievement_id: str
    version: int
    is_retired: bool
    rule: dict[str, Any] = Field(description="as it was written")
    words: RuleInWords
    icon_svg: str

    @classmethod
    def of(cls, rule: Rule) -> Self:
        document = rule.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"version", "retired"})
        return cls(
            achievement_id=rule.id,
            version=rule.version,
            is_retired=rule.retired,
            rule=document,
            words=RuleInWords.of(rule),
            icon_svg=svg(rule.icon),
        )
