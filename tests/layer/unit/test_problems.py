"""What pydantic refuses is said in the caller's language, with numbers as people write them."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from stadion.formats import FORMATS
from stadion.i18n import Language
from stadion.money import Currency
from stadion.problems import of_validation


class Season(StrEnum):
    SUMMER = "summer"
    WINTER = "winter"


class Sent(BaseModel):
    season: Season = Season.SUMMER
    hours: float = Field(default=1, gt=0.0, le=2.5)


def said(sent: dict[str, Any], language: Language, model: type[BaseModel] = Sent) -> str:
    with pytest.raises(ValidationError) as refused:
        model.model_validate(sent)
    errors = [{**error, "loc": ("body", *error["loc"])} for error in refused.value.errors()]
    problem = of_validation(errors, status=422, language=language, instance="/", trace_id="t")
    return str(problem["errors"][0]["detail"])


@pytest.mark.parametrize(
    ("sent", "english", "russian"),
    [
        ({"season": "x"}, "Must be one of: 'summer' or 'winter'.", "Одно из: 'summer' или 'winter'."),
        ({"hours": 0}, "Must be more than 0.", "Должно быть больше 0."),
        ({"hours": 3}, "Must be at most 2.5.", "Должно быть не больше 2.5."),
    ],
)
def test_a_refused_value_is_told_in_one_language(sent: dict[str, Any], english: str, russian: str) -> None:
    assert said(sent, Language.EN) == english
    assert said(sent, Language.RU) == russian


class Named(BaseModel):
    promo_id: str = Field(default="x", pattern=r"^[a-z0-9][a-z0-9-]{0,62}[a-z0-9]$")
    currency: Currency = "RUB"
    starts_at: AwareDatetime | None = None


@pytest.mark.parametrize(
    ("sent", "english", "russian"),
    [
        ({"promo_id": "Весна"}, "small letters a-z, digits and hyphens, 2 to 64", "латинских букв, цифр и дефисов"),
        ({"currency": "rub"}, "capital letters, such as RUB", "заглавными буквами, например RUB"),
        ({"starts_at": "01.03.2027"}, "such as 2026-11-21T08:40:00+03:00", "например 2026-11-21T08:40:00+03:00"),
        ({"starts_at": "2027-03-01T00:00"}, "such as 2026-11-21T08:40:00+03:00", "например 2026-11-21T08:40"),
    ],
)
def test_a_format_is_told_with_what_is_right(sent: dict[str, Any], english: str, russian: str) -> None:
    assert english in said(sent, Language.EN, Named)
    assert russian in said(sent, Language.RU, Named)


def test_each_pattern_of_marketing_partners_and_play_is_told_in_words() -> None:
    """What people write in files and at the till; `at` of a schedule and hours say their own sentence."""
    own = {"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?$", "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
    root = Path(__file__).parents[3] / "contracts"
    used = {
        pattern
        for file in ("openapi/promos.json", "partner-api.json", "openapi/partners.json", "openapi/gamification.json")
        for pattern in patterns_of(json.loads((root / file).read_text(encoding="utf-8")))
    }
    assert used - own <= set(FORMATS)


def patterns_of(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(patterns_of, value))
    if not isinstance(value, dict):
        return set()
    found = value.get("pattern")
    here = {found} if isinstance(found, str) and found.startswith("^") else set()
    return here.union(*map(patterns_of, value.values()))
