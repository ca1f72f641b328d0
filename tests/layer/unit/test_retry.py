import pytest

from stadion import retry
from stadion.errors import RequestInProgressError, StaleVersionError
from stadion.retry import Policy, WriteConflictError, retry_on_conflict

NO_PAUSE = Policy(attempts=4, base_s=0.0)


@pytest.mark.parametrize("conflicts", [0, 1, 3])
def test_a_write_is_tried_until_nobody_comes_between(conflicts: int) -> None:
    calls: list[int] = []

    def write() -> str:
        calls.append(1)
        if len(calls) <= conflicts:
            raise WriteConflictError
        return "written"

    assert retry_on_conflict(write, NO_PAUSE) == "written"
    assert len(calls) == conflicts + 1


def test_a_conflict_that_never_ends_is_said_to_be_in_progress() -> None:
    def write() -> None:
        raise WriteConflictError

    with pytest.raises(RequestInProgressError) as told:
        retry_on_conflict(write, NO_PAUSE)

    assert isinstance(told.value.__cause__, WriteConflictError)


def test_a_stale_version_is_tried_again_only_where_no_client_could_look_again() -> None:
    calls: list[int] = []

    def write() -> None:
        calls.append(1)
        raise StaleVersionError

    with pytest.raises(StaleVersionError):
        retry_on_conflict(write, NO_PAUSE)
    once = len(calls)
    with pytest.raises(RequestInProgressError):
        retry_on_conflict(write, NO_PAUSE, also=(StaleVersionError,))

    assert (once, len(calls) - once) == (1, NO_PAUSE.attempts)


def test_pauses_are_anything_up_to_twice_the_one_before_and_end_at_the_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    longest: list[float] = []
    monkeypatch.setattr(retry.JITTER, "uniform", lambda low, high: longest.append(high) or low)

    tried = list(Policy(attempts=6, base_s=0.1, max_s=0.5).tries(lambda seconds: None))

    assert tried == [0, 1, 2, 3, 4, 5]
    assert longest == [0.1, 0.2, 0.4, 0.5, 0.5]


def test_however_often_is_not_too_often_to_reckon_with() -> None:
    assert sum(1 for _ in Policy(attempts=2000, base_s=0.01).tries(lambda seconds: None)) == 2000


def test_a_policy_tries_at_least_once() -> None:
    with pytest.raises(ValueError, match="less than once"):
        Policy(attempts=0, base_s=0.01)
