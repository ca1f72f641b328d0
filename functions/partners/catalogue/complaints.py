"""What is wrong in a product, in sentences."""

from pydantic import ValidationError

from stadion.i18n import Language
from stadion.problems import VALIDATION


def complaints(error: ValidationError, language: Language) -> list[tuple[str, str, str]]:
    """Field, code and sentence of each; the values stay out."""
    found = []
    for one in error.errors(include_url=False, include_input=False):
        text = VALIDATION.get(one["type"])
        try:
            sentence = text.say(language, **one.get("ctx", {})) if text else one["msg"]
        except KeyError:
            sentence = one["msg"]
        found.append(("/".join(map(str, one["loc"])), one["type"], sentence))
    return found
