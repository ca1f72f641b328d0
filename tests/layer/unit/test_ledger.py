"""The ledger against a plain recomputation: any versions, any duplication, any order, any interleaving."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from moto import mock_aws
from pydantic import BaseModel

from gamification.xp.domain import TOTAL, XP_PER_DAY, capped
from stadion.change import Change
from stadion.ledger import Ledger, Notes, Outcome, no_derivation
from stadion.postings import AccountChanges, Amounts, Posting
from stadion.records import Records, Stored
from stadion.retry import WriteConflictError, retry_on_conflict
from tests.kit.memory import memory
from tests.kit.services import Service, service_environment

NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
Contribution = dict[str, dict[str, int]]
Versions = dict[str, dict[int, Contribution]]

SOURCES = st.sampled_from(["workout-1", "workout-2", "workout-3"])
AMOUNTS = st.dictionaries(st.sampled_from(["distance_m", "sessions"]), st.integers(-5, 900), max_size=2)
CONTRIBUTIONS = st.dictionaries(st.sampled_from(["shoes", "bike", "chain"]), AMOUNTS, max_size=3)
POSTINGS = st.tuples(SOURCES, st.integers(1, 9), CONTRIBUTIONS)
DAYS = st.dictionaries(
    st.sampled_from(["DAY#1", "DAY#2"]), st.fixed_dictionaries({"xp": st.integers(1, 400)}), max_size=1
)
HISTORIES = st.dictionaries(SOURCES, st.dictionaries(st.integers(1, 5), CONTRIBUTIONS, min_size=1), min_size=1)
XP_HISTORIES = st.dictionaries(SOURCES, st.dictionaries(st.integers(1, 5), DAYS, min_size=1), min_size=1)


class News(BaseModel):
    """What a reaction writes."""

    number: int
    moved: dict[str, dict[str, int]] = {}


NEWS = Records(News, kind="news", pk="NEWS#{number}", sk="NEWS")
THINGS = Records(News, kind="thing", pk="USER#1", sk="THING")


def posted(
    ledger: Ledger,
    posting: Posting,
    *,
    derive: Callable[[AccountChanges], Mapping[str, Amounts]] = no_derivation,
    react: Callable[[Change, AccountChanges], Notes] = lambda _, __: {},
) -> Outcome:
    with Change("1", NOW) as change:
        return ledger.post(change, posting, derive=derive, react=lambda changes: react(change, changes))


def recomputed(versions: Versions) -> dict[str, dict[str, int]]:
    """The newest version of every source, added up."""
    totals: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for history in versions.values():
        for name, amounts in history[max(history)].items():
            for measure, amount in amounts.items():
                totals[name][measure] += amount
    return without_zeros(totals)


def without_zeros(totals: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    kept = {name: {key: value for key, value in amounts.items() if value} for name, amounts in totals.items()}
    return {name: amounts for name, amounts in kept.items() if amounts}


@st.composite
def deliveries(draw: st.DrawFn, histories: st.SearchStrategy[Versions]) -> tuple[Versions, list[Posting]]:
    """Versions, and a disordered delivery of each of them, one to three times."""
    versions = draw(histories)
    postings = [
        Posting(source, version, contribution)
        for source, history in versions.items()
        for version, contribution in history.items()
        for _ in range(draw(st.integers(1, 3)))
    ]
    return versions, draw(st.permutations(postings))


@given(given=deliveries(HISTORIES))
def test_any_order_and_any_duplication_gives_the_recomputed_totals(
    given: tuple[Versions, list[Posting]],
) -> None:
    versions, postings = given
    ledger = Ledger("USER#1")
    with memory():
        for posting in postings:
            posted(ledger, posting)
        assert without_zeros(ledger.accounts(["shoes", "bike", "chain"])) == recomputed(versions)


@given(given=deliveries(XP_HISTORIES))
def test_a_derived_account_follows_the_accounts_it_is_derived_from(
    given: tuple[Versions, list[Posting]],
) -> None:
    with memory():
        assert_days_and_capped_total(*given)


@given(given=deliveries(HISTORIES))
def test_what_a_reaction_writes_is_written_with_its_movement_or_not_at_all(
    given: tuple[Versions, list[Posting]],
) -> None:
    """The movements that reactions saw add up to the totals: each applied posting reacted exactly once."""
    versions, postings = given

    def react(change: Change, changes: AccountChanges) -> Notes:
        moved = {name: {measure: one.moved(measure) for measure in one.after} for name, one in changes.items()}
        change.put(NEWS, News(number=store.commits, moved=moved))
        return {}

    with memory() as store:
        outcomes = [posted(Ledger("USER#1"), posting, react=react) for posting in postings]
        news = [item.body["moved"] for item in store.stored("news")]
    assert len(news) == len(outcomes) - outcomes.count(Outcome.STALE)
    added: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for moved in news:
        for name, amounts in moved.items():
            for measure, amount in amounts.items():
                added[name][measure] += amount
    assert without_zeros(added) == recomputed(versions)


class Interleaved(RuleBasedStateMachine):
    """Versions come late, twice, and in the middle of one another's look and write; notes count what happened."""

    @initialize()
    def empty(self) -> None:
        self.borrowed = ExitStack()
        self.memory = self.borrowed.enter_context(memory())
        self.ledger = Ledger("USER#1")
        self.applied: Versions = {}
        self.known: Versions = defaultdict(dict)
        self.reactions = 0

    @rule(source=SOURCES, version=st.integers(1, 9), contribution=CONTRIBUTIONS)
    def arrives(self, source: str, version: int, contribution: Contribution) -> None:
        self._post(self._version(source, version, contribution))

    @rule(source=SOURCES, version=st.integers(1, 9))
    def is_deleted(self, source: str, version: int) -> None:
        self._post(self._version(source, version, {}))

    @rule(
        one=SOURCES, other=SOURCES, versions=st.tuples(*[st.integers(1, 9)] * 2), both=st.tuples(*[CONTRIBUTIONS] * 2)
    )
    def one_comes_between_another(
        self, one: str, other: str, versions: tuple[int, int], both: tuple[Contribution, Contribution]
    ) -> None:
        outer = self._version(one, versions[0], both[0])
        inner = self._version(other, versions[1], both[1])
        self._post(outer, meanwhile=inner)

    @invariant()
    def totals_are_recomputed(self) -> None:
        assert without_zeros(self.ledger.accounts(["shoes", "bike", "chain"])) == recomputed(self.applied)

    @invariant()
    def every_movement_was_noted_once(self) -> None:
        noted = sum(int(item.body["notes"].get("reactions", 0)) for item in self.memory.stored("account"))
        assert noted == self.reactions

    def teardown(self) -> None:
        self.borrowed.close()

    def _version(self, source: str, version: int, contribution: Contribution) -> Posting:
        """A version of a source says the same whenever it comes."""
        return Posting(source, version, self.known[source].setdefault(version, contribution))

    def _post(self, posting: Posting, meanwhile: Posting | None = None) -> None:
        between = [meanwhile] if meanwhile is not None else []
        touched: list[int] = []

        def react(_: Change, changes: AccountChanges) -> Notes:
            if between:
                self._post(between.pop())
            touched[:] = [len(changes)]
            return {name: {"reactions": change.notes.get("reactions", 0) + 1} for name, change in changes.items()}

        outcome = retry_on_conflict(lambda: posted(self.ledger, posting, react=react))
        history = self.applied.setdefault(posting.source_id, {})
        assert (outcome is Outcome.STALE) == (max(history, default=0) >= posting.version)
        if outcome is not Outcome.STALE:
            history[posting.version] = self.known[posting.source_id][posting.version]
            self.reactions += touched[0]


TestInterleaved = Interleaved.TestCase
TestInterleaved.settings = settings(max_examples=60, stateful_step_count=25)


def test_what_a_decision_relied_on_must_still_be_so() -> None:
    posting = Posting("workout-1", 1, {"shoes": {"sessions": 1}})
    ledger = Ledger("USER#1")

    def relying_on(thing: Stored[News]) -> Outcome:
        def react(change: Change, _: AccountChanges) -> Notes:
            change.check(thing)
            return {}

        return posted(ledger, posting, react=react)

    with memory():
        before = THINGS.read()
        with Change("1", NOW) as change:
            change.replace(before, News(number=1))
        with pytest.raises(WriteConflictError):
            relying_on(before)
        assert ledger.accounts(["shoes"]) == {}
        relying_on(THINGS.read())
        assert ledger.accounts(["shoes"]) == {"shoes": {"sessions": 1}}


def test_an_older_version_that_looked_before_a_newer_one_wrote_changes_nothing() -> None:
    """It touches no account, so that its entry alone can tell."""
    older, newer = Posting("workout-1", 1, {}), Posting("workout-1", 2, {"shoes": {"sessions": 1}})
    ledger = Ledger("USER#1")

    def meanwhile(_: Change, __: AccountChanges) -> Notes:
        posted(ledger, newer)
        return {}

    with memory():
        with pytest.raises(WriteConflictError):
            posted(ledger, older, react=meanwhile)

        assert posted(ledger, newer) is Outcome.STALE
        assert ledger.accounts(["shoes"]) == {"shoes": {"sessions": 1}}


@settings(max_examples=12)
@given(given=deliveries(XP_HISTORIES))
def test_dynamodb_itself_agrees_with_the_store_of_these_tests(given: tuple[Versions, list[Posting]]) -> None:
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        service_environment(patch)
        Service.create("gamification", patch)
        assert_days_and_capped_total(*given)


def assert_days_and_capped_total(versions: Versions, postings: list[Posting]) -> None:
    ledger = Ledger("USER#1")
    for posting in postings:
        posted(ledger, posting, derive=capped)
    days = recomputed(versions)
    totals = without_zeros(ledger.accounts(["DAY#1", "DAY#2", TOTAL]))
    capped_total = sum(min(XP_PER_DAY, amounts["xp"]) for amounts in days.values())
    assert totals == without_zeros({**days, TOTAL: {"xp": capped_total}})
