"""What promos do with a consent: `tests/platform/integration/test_withdrawals.py`."""

from collections.abc import Callable
from typing import Final

from stadion.events.accounts import ConsentKind
from tests.kit.consents import consent
from tests.kit.services import ATHLETE, Service, sqs_event
from tests.kit.withdrawals import Withdrawal

HEARS: Final = "athletes/on_account_events"
LASTS: Final = {"starts_at": "2026-01-01T00:00:00Z", "ends_at": "2099-01-01T00:00:00Z"}


def _launched(promos: Service) -> None:
    from tests.promos.world import launch

    launch(promos, **LASTS)


def _issues(kind: ConsentKind) -> Callable[[Service], bool]:
    def is_done(promos: Service) -> bool:
        from tests.promos.world import admin

        body = {"user_id": ATHLETE, "run_id": f"run-{len(promos.items())}", "channel": kind.value}
        answer = admin(promos, "POST", "/winter-shoes/offers", body)
        assert answer.status in {200, 201, 409, 403, 422}, answer.body
        return answer.status in {200, 201}

    return is_done


def _chooses(promos: Service) -> bool:
    """For a campaign."""
    from promos.athletes import store

    promos.enter()
    return store.athlete(ATHLETE).may_be_marketed()


def _marketed(promos: Service) -> None:
    promos.invoke(HEARS, sqs_event(consent(ConsentKind.MARKETING_PUSH)))
    _launched(promos)


def _counts(promos: Service) -> bool:
    from tests.promos.world import issue

    offer = issue(promos, run_id=f"run-{len(promos.items())}")
    promos.call("POST", f"/v1/promos/{offer['offer_id']}/view")
    told = [one["detail"]["data"]["offer"]["offer_id"] for one in promos.published("PromoViewed")]
    return offer["offer_id"] in told


MARKETING: Final = (ConsentKind.MARKETING_PUSH, ConsentKind.MARKETING_EMAIL, ConsentKind.MARKETING_SMS)
WITHDRAWALS: Final = (
    *(Withdrawal(kind, HEARS, "issues an offer for the channel", _issues(kind), _launched) for kind in MARKETING),
    *(Withdrawal(kind, HEARS, "chooses the athlete for a campaign", _chooses) for kind in MARKETING),
    Withdrawal(ConsentKind.ANALYTICS, HEARS, "counts that an offer was seen", _counts, _marketed),
)
