"""The safeguards that are taken out, one at a time, over all services. ADR 6 names the first ones."""

from typing import Final

from tests.mutants.engine import Mutant

LEDGER = ("tests/layer/unit/test_ledger.py",)
REDEMPTION = (
    "tests/promos/checkout/unit/test_redemption_model.py",
    "tests/promos/checkout/unit/test_redemption_interleavings.py",
)
PROMOS = tuple(f"tests/promos/{wing}/integration" for wing in ("athletes", "offers", "checkout"))

MUTANTS: Final = (
    # --- the backbone (ADR 6) ---
    Mutant(
        "an account is written over whatever came between",
        "stadion.ledger:Ledger.post",
        "change.replace(accounts[name], Account(",
        "change.put(accounts[name].place, new=False, value=Account(",
        LEDGER,
    ),
    Mutant(
        "a ledger entry is written over whatever came between",
        "stadion.ledger:Ledger.post",
        "change.replace(stored, Entry(",
        "change.put(place, new=False, value=Entry(",
        LEDGER,
    ),
    Mutant(
        "the same version counts twice",
        "stadion.ledger:Ledger.post",
        "stored.value.revision >= posting.version",
        "stored.value.revision > posting.version",
        LEDGER,
    ),
    Mutant(
        "an older version counts after a newer one",
        "stadion.ledger:Ledger.post",
        "stored.value.revision >= posting.version",
        "stored.value.revision == posting.version",
        LEDGER,
    ),
    Mutant(
        "the shelf of records is written over whatever came between",
        "gamification.store:write",
        "change.replace(shelf.stored, standing)",
        "change.put(shelf.stored.place, standing, new=False)",
        ("tests/platform/e2e/faults",),
    ),
    Mutant(
        "records of an older version replace those of a newer one",
        "gamification.store:Shelf.is_stale",
        "self.entry.value.revision >= revision",
        "self.entry.value.revision == revision",
        ("tests/gamification/integration",),
    ),
    Mutant(
        "of equal records the last one stands",
        "gamification.domain:Record.rank",
        ", self.started_at, self.workout_id",
        ", self.workout_id, self.started_at",
        ("tests/gamification/unit",),
    ),
    Mutant(
        "a request for a message is taken twice",
        "notifications.dispatch.store:claim_request",
        ", refused=_requested_before)",
        ", new=False)",
        ("tests/notifications/integration",),
    ),
    # --- what the layer promises everybody ---
    Mutant(
        "a request with the same key is done twice",
        "stadion.idempotency:remember",
        "transaction.put(item, free, refused=lambda raw: _answered_before(key, raw))",
        "transaction.put(item)",
        ("tests/workouts/integration/test_diary.py",),
    ),
    Mutant(
        "a key opens another request's answer",
        "stadion.idempotency:_answer_of",
        'body["digest"] != key.digest',
        "False",
        ("tests/workouts/integration/test_diary.py", "tests/inventory/integration/test_inventory.py"),
    ),
    Mutant(
        "an id token is taken for an access token",
        "stadion.http:Api.claims",
        'claims.get("token_use") != "access" or ',
        "",
        ("tests/platform/integration/test_hostile_requests.py", "tests/accounts/integration"),
    ),
    Mutant(
        "an athlete is let in where admins sign",
        "stadion.http:Api.signer",
        '"jwt" in context or "iam" not in context',
        "False",
        ("tests/promos/offers/integration/test_promos.py",),
    ),
    Mutant(
        "an older consent overrules a newer one",
        "stadion.consents:heard",
        "known is not None and known.revision >= news.revision",
        "False",
        ("tests/layer/unit/test_consents.py",),
    ),
    Mutant(
        "production lets an input say what time it is",
        "stadion.as_of:refuse_elsewhere",
        "settings().stage != LOCAL",
        "False",
        ("tests/platform/integration/test_time_is_an_argument.py",),
    ),
    Mutant(
        "a round moves everybody's clock",
        "stadion.tasks:Round._moves_nobody_elses_clock",
        "self.as_of is not None and self.only is None",
        "False",
        ("tests/platform/integration/test_time_is_an_argument.py",),
    ),
    Mutant(
        "production hurries its workflows",
        "stadion.tasks:TaskInput._waits_as_everywhere",
        "self.wait_scale is not None",
        "False",
        ("tests/platform/integration/test_time_is_an_argument.py",),
    ),
    Mutant(
        "a key of last year is still taken",
        "stadion.idempotency:remember",
        " | (Item.expires_at <= int(now.timestamp()))",
        "",
        ("tests/workouts/integration/test_diary.py",),
    ),
    Mutant(
        "a token that is nobody's opens something",
        "stadion.http:Api.claims",
        ' or not claims.get("sub")',
        "",
        ("tests/platform/integration/test_hostile_requests.py",),
    ),
    # --- accounts ---
    Mutant(
        "of two edits of one profile the last one wins",
        "accounts.store:revise_profile",
        "change.replace(PROFILES.seen(old), new, refused=StaleVersionError)",
        "change.put(PROFILES, new, new=False)",
        ("tests/accounts/integration",),
    ),
    Mutant(
        "a picture of any size is unpacked",
        "accounts.avatars.pictures:avatar_of",
        "picture.width * picture.height > MOST_PIXELS",
        "False",
        ("tests/accounts/avatars/unit",),
    ),
    # --- workouts ---
    Mutant(
        "two recordings of one ride at the same moment are two workouts",
        "workouts.store:Slots.write",
        "change.replace(stored, self.entries[hour])",
        "change.put(stored.place, self.entries[hour], new=False)",
        ("tests/workouts/integration/test_diary.py",),
    ),
    Mutant(
        "of two edits of one workout the last one wins",
        "workouts.store:revise",
        "change.replace(WORKOUTS.seen(old), new, refused=StaleVersionError)",
        "change.put(WORKOUTS, new, new=False)",
        ("tests/workouts/integration/test_diary.py",),
    ),
    # --- inventory ---
    Mutant(
        "of two edits of one piece of gear the last one wins",
        "inventory.store:revise",
        "change.replace(GEAR.seen(old), new, refused=StaleVersionError)",
        "change.put(GEAR, new, new=False)",
        ("tests/inventory/integration",),
    ),
    Mutant(
        "a pair that was worn is taken away as if it were new",
        "inventory.store:take",
        '(use.value or NOTHING).totals.get("sessions", 0) == 0',
        "True",
        ("tests/inventory/integration/test_purchases.py",),
    ),
    # --- telemetry ---
    Mutant(
        "two live sessions are open at once",
        "telemetry.live.sessions.store:create",
        "transaction.put(mark, absent(), refused=_is_open)",
        "transaction.put(mark)",
        ("tests/telemetry/live/integration/test_sessions.py",),
    ),
    Mutant(
        "an older profile moves the zones back",
        "telemetry.metrics.athletes.service:updated",
        "event.revision <= known.revision",
        "False",
        ("tests/telemetry/metrics/athletes/unit", "tests/telemetry/metrics/integration/test_metrics.py"),
    ),
    # --- promos ---
    Mutant(
        "a budget is taken from that is not there",
        "promos.offers.store:take",
        "& (BudgetItem.minor >= one.minor)",
        "",
        (*REDEMPTION, *PROMOS),
    ),
    Mutant(
        "a promo that was closed still gives",
        "promos.offers.store:take",
        "(BudgetItem.is_open == True)  # noqa: E712 - a condition of DynamoDB\n            & ",
        "",
        (*REDEMPTION, *PROMOS),
    ),
    Mutant(
        "an athlete uses a promo more often than they may",
        "promos.checkout.store:_count_use",
        "absent() | (Item.revision < most)",
        "absent() | (Item.revision <= most)",
        PROMOS,
    ),
    Mutant(
        "an athlete gets one promo's offer twice",
        "promos.offers.store:issue",
        "claim, refused=_issued_before)",
        "claim, new=False)",
        PROMOS,
    ),
    Mutant(
        "an offer goes out after the consent was withdrawn",
        "promos.offers.store:issue",
        "change.check(athlete)",
        "pass",
        ("tests/promos/offers/integration/test_issuing.py",),
    ),
    Mutant(
        "a reservation that holds is given back",
        "promos.checkout.service:_give_back",
        " or known.reserved_until > now",
        "",
        (*REDEMPTION, *PROMOS),
    ),
    Mutant(
        "two executions drive one run",
        "promos.campaigns.run.service:_open_run",
        "if timer.is_running(run.execution):",
        "if False:",
        ("tests/promos/campaigns/unit/test_claim_interleavings.py",),
    ),
    # --- notifications ---
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
        "min(end for end in _ends(now, zone, quiet) if end > now)",
        "min(end for end in _ends(now, zone, quiet) if end > now) - MINUTE",
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
    # --- partners ---
    Mutant(
        "a webhook is attempted before its hour",
        "partners.webhooks.service:attempt",
        "delivery.next_at is not None and delivery.next_at > now",
        "False",
        ("tests/partners/webhooks/integration/test_webhooks.py",),
    ),
    Mutant(
        "an id may end anywhere in what is signed",
        "partners.signatures:verify",
        '"." in headers[ID]',
        "False",
        ("tests/partners/unit/test_signatures.py",),
    ),
    Mutant(
        "a message that nobody signed is believed",
        "partners.signatures:verify",
        "Webhook(secret.value).verify(body, headers, json_parse=False)",
        "pass",
        ("tests/partners/integration/test_partners.py",),
    ),
    Mutant(
        "of two messages of one order at once one is lost",
        "partners.orders.store:save",
        "change.replace(ORDERS.seen(before), after)",
        "change.put(ORDERS, after, new=False)",
        ("tests/partners/integration/test_partners.py", "tests/partners/orders/unit"),
    ),
    Mutant(
        "more comes back than was bought",
        "partners.orders.domain:Order.returned",
        "quantity > bought[sku]",
        "False",
        ("tests/partners/orders/unit",),
    ),
    Mutant(
        "a webhook goes to an address inside",
        "partners.webhooks.destinations:find",
        "not addresses or not all(_is_public(address) for address in addresses)",
        "not addresses",
        ("tests/partners/webhooks/unit",),
    ),
)
