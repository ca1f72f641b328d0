"""The safeguards of the layer that are taken out, one at a time. ADR 6 names the first ones."""

from typing import Final

from tests.mutants.engine import Mutant

LEDGER = ("tests/layer/unit/test_ledger.py",)
RECORDS = ("tests/layer/unit/test_records.py",)

MUTANTS: Final = (
    Mutant(
        "a sensor that fell silent speaks on",
        "stadion.training.holding:held_s",
        "_longest_s(step_s)",
        "np.inf",
        ("tests/layer/unit/training/test_holding.py",),
    ),
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
        "what is new is written over what is there",
        "stadion.change:Change.put",
        "absent() if new else None",
        "None",
        RECORDS,
    ),
    Mutant(
        "what was read is written over whatever came between",
        "stadion.change:Change.replace",
        "seen.unchanged",
        "None",
        RECORDS,
    ),
    Mutant(
        "what a decision relied on may have changed meanwhile",
        "stadion.change:Change.check",
        "self.require(seen.place, seen.unchanged, refused=refused)",
        "pass",
        RECORDS,
    ),
    Mutant(
        "a block that failed is written all the same",
        "stadion.change:Change.__exit__",
        "if kind is None",
        "if True",
        RECORDS,
    ),
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
        "stadion.http:Exchange.claims",
        'claims.get("token_use") != "access" or ',
        "",
        ("tests/platform/integration/test_hostile_requests.py", "tests/accounts/integration"),
    ),
    Mutant(
        "an athlete is let in where admins sign",
        "stadion.http:AdminRoutes.signer",
        '"jwt" in context or not context.get("iam")',
        "False",
        ("tests/promos/offers/integration/test_promos.py",),
    ),
    Mutant(
        "what was sent is looked at before the signature",
        "stadion.http:AdminRoutes.route",
        "[self._check_signature, *VALIDATION, *more]",
        "[*VALIDATION, self._check_signature, *more]",
        ("tests/layer/unit/test_http.py", "tests/platform/unit/test_admin_routes.py"),
    ),
    Mutant(
        "a weak tag is good enough for an edit",
        "stadion.http:_without_variant",
        "tag.strip(chr(34))",
        "tag.removeprefix(WEAK).strip(chr(34))",
        ("tests/layer/unit/test_http.py",),
    ),
    Mutant(
        "an older profile moves a copy back",
        "stadion.athletes:_profile",
        " or revision <= known.revision",
        "",
        ("tests/layer/unit/test_athletes.py", "tests/telemetry/metrics/integration/test_metrics.py"),
    ),
    Mutant(
        "an older consent overrules a newer one",
        "stadion.athletes:merge_consent",
        "known is not None and known.revision >= news.revision",
        "False",
        ("tests/layer/unit/test_athletes.py",),
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
        "stadion.http:Exchange.claims",
        ' or not claims.get("sub")',
        "",
        ("tests/platform/integration/test_hostile_requests.py",),
    ),
)
