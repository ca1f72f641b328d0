"""The safeguards of notifications that are taken out, one at a time: `make mutants`."""

from typing import Final

from tests.mutants.engine import Mutant

MUTANTS: Final = (
    Mutant(
        "a request for a message is taken twice",
        "notifications.dispatch.store:claim_request",
        ", refused=_requested_before)",
        ", new=False)",
        ("tests/notifications/integration",),
    ),
    Mutant(
        "an offer rings without a consent",
        "notifications.dispatch.gate:_never",
        "is_offer and not wishes.consents & MARKETING_CONSENT[case.channel]",
        "False",
        ("tests/notifications/dispatch/unit",),
    ),
    Mutant(
        "the last minute of the night is loud",
        "notifications.quiet_hours:next_open",
        "return ends",
        "return ends - MINUTE",
        ("tests/notifications/unit",),
    ),
    Mutant(
        "one offer more than the cap",
        "notifications.dispatch.gate:_is_capped",
        ">= cap.most",
        "> cap.most",
        ("tests/notifications/dispatch/unit",),
    ),
    Mutant(
        "a message whose sending broke off rings again",
        "notifications.dispatch.service:_abandoned",
        "delivery.kind is MessageKind.TRANSACTIONAL",
        "True",
        ("tests/notifications/integration",),
    ),
    Mutant(
        "a message is sent before its hour",
        "notifications.dispatch.service:_claimed",
        "delivery.due_at is not None and delivery.due_at > now",
        "False",
        ("tests/notifications/integration/messages/test_waiting.py",),
    ),
    Mutant(
        "an offer from before today's form is told in English alone",
        "notifications.templates:by_language",
        'if f"{name}_ru" in texts',
        "if False",
        ("tests/notifications/unit",),
    ),
    Mutant(
        "an SMS is as long as its text",
        "notifications.dispatch.sms:_fits",
        "<= MOST_PARTS",
        "<= 99",
        ("tests/notifications/integration/messages/test_words_on_their_way.py",),
    ),
    Mutant(
        "a short way out ends whatever somebody wrote into it",
        "notifications.links:_short_unsubscription",
        'if not any(hmac.compare_digest(one, token["signature"]) for one in said):',
        "if False:",
        ("tests/notifications/integration/messages/test_words_on_their_way.py",),
    ),
)
