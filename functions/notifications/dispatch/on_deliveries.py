"""Sends one message by one channel, or says why not."""

from notifications.dispatch import service
from notifications.dispatch.work import Send
from stadion.events.consumer import Consumed
from stadion.work import worker


def send(work: Send) -> Consumed:
    state = service.send(work, work.now)
    return Consumed(state, {"notification_id": work.notification_id, "channel": work.channel.value})


handler = worker(send, kind=Send)
