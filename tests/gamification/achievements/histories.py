"""Diaries with versions, told in any order and any number of times."""

from hypothesis import strategies as st

from gamification.base.domain import Facts
from stadion.sports import SportType
from tests.gamification.achievements.books import facts

Told = tuple[str, int, Facts | None]
"""Workout, revision, and what is in it; None: deleted."""

VERSIONS = st.fixed_dictionaries(
    {
        "hours": st.sampled_from([0, 1, 5, 24, 49, 24 * 6, 24 * 9, 24 * 35, 24 * 40]),
        "sport_type": st.sampled_from([SportType.RUN, SportType.RIDE, SportType.TRAIL_RUN, SportType.YOGA]),
        "distance_m": st.sampled_from([None, 3000.0, 5000.4, 12_000.0]),
        "ascent_m": st.sampled_from([None, 40.0, 160.0]),
        "country": st.sampled_from([None, "RU", "GE"]),
        "time_zone": st.sampled_from(["Europe/Moscow", "Pacific/Kiritimati", "America/Los_Angeles"]),
        "counts": st.sampled_from([True, True, True, False]),
        "efforts": st.sampled_from([{}, {"5k": 1390.0}]),
    }
)


@st.composite
def histories(draw: st.DrawFn, workouts: int = 7) -> list[Told]:
    """Each version of each workout, in any order, one to three times."""
    told: list[Told] = []
    for number in range(draw(st.integers(1, workouts))):
        name = f"w-{number}"
        versions = draw(st.lists(st.one_of(VERSIONS, VERSIONS, st.none()), min_size=1, max_size=3))
        for revision, fields in enumerate(versions, 1):
            one: Told = (name, revision, facts(name, revision, **fields) if fields is not None else None)
            told += [one] * draw(st.integers(1, 2))
    return draw(st.permutations(told))


def diary(told: list[Told]) -> list[Facts]:
    """What is in it in the end: the newest version of each workout."""
    newest: dict[str, Told] = {}
    for one in told:
        if one[0] not in newest or newest[one[0]][1] < one[1]:
            newest[one[0]] = one
    return [facts for _, _, facts in newest.values() if facts is not None]
