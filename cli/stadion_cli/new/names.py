"""What a new service is called, and what everything in it is called after it."""

import json
import keyword
import re
import sys
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Final

from stadion_cli.base.errors import UsageError

SNAKE_CASE: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST: Final = 20
"""`stadion-<service>-<wing>-<what>` of all its functions: Lambda takes 64 letters."""
ENDINGS: Final = (("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x"), ("s", ""))
NOT_PLURAL: Final = ("ss", "us", "is")
TEMPLATES: Final = Path(__file__).with_name("templates")
PLACES: Final = (
    "functions/{}",
    "tests/{}",
    "infra_cdk/stacks/{}.py",
    "layers/shared/python/stadion/events/{}.py",
    "{}",
)


@dataclass(frozen=True)
class Names:
    """Of the service `training_plans`, whose things are each a `training_plan`."""

    service: str
    thing: str

    @property
    def words(self) -> dict[str, str]:
        """What the templates call them."""
        return {
            "service": self.service,
            "SERVICE": self.service.upper(),
            "Service": _class(self.service),
            "path": self.service.replace("_", "-"),
            "title": self.service.replace("_", " ").capitalize(),
            "many": self.service.replace("_", " "),
            "thing": self.thing,
            "Thing": _class(self.thing),
            "THING": self.thing.upper(),
            "words": self.thing.replace("_", " "),
            "a": "an" if self.thing[0] in "aeio" else "a",
        }


def named(service: str, thing: str | None, root: Path) -> Names:
    """Raises UsageError for a name that cannot be a service's, with the reason."""
    _refuse_what_is_no_name(service)
    if len(service) > LONGEST:
        raise UsageError(f"{service!r} has {len(service)} letters; {LONGEST} are the most.")
    _refuse_what_is_imported(service)
    _refuse_what_is_there(service, root)
    thing = thing or _singular(service)
    _refuse_what_is_no_name(thing)
    if _class(thing) in words_of_templates():
        raise UsageError(
            f"{_class(thing)} is what the skeleton calls something else.",
            hint=f"Say otherwise what one is called:  stadion new service {service} --one NAME",
        )
    return Names(service, thing)


def words_of_templates() -> set[str]:
    texts = [path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.py.j2")]
    return {word for text in texts for word in re.findall(r"\w+", re.sub(r"\{\{.*?\}\}", "_", text))}


def _refuse_what_is_no_name(name: str) -> None:
    if not SNAKE_CASE.fullmatch(name):
        raise UsageError(f"{name!r} is not snake_case.", hint="Lower case, words joined by _: training_plans")
    if keyword.iskeyword(name):
        raise UsageError(f"{name!r} is a word of Python.")


def _singular(service: str) -> str:
    for ending, one in ENDINGS:
        if service.endswith(ending) and not service.endswith(NOT_PLURAL) and len(service) > len(ending) + 1:
            return service.removesuffix(ending) + one
    raise UsageError(
        f"{service!r} is not the plural of what the service keeps.",
        hint=f"Name many (routes), or say what one is called:  stadion new service {service} --one NAME",
    )


def _refuse_what_is_imported(service: str) -> None:
    """`functions/` is an import root: a folder there would hide a module of that name from every function."""
    if service in sys.stdlib_module_names or service in packages_distributions():
        raise UsageError(f"{service!r} is a module of Python's or of a library's: functions import it.")


def _refuse_what_is_there(service: str, root: Path) -> None:
    for place in PLACES:
        if (root / place.format(service)).exists():
            raise UsageError(f"{place.format(service)} exists already.")
    document = json.loads((root / "functions" / "platform_" / "openapi.json").read_text(encoding="utf-8"))
    base = f"/v1/{service.replace('_', '-')}"
    if taken := [path for path in document["paths"] if path == base or path.startswith(f"{base}/")]:
        raise UsageError(f"{taken[0]} is served by another service already.")


def _class(name: str) -> str:
    return name.title().replace("_", "")
