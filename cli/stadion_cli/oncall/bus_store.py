"""The bus as it is deployed: who listens to what, and its archive."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from stadion_cli.base.errors import CliError
from stadion_cli.base.listener import TEMPORARY
from stadion_cli.base.target import Target

ARCHIVE: Final = "stadion"


@dataclass(frozen=True)
class Subscription:
    """A consumer's rule; it bears the name of its queue and its function."""

    name: str
    arn: str
    pattern: dict[str, Any]

    def wants(self, detail_type: str, source: str) -> bool:
        types = self.pattern.get("detail-type")
        return (types is None or detail_type in types) and _matches(self.pattern.get("source"), source)


def _matches(wanted: list[Any] | None, value: str) -> bool:
    if wanted is None:
        return True
    return any(value.startswith(w["prefix"]) if isinstance(w, dict) and "prefix" in w else value == w for w in wanted)


def subscriptions(target: Target) -> list[Subscription]:
    return sorted(_subscriptions(target), key=lambda subscription: subscription.name)


def _subscriptions(target: Target) -> Iterator[Subscription]:
    pages = target.aws.events.get_paginator("list_rules").paginate(EventBusName=target.bus)
    for rule in (rule for page in pages for rule in page["Rules"]):
        if rule["Name"].startswith("stadion-") and not rule["Name"].startswith(TEMPORARY) and "EventPattern" in rule:
            yield Subscription(rule["Name"], rule["Arn"], json.loads(rule["EventPattern"]))


def only(found: list[Subscription], *, types: list[str], name: str | None) -> list[Subscription]:
    """Those that listen to one of the types, and bear the name or a part of it."""
    chosen = [s for s in found if name is None or name in s.name]
    chosen = [s for s in chosen if not types or set(types) & set(s.pattern.get("detail-type", types))]
    if not chosen:
        raise CliError(
            f"No consumer{f' named {name}' if name else ''} listens to {', '.join(types) or 'anything'}.",
            hint="consumers: " + ", ".join(s.name.removeprefix("stadion-") for s in found),
        )
    return chosen


def archive_arn(target: Target) -> str:
    """The archive of our bus, whatever CloudFormation called it."""
    bus = target.aws.events.describe_event_bus(Name=target.bus)["Arn"]
    archives = target.aws.events.list_archives(EventSourceArn=bus)["Archives"]
    if not archives:
        raise CliError(f"The bus {target.bus} has no archive.", hint="stadion up")
    names = [archive["ArchiveName"] for archive in archives]
    name = ARCHIVE if ARCHIVE in names else names[0]
    return bus.partition(":event-bus/")[0] + f":archive/{name}"
