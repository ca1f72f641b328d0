"""Rewards that are offers: a grant brings one, what is taken back takes it along."""

from promos.rewards import service
from promos.rewards.domain import Entitlement
from stadion import clock
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.gamification import RewardGranted, RewardRevoked
from stadion.rewards import RewardKind

handler = Consumer()


@handler.on(RewardGranted, RewardRevoked)
def offer(envelope: Envelope[RewardGranted | RewardRevoked]) -> Consumed:
    event = envelope.data
    if event.kind != RewardKind.OFFER:
        return Consumed("no offer", {"reward": event.reward})
    news = Entitlement(
        user_id=envelope.user_id,
        earned_by=event.earned_by,
        reward=event.reward,
        reason=event.reason,
        heard=event.revision,
        holds=isinstance(event, RewardGranted),
        since=envelope.occurred_at,
    )
    return Consumed(service.know(news, clock.now()), {"reward": event.reward})
