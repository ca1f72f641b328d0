"""Consumers that post to one ledger at the same time, in any order of their requests."""

from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from stadion.change import Change
from stadion.ledger import Ledger, Notes, Outcome
from stadion.postings import AccountChanges, Posting
from stadion.retry import retry_on_conflict
from tests.kit.interleaving import ORDERS, interleaved
from tests.kit.memory import memory
from tests.layer.unit.test_ledger import (
    CONTRIBUTIONS,
    NEWS,
    SOURCES,
    Contribution,
    News,
    Versions,
    posted,
    recomputed,
    without_zeros,
)

ACCOUNTS = ["shoes", "bike", "chain"]


@st.composite
def histories(draw: st.DrawFn) -> tuple[Versions, list[Posting]]:
    """A version says the same whenever it comes; some come twice."""
    known: dict[tuple[str, int], Contribution] = draw(
        st.dictionaries(st.tuples(SOURCES, st.integers(1, 3)), CONTRIBUTIONS, min_size=2, max_size=3)
    )
    versions: Versions = {}
    for (source, version), contribution in known.items():
        versions.setdefault(source, {})[version] = contribution
    postings = [Posting(source, version, contribution) for (source, version), contribution in known.items()]
    return versions, [*postings, *draw(st.lists(st.sampled_from(postings), max_size=1))]


@given(history=histories(), order=ORDERS)
@settings(max_examples=150)
def test_any_order_of_looks_and_writes_gives_the_recomputed_totals(
    history: tuple[Versions, list[Posting]], order: list[int]
) -> None:
    versions, postings = history
    ledger = Ledger("USER#1")
    with memory() as table:
        posts = [partial(retry_on_conflict, partial(posted, ledger, posting)) for posting in postings]

        interleaved(table, posts, order)

        assert without_zeros(ledger.accounts(ACCOUNTS)) == recomputed(versions)


@given(history=histories(), order=ORDERS)
@settings(max_examples=80)
def test_each_movement_is_told_once_whoever_comes_between(
    history: tuple[Versions, list[Posting]], order: list[int]
) -> None:
    _, postings = history
    ledger = Ledger("USER#1")

    def post(number: int, posting: Posting) -> Outcome:
        def react(change: Change, _: AccountChanges) -> Notes:
            change.put(NEWS, News(number=number), new=False)
            return {}

        return retry_on_conflict(lambda: posted(ledger, posting, react=react))

    with memory() as table:
        outcomes = interleaved(table, [partial(post, *one) for one in enumerate(postings)], order)

        assert len(table.stored("news")) == len(outcomes) - outcomes.count(Outcome.STALE)
