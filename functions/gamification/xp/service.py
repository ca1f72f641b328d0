"""Use cases: a workout moves XP."""

from dataclasses import dataclass
from typing import Any

from gamification.athletes import service as athletes
from gamification.base.domain import Burst, Facts, Source, day_of, in_burst, joined
from gamification.base.effort import ABSOLUTE
from gamification.base.store import ledger
from gamification.rewards import service as rewards
from gamification.rewards.domain import Claim
from gamification.xp import store
from gamification.xp.domain import LEVELS, TOTAL, Level, Score, capped, contribution, level_at, score
from stadion.change import Change
from stadion.events.envelope import Event
from stadion.events.gamification import LevelReached, XpGranted
from stadion.events.notifications import NotificationRequested
from stadion.ledger import Notes, Outcome
from stadion.postings import AccountChange, AccountChanges, Posting
from stadion.retry import retry_on_conflict
from stadion.rewards import REWARDS


@dataclass(frozen=True)
class Moved:
    outcome: Outcome
    xp: int = 0
    level: int | None = None


def apply(source: Source) -> Moved:
    return retry_on_conflict(lambda: _post_xp(source))


def _post_xp(source: Source) -> Moved:
    known = store.known(source.user_id, source.workout_id)
    new = _score(source, known.scored.value)
    events: list[Event] = []

    def react(moved: AccountChanges) -> Notes:
        if TOTAL not in moved:
            return {}
        found, notes = _grant(source, moved[TOTAL], change)
        events.extend(found)
        change.publish(*found)
        return {TOTAL: notes}

    posting = Posting(source.workout_id, source.revision, contribution(new) if new is not None else {})
    with Change(source.user_id, source.now) as change:
        outcome = ledger(source.user_id).post(change, posting, derive=capped, react=react)
        if outcome is not Outcome.STALE:
            store.keep_score(change, source.user_id, known.scored, new, _heart_rate(source))
            store.keep_facts(change, known.facts, _facts(source, new))
    if outcome is Outcome.STALE and not known.is_whole:
        _write_down(source, known)
    xp = next((event.amount for event in events if isinstance(event, XpGranted)), 0)
    level = max((event.level for event in events if isinstance(event, LevelReached)), default=None)
    return Moved(outcome, xp=xp, level=level)


def _score(source: Source, before: store.Scored | None) -> Score | None:
    """By the athlete's own zones on the workout's day, as they are known now. A version that says the same of heart
    and day keeps its effort: another name moves no XP, whatever was measured meanwhile."""
    workout = source.workout
    if workout is None:
        return None
    if before is not None and (before.day, before.heart_rate_bpm) == (day_of(workout), _heart_rate(source)):
        return score(workout, effort=before.effort)
    has_heart_rate = workout.average_heart_rate_bpm is not None
    return score(workout, athletes.zones_on(source.user_id, day_of(workout)) if has_heart_rate else ABSOLUTE)


def _heart_rate(source: Source) -> float | None:
    return source.workout.average_heart_rate_bpm if source.workout is not None else None


def _facts(source: Source, scored: Score | None) -> Facts | None:
    if source.workout is None or scored is None:
        return None
    return Facts.of(source.workout, occurred_at=source.occurred_at or source.now, xp=scored.xp)


def _write_down(source: Source, known: store.Known) -> None:
    """What was counted before scores and facts were kept, until 2026-12: a replay writes down why. It was counted by
    the same steps for everybody."""
    entry = store.entry(source.user_id, source.workout_id)
    if source.workout is None or entry.value is None or entry.value.revision != source.revision:
        return
    before = known.scored.value
    with Change(source.user_id, source.now) as change:
        change.check(entry)
        counted = score(source.workout, effort=before.effort if before is not None else None)
        if before is None:
            store.keep_score(change, source.user_id, known.scored, counted, _heart_rate(source))
        if known.facts.value is None:
            store.keep_facts(change, known.facts, _facts(source, counted))


def _grant(source: Source, moved: AccountChange, change: Change) -> tuple[list[Event], dict[str, Any]]:
    """The total moved: say so. A workout that is news announces each level that is reached for the first time, also
    those that older workouts reached in silence, and asks for one message about the highest. Rewards begin with the
    news, too; once they have begun they come and go with their levels."""
    total = moved.after["xp"]
    events: list[Event] = [XpGranted(workout_id=source.workout_id, amount=moved.moved("xp"), total=total)]
    notes = {name: int(moved.notes.get(name, 1)) for name in ("announced_level", "rewarded_level")}
    told = {name: moved.notes[name] for name in ("level_burst",) if name in moved.notes}
    before, current = level_at(moved.before.get("xp", 0)), level_at(total)
    rewards.settle(change, source.user_id, _claims(before, current, notes["rewarded_level"], source.is_news))
    if not source.is_news:
        return events, notes | told
    new_levels = LEVELS[notes["announced_level"] : current.level]
    events.extend(LevelReached(level=level.level, reward=level.reward) for level in new_levels)
    if new_levels:
        known = Burst.model_validate(told["level_burst"]) if told else None
        rewarded = [level.reward for level in new_levels if level.reward is not None]
        burst = joined(known, f"level:{current.level}", source.now, rewarded[-1] if rewarded else None)
        told = {"level_burst": burst.model_dump(mode="json")}
        events.append(_level_news(current.level, burst))
    return events, {name: max(level, current.level) for name, level in notes.items()} | told


def _claims(before: Level, after: Level, rewarded: int, is_news: bool) -> list[Claim]:
    """Of the levels that were gained or lost, and with news of those whose reward has not begun."""
    low, high = min(before.level, after.level), max(before.level, after.level)
    if is_news:
        low = min(low, rewarded)
    return [
        Claim(f"level:{level.level}", "level", level.reward, holds=level.level <= after.level, may_begin=is_news)
        for level in LEVELS[low:high]
        if level.reward is not None
    ]


def _level_news(level: int, burst: Burst) -> NotificationRequested:
    """With the words of the highest reward that comes with it."""
    reward = burst.reward
    asked: dict[str, Any] = {**in_burst(burst), "about": {"level": str(level)}}
    if reward is None:
        return NotificationRequested(template="level_reached", values={"level": level}, **asked)
    values = {"level": level, "reward": vars(REWARDS[reward].title)}
    return NotificationRequested(template="level_reached_with_reward", values=values, **asked)
