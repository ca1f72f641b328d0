"""Every event there is, for the contracts and for tests. A function imports its own services' events alone."""

from importlib import import_module
from pkgutil import iter_modules

from stadion import events
from stadion.events.envelope import Event

for _module in iter_modules(events.__path__):
    import_module(f"{events.__name__}.{_module.name}")

_declared = (event for event in Event.__subclasses__() if event.__module__.startswith(f"{events.__name__}."))
CATALOGUE: dict[str, type[Event]] = {
    event.detail_type(): event for event in sorted(_declared, key=lambda event: event.__module__)
}
"""In the order of the services' names and of their lines, whoever imported some of them before."""
