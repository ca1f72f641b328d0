"""Every event there is, for the contracts and for tests. A function imports its own services' events alone."""

from collections.abc import Iterable, Iterator
from importlib import import_module
from pkgutil import iter_modules

from stadion import events
from stadion.events.envelope import Event

for _module in iter_modules(events.__path__):
    import_module(f"{events.__name__}.{_module.name}")


def below(kind: type[Event]) -> Iterator[type[Event]]:
    """What is made of it, whatever stands between; a model for the contracts, made elsewhere, is none."""
    for event in kind.__subclasses__():
        if event.__module__.startswith(f"{events.__name__}."):
            yield event
        yield from below(event)


def named(found: Iterable[type[Event]]) -> dict[str, type[Event]]:
    """By detail-type. ValueError for two of one name: consumers would be sent both, and know one."""
    known: dict[str, type[Event]] = {}
    for event in sorted(found, key=lambda event: event.__module__):
        other = known.setdefault(event.detail_type(), event)
        if other is not event:
            raise ValueError(f"{event.detail_type()} is an event of {other.__module__} and of {event.__module__}")
    return known


CATALOGUE = named(below(Event))
"""In the order of the services' names and of their lines, whoever imported some of them before."""
