"""Tells those who watch a live workout what they may see of it now."""

from stadion.events.consumer import Consumed
from stadion.work import worker
from telemetry.live.audience import service
from telemetry.live.audience.work import Push


def tell(push: Push) -> Consumed:
    return Consumed("told", {"watchers": service.push(push, push.now)})


handler = worker(tell, kind=Push)
