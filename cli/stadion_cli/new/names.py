"""What a new service is called, and what everything in it is called after it."""

import json
import keyword
import re
import sys
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any, Final

from stadion_cli.base.errors import UsageError

SNAKE_CASE: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST: Final = 20
"""`stadion-<service>-<wing>-<what>` of all its functions: Lambda takes 64 letters."""
ENDINGS: Final = (("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x"), ("s", ""))
NOT_PLURAL: Final = ("ss", "us", "is", "series", "species", "news")
TEMPLATES: Final = Path(__file__).with_name("templates")
PLACES: Final = (
    "functions/{}",
    "tests/{}",
    "infra_cdk/stacks/{}.py",
    "layers/shared/python/stadion/events/{}.py",
    "layers/shared/python/{}",
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
    names = Names(service, thing)
    _refuse_what_the_document_has(names, root)
    return names


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
        if _is_there(root / place.format(service)):
            raise UsageError(f"{place.format(service)} exists already.")
    base = f"/v1/{service.replace('_', '-')}"
    if taken := [path for path in _document(root)["paths"] if path == base or path.startswith(f"{base}/")]:
        raise UsageError(f"{taken[0]} is served by another service already.")


def _is_there(place: Path) -> bool:
    """What Python compiled outlives the branch of a service: it is nobody's."""
    if not place.is_dir():
        return place.exists()
    return any(path.is_file() and "__pycache__" not in path.parts for path in place.rglob("*"))


def _refuse_what_the_document_has(names: Names, root: Path) -> None:
    """Error codes, operations and models have their names for all services together."""
    from local.contracts.models import is_generic

    thing, one, many = names.words["thing"], names.words["Thing"], names.words["Service"]
    document = _document(root)
    operations = {kind["operationId"] for path in document["paths"].values() for kind in path.values()}
    wanted = {f"{thing}_not_found", f"{thing}_id_taken"}
    wanted |= {f"add{one}", f"list{many}", f"list{one}Workouts", f"get{one}", f"change{one}"}
    wanted |= {f"New{one}", f"{one}Patch", f"{one}Response", f"{one}WorkoutResponse"}
    known = operations | document["components"]["examples"].keys() | document["components"]["schemas"].keys()
    hint = f"Say otherwise what one is called:  stadion new service {names.service} --one NAME"
    if taken := sorted(wanted & known):
        raise UsageError(f"{taken[0]} is a name of another service already.", hint=hint)
    if is_generic(f"{one}Response"):
        raise UsageError(f"{one} says nothing without its subject: GearStatus, not Status.", hint=hint)


def _document(root: Path) -> Any:
    return json.loads((root / "functions" / "platform_" / "openapi.json").read_text(encoding="utf-8"))


def _class(name: str) -> str:
    return name.title().replace("_", "")
