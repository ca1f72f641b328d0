"""The entry points under `functions/`, found by reading the source. Where one lies is the name of everything it has."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

PRODUCT: Final = "stadion"
HANDLER: Final = "handler"
TASKS: Final = "tasks"
"""The module of a workflow's steps: `send_batch = task(...)` and its like are each an entry point."""
PARTNER_REQUEST: Final = "on_partner_request"
WAITED_FOR: Final = ("on_socket_", "on_tokens")
"""Beside APIs."""
APIS: Final = ("api", "admin_api")
"""The product's API: athletes' and public routes, and those that admins sign, each a function of its own."""
PATTERNS: Final = (*(f"{module}.py" for module in APIS), "on_*.py", "task_*.py", f"{TASKS}.py")


@dataclass(frozen=True)
class EntryPoint:
    folder: str
    """Under `functions/`: `promos/campaigns`. `platform_` because the standard library has a `platform`."""
    module: str
    attribute: str = HANDLER

    @classmethod
    def of(cls, service: str, place: str) -> Self:
        """`place`: from the service's root, `api`, `athletes/on_gear_events` or `campaigns/tasks.send_batch`."""
        wing, _, name = place.rpartition("/")
        module, _, attribute = name.partition(".")
        folder = "/".join(filter(None, (folder_of(service), wing)))
        return cls(folder=folder, module=module, attribute=attribute or HANDLER)

    @property
    def package(self) -> str:
        return self.folder.partition("/")[0]

    @property
    def service(self) -> str:
        return self.package.rstrip("_")

    @property
    def what(self) -> str:
        """`on_workout_events`, `send_batch`: a task's name without the word."""
        return self.module.removeprefix("task_") if self.attribute == HANDLER else self.attribute

    @property
    def id(self) -> str:
        """The construct's id, `promos-campaigns-send-batch`."""
        _, *wings = self.folder.split("/")
        return "-".join((self.service, *wings, self.what)).replace("_", "-")

    @property
    def formers(self) -> "tuple[Former, ...]":
        """The same under each name by which somebody still calls it."""
        names = FORMER.get(self.id, ())
        return tuple(Former(self.folder, self.module, self.attribute, former_id=name) for name in names)

    @property
    def name(self) -> str:
        """The name of the function, its queue, alarms and metrics: `stadion-promos-campaigns-send-batch`."""
        return f"{PRODUCT}-{self.id}"

    @property
    def path(self) -> str:
        return f"{self.folder}/{self.module}.py"

    @property
    def imported(self) -> str:
        """The module as Python imports it."""
        return f"{self.folder}/{self.module}".replace("/", ".")

    @property
    def handler(self) -> str:
        return f"{self.imported}.{self.attribute}"

    @property
    def is_api(self) -> bool:
        return self.module in APIS

    @property
    def hears_requests(self) -> bool:
        """Its log has a line of each request, with hashes of who asked."""
        return self.is_api or self.module == PARTNER_REQUEST

    @property
    def is_waited_for(self) -> bool:
        """Somebody holds a phone while it starts. Who signs a command waits a second longer."""
        return self.module == "api" or self.module.startswith(WAITED_FOR)

    @property
    def starts_from_snapshot(self) -> bool:
        """A snapshot costs two dollars a month. Nobody waits for the platform's documents and its word on health."""
        return self.is_waited_for and not (self.service == "platform" and self.is_api)

    @property
    def is_shifted(self) -> bool:
        """Apps and partners call it and are not asked to try again: another version is tried on a few first."""
        return self.module in {"api", PARTNER_REQUEST}

    @property
    def is_for_admins(self) -> bool:
        return self.module == "admin_api"

    @property
    def is_for_partners(self) -> bool:
        return self.module.startswith("on_") and self.module.endswith("_request")

    def exists(self, functions: Path) -> bool:
        path = functions / self.path
        return path.is_file() and self.attribute in _attributes(path)


@dataclass(frozen=True)
class Former(EntryPoint):
    """An entry point under a name that it had."""

    former_id: str = ""

    @property
    def id(self) -> str:
        return self.former_id

    @property
    def is_shifted(self) -> bool:
        """Who calls it by that name knows of no alias."""
        return False


STEPS: Final = {
    "campaigns": "open-campaign choose-athletes send-batch finish-phase measure-batch judge-campaign close-campaign "
    "note-failure",
    "wear-offers": "offer-replacement look-offer",
    "offers": "tell-offer remind-offer",
}
FORMER: Final[Mapping[str, tuple[str, ...]]] = {
    "promos-checkout-on-partner-request": ("promos-on-partner-request",),
    **{f"promos-{wing}-{step}": (f"promos-task-{step}",) for wing, steps in STEPS.items() for step in steps.split()},
}
"""Id -> every former one, of functions that executions in flight, or another stack, call by their names. They stay
beside until nobody does: docs/how-to/rename-functions.md."""


def folder_of(service: str) -> str:
    return "platform_" if service == "platform" else service


class AmbiguousNameError(ValueError):
    """Two entry points would be one function."""

    def __init__(self, one: EntryPoint, other: EntryPoint) -> None:
        places = " and ".join(f"functions/{point.path} ({point.attribute})" for point in (one, other))
        super().__init__(f"{places} would both be the function {one.name}: rename one")


def entry_points(functions: Path) -> Iterator[EntryPoint]:
    """In the services' roots and in those of their wings. AmbiguousNameError when two would bear one name."""
    found: dict[str, EntryPoint] = {}
    for one in _written(functions):
        if one.id in found:
            raise AmbiguousNameError(found[one.id], one)
        found[one.id] = one
        yield one


def _written(functions: Path) -> Iterator[EntryPoint]:
    for pattern in PATTERNS:
        for path in sorted(functions.glob(f"*/**/{pattern}")):
            for attribute in _attributes(path):
                folder = path.parent.relative_to(functions).as_posix()
                yield EntryPoint(folder=folder, module=path.stem, attribute=attribute)


def _attributes(path: Path) -> tuple[str, ...]:
    """What of a module Lambda may call: `handler`, or every public name of `tasks.py` that a call makes."""
    tree = ast.parse(path.read_bytes(), filename=str(path))
    names = tuple(name for node in tree.body for name in _named(node) if not name.startswith("_"))
    return tuple(name for name in names if path.stem == TASKS or name == HANDLER)


def _named(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef) and node.name == HANDLER:
        yield node.name
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    if targets and isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call):
        yield from (target.id for target in targets if isinstance(target, ast.Name) and target.id.islower())
