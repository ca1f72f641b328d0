"""What is wrong in a product, in sentences."""

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from stadion.errors import UnacceptableValueError
from stadion.i18n import Language
from stadion.problems import sentence


def complaints(error: ValidationError, language: Language) -> list[tuple[str, str, str]]:
    """Field, code and sentence of each; the values stay out."""
    return [
        ("/".join(map(str, one["loc"])), _code(one), sentence(one, language))
        for one in error.errors(include_url=False, include_input=False)
    ]


def _code(one: ErrorDetails) -> str:
    raised = one.get("ctx", {}).get("error")
    return raised.code if isinstance(raised, UnacceptableValueError) else one["type"]
