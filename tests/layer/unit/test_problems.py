"""What pydantic refuses is said in the caller's language, with numbers as people write them."""

from enum import StrEnum
from typing import Any

import pytest
from pydantic import BaseModel, Field, ValidationError

from stadion.i18n import Language
from stadion.problems import of_validation


class Season(StrEnum):
    SUMMER = "summer"
    WINTER = "winter"


class Sent(BaseModel):
    season: Season = Season.SUMMER
    hours: float = Field(default=1, gt=0.0, le=2.5)


def said(sent: dict[str, Any], language: Language) -> str:
    with pytest.raises(ValidationError) as refused:
        Sent.model_validate(sent)
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
