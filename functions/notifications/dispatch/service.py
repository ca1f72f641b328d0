"""Use case: one message by one channel, sent once.

The gate is asked at the moment of sending. Before the provider is called, the delivery is claimed; after it, what the
provider said is kept. A crash in between leaves a claim that nobody ended: nobody knows whether the message went out.
What an athlete must know is sent again then; what they merely might like is not.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from notifications.deliveries import store as delivery_store
from notifications.deliveries.domain import MAX_ATTEMPTS, MAX_ATTEMPTS_OF_OURS, OPEN, Delivery, DeliveryState, backoff
from notifications.dispatch import store
from notifications.dispatch.gate import Decision, Verdict
from notifications.dispatch.providers import PROVIDERS, RefusedError, TryLaterError
from notifications.dispatch.request_service import count_against_caps, delivered, failed, into_inbox, judged
from notifications.dispatch.store import Standing
from notifications.dispatch.work import Send
from notifications.inbox.domain import Notification
from notifications.values import ChannelName, MessageKind, Reason
from stadion.change import Change
from stadion.events.notifications import TemplateName
from stadion.observability import count
from stadion.records import Stored
from stadion.retry import JITTER, retry_on_conflict

CLAIM_LASTS = timedelta(minutes=2)
MAX_PARTS = 50
DIGEST = TemplateName("digest")
ADDRESS_COMES_WITHIN = timedelta(minutes=5)
ASK_AGAIN = timedelta(seconds=30)
"""A new athlete's welcome may be asked for before their address is known here."""


class StillClaimedError(Exception):
    """This very message was being sent when its worker ended or fell silent; look again later."""


def send(work: Send, now: datetime) -> str:
    """The state that the delivery ended in; repeats change nothing."""
    claimed = retry_on_conflict(lambda: _claimed(work, now))
    if isinstance(claimed, str):
        return claimed
    delivery, standing = claimed
    try:
        provider_ids = PROVIDERS[delivery.channel](delivery, standing)
    except TryLaterError as error:
        return _settle(work, now, partial(_later, now=now, error=error))
    except RefusedError as error:
        return _settle(work, now, partial(_refused, now=now, reason=error.reason))
    return _settle(work, now, lambda known: known.became(DeliveryState.SENT, now, provider_ids=provider_ids))


def _claimed(work: Send, now: datetime) -> "tuple[Delivery, Standing] | str":
    stored = delivery_store.read(work.user_id, work.notification_id, work.channel)
    delivery = stored.value
    if delivery is None:
        return "unknown"
    if delivery.state is DeliveryState.SENDING:
        return _abandoned(work, delivery, stored, now)
    if delivery.state not in OPEN:
        return delivery.state.value
    if delivery.due_at is not None and delivery.due_at > now:
        return DeliveryState.DEFERRED.value
    return _judge(work, delivery, stored, now)


def _judge(
    work: Send, delivery: Delivery, stored: Stored[Delivery], now: datetime
) -> "tuple[Delivery, Standing] | str":
    standing = store.standing(work.user_id)
    with Change(work.user_id, now) as change:
        if delivery.channel is ChannelName.INBOX:
            became = into_inbox(delivery, standing, change)
        else:
            decision, standing = judged(delivery, standing, now)
            became = _claim_or_hold(work, delivery, decision, standing, change)
        delivery_store.put(change, became, stored)
    return (became, standing) if became.state is DeliveryState.SENDING else became.state.value


def _claim_or_hold(work: Send, delivery: Delivery, decision: Decision, standing: Standing, change: Change) -> Delivery:
    if decision.verdict is not Verdict.SEND:
        return _held(delivery, decision, change)
    count_against_caps(delivery, standing, change)
    return delivery.became(
        DeliveryState.SENDING, change.now, attempts=delivery.attempts + 1, due_at=None, claimed_by=work.send_id
    )


def _held(delivery: Delivery, decision: Decision, change: Change) -> Delivery:
    reason, now = decision.reason.value, change.now
    if decision.verdict is Verdict.DEFER:
        return delivery.became(DeliveryState.DEFERRED, now, reason=reason, due_at=decision.until)
    if decision.verdict is Verdict.DIGEST and decision.until is not None:
        _gather(delivery, decision.until, change)
        return delivery.became(DeliveryState.DIGESTED, now, reason=reason, due_at=decision.until)
    if decision.reason is Reason.NO_ADDRESS and now - delivery.message.created_at < ADDRESS_COMES_WITHIN:
        return delivery.became(DeliveryState.DEFERRED, now, reason=reason, due_at=now + ASK_AGAIN)
    suppressed = delivery.became(DeliveryState.SUPPRESSED, now, reason=reason)
    change.publish(failed(suppressed))
    return suppressed


def _gather(delivery: Delivery, due: datetime, change: Change) -> None:
    """Into the digest of this kind and channel that goes out then."""
    message = delivery.message
    digest_id = f"digest-{delivery.kind.value}-{due:%Y%m%dT%H%M}"
    stored = delivery_store.read(message.user_id, digest_id, delivery.channel)
    known = stored.value
    if known is None:
        about = Notification(
            notification_id=digest_id,
            user_id=message.user_id,
            request_id=digest_id,
            template=DIGEST,
            created_at=change.now,
            correlation_id=message.correlation_id,
        )
        fresh = Delivery(message=about, channel=delivery.channel, kind=delivery.kind)
        known = fresh.became(DeliveryState.DEFERRED, change.now, reason="digest", due_at=due)
    gathered = known.model_copy(update={"parts": [*known.parts, message][-MAX_PARTS:]})
    delivery_store.put(change, gathered, stored)


def _abandoned(work: Send, delivery: Delivery, stored: Stored[Delivery], now: datetime) -> str:
    if now - delivery.log[-1].at < CLAIM_LASTS:
        if delivery.claimed_by != work.send_id:
            return DeliveryState.SENDING.value  # left twice: the other message answers for it
        raise StillClaimedError
    with Change(work.user_id, now) as change:
        if delivery.kind is MessageKind.TRANSACTIONAL:
            ended = delivery.became(DeliveryState.DEFERRED, now, reason="claim_abandoned", due_at=now)
        else:
            ended = delivery.became(DeliveryState.FAILED, now, reason="outcome_unknown")
            change.publish(failed(ended))
        delivery_store.put(change, ended, stored)
    return ended.state.value


def _refused(delivery: Delivery, *, now: datetime, reason: str) -> Delivery:
    return delivery.became(DeliveryState.FAILED, now, reason=reason)


def _later(delivery: Delivery, *, now: datetime, error: TryLaterError) -> Delivery:
    if delivery.attempts >= (MAX_ATTEMPTS_OF_OURS if error.is_ours else MAX_ATTEMPTS):
        return _refused(delivery, now=now, reason=error.reason)
    due = now + backoff(delivery.attempts, JITTER.random())
    return delivery.became(DeliveryState.DEFERRED, now, reason=error.reason, due_at=due)


def _settle(work: Send, now: datetime, end: Callable[[Delivery], Delivery]) -> str:
    """Keeps what the provider said."""

    def write() -> str:
        stored = delivery_store.read(work.user_id, work.notification_id, work.channel)
        known = stored.value
        if known is None or known.state is not DeliveryState.SENDING:
            return known.state.value if known is not None else "unknown"
        ended = end(known)
        with Change(work.user_id, now) as change:
            delivery_store.put(change, ended, stored)
            if ended.state is DeliveryState.SENT:
                change.publish(delivered(ended))
                count("NotificationDelivered")
            if ended.state is DeliveryState.FAILED:
                change.publish(failed(ended))
                count("NotificationFailed")
        return ended.state.value

    return retry_on_conflict(write)
