"""The commands of who is on call, as `stadion --help` shows them."""

from typing import Final

from stadion_cli.base.lazy import EVENTS, LazyCommand

COMMANDS: Final = (
    LazyCommand("trace", "oncall.trace:trace", "Every step that a workout, upload or request caused.", EVENTS),
    LazyCommand("events", "oncall.events:app", "Watch the bus, replay its archive, publish again.", EVENTS),
    LazyCommand("dlq", "oncall.dlq:app", "Messages that could not be handled: look, and send them back.", EVENTS),
)
