"""Use case: a request becomes one message, in the inbox at once and on its way by the other channels."""

from collections.abc import Sequence
from datetime import datetime

from notifications import templates
from notifications.deliveries import store as delivery_store
from notifications.deliveries.domain import Delivery, DeliveryState
from notifications.dispatch import store
from notifications.dispatch.domain import case_of, channels_of, days_of_caps
from notifications.dispatch.gate import CAPS, Decision, Verdict, decide
from notifications.dispatch.store import AlreadyRequestedError, Standing
from notifications.dispatch.work import Send
from notifications.inbox.domain import Notification
from notifications.settings import MessageSettings
from notifications.values import ChannelName, MessageKind, Reason
from stadion import ids
from stadion.change import Change
from stadion.events.notifications import NotificationDelivered, NotificationFailed, NotificationRequested
from stadion.observability import count, log
from stadion.records import Stored
from stadion.retry import retry_on_conflict
from stadion.settings import load
from stadion.work import enqueue


def request(user_id: str, asked: NotificationRequested, now: datetime, *, correlation_id: str) -> dict[str, str]:
    """What became of it by channel. Safe to repeat, also after a crash between the write and the queue."""
    templates.check(asked.template, asked.values)
    message = Notification(
        notification_id=ids.new_id(),
        user_id=user_id,
        created_at=now,
        correlation_id=correlation_id,
        **asked.model_dump(exclude={"channels", "replaces"}),
    )
    wanted = channels_of(templates.kind_of(asked.template), asked.channels)
    try:
        deliveries = retry_on_conflict(lambda: _plan(message, wanted, asked.replaces, now))
        outcome = {delivery.channel.value: delivery.state.value for delivery in deliveries}
    except AlreadyRequestedError as repeated:
        deliveries = delivery_store.deliveries(user_id, repeated.notification_id)
        outcome = {delivery.channel.value: "repeated" for delivery in deliveries} or {"inbox": "repeated"}
    waiting = [delivery for delivery in deliveries if delivery.state is DeliveryState.QUEUED]
    if waiting:
        enqueue(load(MessageSettings).deliveries_queue, [Send.of(delivery, now) for delivery in waiting])
    return outcome


def _plan(message: Notification, wanted: list[ChannelName], replaces: list[str], now: datetime) -> list[Delivery]:
    standing, replaced = store.standing(message.user_id), store.replaced(message.user_id, replaces)
    with Change(message.user_id, now) as change:
        store.claim_request(change, message)
        store.claim_replaced(change, replaced)
        planned = [_planned(message, channel, standing, change, replaced.unread) for channel in wanted]
        planned += [_taken_over(old, message, wanted, change) for old in replaced.waiting]
    return [delivery for delivery in planned if delivery is not None]


def _taken_over(
    old: Stored[Delivery], message: Notification, wanted: Sequence[ChannelName], change: Change
) -> Delivery | None:
    """What still waits by a channel that rings says the newer message when its time comes, and the old one never."""
    waiting, now = old.value, change.now
    if waiting is None:
        return None
    ended = waiting.became(DeliveryState.SUPPRESSED, now, reason=Reason.REPLACED.value, due_at=None)
    delivery_store.put(change, ended, old)
    change.publish(failed(ended))
    if waiting.channel in wanted:
        return None
    new = Delivery(message=message, channel=waiting.channel, kind=waiting.kind, attempts=waiting.attempts)
    planned = new.became(waiting.state, now, reason=waiting.reason, due_at=waiting.due_at)
    delivery_store.put(change, planned, delivery_store.nothing_of(message, waiting.channel))
    return planned


def _planned(
    message: Notification, channel: ChannelName, standing: Standing, change: Change, instead_of: Sequence[Notification]
) -> Delivery | None:
    """None when the athlete cannot be reached so, which leaves no trace but a line in the log."""
    now = change.now
    delivery = Delivery(message=message, channel=channel, kind=templates.kind_of(message.template))
    must_reach = delivery.kind is MessageKind.TRANSACTIONAL  # the address may still be on its way
    if channel is not ChannelName.INBOX and address_of(channel, standing) is None and not must_reach:
        tell(delivery, Decision(Verdict.SUPPRESS, Reason.NO_ADDRESS))
        return None
    if message.not_before is not None and message.not_before > now:
        planned = delivery.became(DeliveryState.DEFERRED, now, reason="not_before", due_at=message.not_before)
    elif channel is ChannelName.INBOX:
        planned = into_inbox(delivery, standing, change, instead_of)
        if planned.state is DeliveryState.SENT:  # the message in the inbox says it all
            return planned
    else:
        planned = delivery.became(DeliveryState.QUEUED, now)
    delivery_store.put(change, planned, delivery_store.nothing_of(message, channel))
    return planned


def into_inbox(
    delivery: Delivery, standing: Standing, change: Change, instead_of: Sequence[Notification] = ()
) -> Delivery:
    """The inbox takes a message in the transaction itself, in place of unread ones; the caller keeps what became of
    it."""
    now = change.now
    decision, standing = judged(delivery, standing, now)
    if decision.verdict is Verdict.SUPPRESS:
        planned = delivery.became(DeliveryState.SUPPRESSED, now, reason=decision.reason.value)
        change.publish(failed(planned))
        return planned
    store.list_in_inbox(change, delivery.message, instead_of)
    change.publish(delivered(delivery))
    count_against_caps(delivery, standing, change)
    count("NotificationDelivered")
    return delivery.became(DeliveryState.SENT, now)


def judged(delivery: Delivery, standing: Standing, now: datetime) -> tuple[Decision, Standing]:
    """The gate's word, and what it was decided on."""
    kind, channel, message = delivery.kind, delivery.channel, delivery.message
    days = days_of_caps(standing.recipient, now)
    if (kind, channel) in CAPS and not delivery.is_counted:
        standing = store.with_counts(message.user_id, standing, kind, channel, days)
    case = case_of(
        kind,
        channel,
        standing.recipient,
        standing.preferences,
        address=address_of(channel, standing),
        expires_at=message.expires_at,
        sent=standing.counted(days),
        is_digest=bool(delivery.parts),
        now=now,
    )
    decision = decide(case, now)
    tell(delivery, decision)
    return decision, standing


def count_against_caps(delivery: Delivery, standing: Standing, change: Change) -> None:
    if (delivery.kind, delivery.channel) in CAPS and not delivery.is_counted:
        today = days_of_caps(standing.recipient, change.now)[0]
        store.count_sent(change, standing.counts[today])


def address_of(channel: ChannelName, standing: Standing) -> str | None:
    if channel is ChannelName.EMAIL:
        return standing.recipient.email
    if channel is ChannelName.SMS:
        return standing.recipient.proved_phone
    return standing.devices[0].endpoint if standing.devices else None


def tell(delivery: Delivery, decision: Decision) -> None:
    """The reason of every decision, by ids and names alone."""
    count(f"Gate{decision.verdict.value.title()}")
    log(
        "judged",
        notification_id=delivery.message.notification_id,
        request_id=delivery.message.request_id,
        template=delivery.message.template,
        channel=delivery.channel.value,
        verdict=decision.verdict.value,
        reason=decision.reason.value,
    )


def delivered(delivery: Delivery) -> NotificationDelivered:
    return NotificationDelivered(**_facts(delivery))


def failed(delivery: Delivery) -> NotificationFailed:
    return NotificationFailed(**_facts(delivery), reason=delivery.reason or "unknown")


def _facts(delivery: Delivery) -> dict[str, str | None]:
    message = delivery.message
    return {
        "notification_id": message.notification_id,
        "request_id": message.request_id,
        "channel": delivery.channel.value,
        "template": message.template,
        "campaign_id": message.campaign_id,
    }
