"""The proof of the event backbone: duplicates, disorder, crashes between steps and crowds change no total.

A thousand workouts live through corrections and deletions; every event reaches its consumers one to three times, in
random order, in several environments at once that are killed, cut off and throttled at random.
`make test SEED=…` repeats a run's decisions, not how its processes interleave.
"""

import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import boto3
import pytest

from stadion import clock
from tests.kit.consents import consent
from tests.kit.services import STANDING_TABLE, create_table
from tests.kit.size import SEED as SEED_OF_RUN
from tests.kit.size import sized
from tests.kit.stack import bare_emulator
from tests.platform.e2e.faults import truth
from tests.platform.e2e.faults.environment import Entry
from tests.platform.e2e.faults.fleet import Fleet, at_once, fleet
from tests.platform.e2e.faults.world import Fields, World

pytestmark = pytest.mark.long

WORKOUTS = sized(small=200, large=1000)
SEED = f"{SEED_OF_RUN:08x}"
SERVICES = ("workouts", "inventory", "gamification", "notifications")


@dataclass
class Aftermath:
    """The world, the services' tables and the fleets, when everything has settled."""

    world: World
    endpoint: str
    fleets: dict[str, Fleet]
    delivered: Counter[str] = field(default_factory=Counter)

    @cached_property
    def items(self) -> dict[str, list[Fields]]:
        """Service -> its items."""
        client = boto3.client("dynamodb", endpoint_url=self.endpoint)
        return {service: _items(client, each.table) for service, each in self.fleets.items()}

    @cached_property
    def standing(self) -> dict[str, list[Fields]]:
        """Athlete -> the last versions of the workouts that were not deleted."""
        workouts: dict[str, list[Fields]] = {athlete: [] for athlete in self.world.athletes}
        last = truth.standing(self.world.lives)
        for life in self.world.lives:
            if life.workout_id in last:
                workouts[life.user_id].append(last[life.workout_id])
        return workouts

    def of(self, service: str, athlete: str, kind: str) -> list[Fields]:
        """Items of a kind in the athlete's partition."""
        return [item for item in self.items[service] if (item["pk"], item["kind"]) == (f"USER#{athlete}", kind)]

    def accounts(self, athlete: str) -> dict[str, dict[str, int]]:
        """Of the ledger of play: name -> totals."""
        found = self.of("gamification", athlete, "account")
        return {item["sk"].removeprefix("ACCOUNT#"): item["body"]["totals"] for item in found}

    def published(self, service: str, detail_type: str, athlete: str) -> list[Fields]:
        """The data of the events in a service's outbox."""
        details = [entry["detail"] for entry in _outbox(self.items[service]) if entry["detail_type"] == detail_type]
        return [detail["data"] for detail in details if detail["user_id"] == athlete]

    def ask(self, service: str, athlete: str, path: str) -> Any:
        said = self.fleets[service].ask(athlete, "GET", path)
        assert said.status == 200, said
        return said.body


def _items(client: Any, table: str) -> list[Fields]:
    pages = client.get_paginator("scan").paginate(TableName=table)
    raw = [item for page in pages for item in page["Items"]]
    return [
        {
            "pk": item["pk"]["S"],
            "sk": item["sk"]["S"],
            "kind": item.get("kind", {}).get("S"),
            "revision": int(item.get("revision", {}).get("N", 0)),
            "body": json.loads(item.get("body", {}).get("S", "null")),
        }
        for item in raw
    ]


def _outbox(items: list[Fields]) -> list[Entry]:
    return [item["body"] for item in items if item["kind"] == "outbox"]


def entries(client: Any, table: str, *detail_types: str) -> list[Entry]:
    return [entry for entry in _outbox(_items(client, table)) if entry["detail_type"] in detail_types]


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aftermath]:
    with ExitStack() as running, pytest.MonkeyPatch.context() as patch:
        emulator = running.enter_context(bare_emulator(tmp_path_factory.mktemp("faults")))
        for name, value in {
            "AWS_ENDPOINT_URL": emulator.url,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "POWERTOOLS_LOG_LEVEL": "CRITICAL",
        }.items():
            patch.setenv(name, value)
        fleets = {}
        create_table(STANDING_TABLE)
        for service in SERVICES:
            create_table(f"faults-{service}")
            fleets[service] = running.enter_context(fleet(service, f"faults-{service}", emulator.url, workers=2))
        after = Aftermath(World.make(seed=SEED, workouts=WORKOUTS, now=clock.now()), emulator.url, fleets)
        started = time.monotonic()
        everything_happens(after)
        _tell(after, time.monotonic() - started)
        yield after


def everything_happens(after: Aftermath) -> None:
    world, fleets, delivered = after.world, after.fleets, after.delivered
    client = boto3.client("dynamodb", endpoint_url=after.endpoint)
    add_gear(after, late=False)
    agreements = [consent(user=athlete) for athlete in world.athletes]
    delivered["agreements"] = fleets["workouts"].consume("athletes/on_account_events", agreements, SEED)
    fleets["workouts"].live(world.lives, SEED)
    facts = entries(client, fleets["workouts"].table, "WorkoutRecorded", "WorkoutCorrected", "WorkoutDeleted")
    delivered["facts"] = len(facts)
    set_goals(after)
    delivered["inventory"], delivered["gamification"] = at_once(
        lambda: fleets["inventory"].consume("on_workout_events", facts, SEED),
        lambda: play(after, client, list(map(as_play_is_told, facts))),
    )
    add_gear(after, late=True)
    assigned = entries(client, fleets["inventory"].table, "GearAssigned")
    requests = [
        entry
        for service in ("inventory", "gamification")
        for entry in entries(client, fleets[service].table, "NotificationRequested")
    ]
    half = len(requests) // 2
    delivered["assigned"], delivered["requests"] = at_once(
        lambda: fleets["workouts"].consume("on_gear_assigned", assigned, SEED),
        lambda: fleets["notifications"].consume("on_notification_requests", requests[:half], SEED),
    )
    for athlete in world.athletes[::2]:
        said = fleets["notifications"].ask(athlete, "POST", "/v1/notifications/read", seed=f"{SEED}:{athlete}")
        assert said.status == 204
    delivered["requests"] += fleets["notifications"].consume("on_notification_requests", requests[half // 2 :], SEED)


def as_play_is_told(entry: Entry) -> Entry:
    """Some of what was typed in here comes as if it had been recorded: else nobody is on a board."""
    workout = entry["detail"]["data"].get("workout")
    if workout is None or not truth.is_recorded(workout["workout_id"]):
        return entry
    recorded = {**workout, "origin": "upload"}
    return {**entry, "detail": {**entry["detail"], "data": {**entry["detail"]["data"], "workout": recorded}}}


def play(after: Aftermath, client: Any, facts: list[Entry]) -> int:
    """In two halves; the stream of the scores shows what they were after each."""
    gamification, half = after.fleets["gamification"], len(facts) // 2
    came = gamification.consume("on_workout_events", facts[:half], f"{SEED}:1")
    images = [images_of_scores(client, gamification.table)]
    came += gamification.consume("on_workout_events", facts[half:], f"{SEED}:2")
    images.append(images_of_scores(client, gamification.table))
    after.delivered["images"] = gamification.read_stream("boards/on_score_changes", images, SEED)
    return came


def images_of_scores(client: Any, table: str) -> list[Fields]:
    pages = client.get_paginator("scan").paginate(TableName=table)
    items = [item for page in pages for item in page["Items"] if item.get("kind", {}).get("S") == "board_scores"]
    return [
        {
            "eventName": "MODIFY",
            "dynamodb": {
                "Keys": {"pk": item["pk"], "sk": item["sk"]},
                "NewImage": item,
                "ApproximateCreationDateTime": time.time(),
            },
        }
        for item in items
    ]


GOALS = {"distance": 40_000, "workouts": 5, "xp": 400}


def set_goals(after: Aftermath) -> None:
    for athlete in after.world.athletes:
        for metric, target in GOALS.items():
            for period in ("week", "month"):
                goal_id = str(uuid5(NAMESPACE_OID, f"{metric}:{period}"))
                goal = {"metric": metric, "period": period, "target": target}
                path, seed = f"/v1/gamification/goals/{goal_id}", f"{SEED}:{goal_id}"
                said = after.fleets["gamification"].ask(athlete, "PUT", path, goal, seed=seed)
                assert said.status in {200, 201}, said


def add_gear(after: Aftermath, *, late: bool) -> None:
    for athlete, locker in after.world.gear.items():
        for piece in locker:
            if piece.late == late:
                new = {**piece.new, "gear_id": piece.gear_id}
                assert after.fleets["inventory"].ask(athlete, "POST", "/v1/gear", new).status == 201


def _tell(after: Aftermath, seconds: float) -> None:
    seen = sum((each.seen for each in after.fleets.values()), Counter[str]())
    print(
        f"\nseed {SEED}: {len(after.world.lives)} workouts of {len(after.world.athletes)} athletes in {seconds:.0f} s"
    )
    print("  delivered: " + ", ".join(f"{name} {count}" for name, count in after.delivered.items()))
    print("  " + ", ".join(f"{name} {count}" for name, count in seen.most_common()))


# --- the diary ------------------------------------------------------------------------------------------------------


def test_every_version_of_every_workout_was_published_once(after: Aftermath) -> None:
    published = defaultdict(list)
    for entry in _outbox(after.items["workouts"]):
        data = entry["detail"]["data"]
        facts = data.get("workout", data)
        published[facts["workout_id"]].append(facts["revision"])
    assert {workout_id: sorted(revisions) for workout_id, revisions in published.items()} == {
        life.workout_id: list(range(1, life.revisions + 1)) for life in after.world.lives
    }


def test_the_diary_is_what_the_athletes_wrote(after: Aftermath) -> None:
    for athlete, workouts in after.standing.items():
        stored = {item["body"]["workout_id"]: item["body"] for item in after.of("workouts", athlete, "workout")}
        assert stored.keys() == {workout["workout_id"] for workout in workouts}
        for workout in workouts:
            found = stored[workout["workout_id"]]
            sent = {name: value for name, value in workout.items() if name not in {"started_at", "best_efforts"}}
            assert {name: found.get(name) for name in sent} == sent
            assert bool(found["flags"]) == truth.is_flagged(workout)


def test_the_diary_knows_the_default_gear_that_wore(after: Aftermath) -> None:
    for athlete, workouts in after.standing.items():
        stored = {item["body"]["workout_id"]: item["body"] for item in after.of("workouts", athlete, "workout")}
        for workout in workouts:
            if workout["gear_ids"] is None:
                worn = truth.worn_gear(workout, after.world.gear[athlete])
                assert stored[workout["workout_id"]]["assigned_gear_ids"] == worn, workout


# --- gear -----------------------------------------------------------------------------------------------------------


def test_gear_and_components_wore_what_the_last_versions_say(after: Aftermath) -> None:
    for athlete, workouts in after.standing.items():
        stored = {
            item["sk"].removeprefix("ACCOUNT#GEAR#").replace("#COMPONENT#", "/"): item["body"]["totals"]
            for item in after.of("inventory", athlete, "account")
        }
        assert truth.without_zeros(stored) == truth.gear_totals(workouts, after.world.gear[athlete])


def test_the_gear_api_tells_the_same(after: Aftermath) -> None:
    for athlete, workouts in after.standing.items():
        totals = truth.gear_totals(workouts, after.world.gear[athlete])
        listed = after.ask("inventory", athlete, "/v1/gear")["items"]
        shown = {gear["gear_id"]: (gear["distance_m"], gear["time_s"], gear["sessions"]) for gear in listed}
        assert shown == {
            piece.gear_id: tuple(
                totals.get(piece.gear_id, {}).get(measure, 0) for measure in ("distance_m", "time_s", "sessions")
            )
            for piece in after.world.gear[athlete]
        }


def test_each_crossing_of_a_threshold_is_news_once(after: Aftermath) -> None:
    """Crossings are numbered without a gap, agree with what is remembered, and the athlete hears of the higher ones."""
    for athlete in after.world.athletes:
        told = after.published("inventory", "GearWearReached", athlete)
        crossed: dict[tuple[str, str | None], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for news in told:
            assert news["used"] >= news["limit"] * news["threshold_percent"] / 100
            crossed[news["gear_id"], news["component_id"]][str(news["threshold_percent"])].append(news["crossing"])
        for item in after.of("inventory", athlete, "account"):
            gear_id, _, component_id = item["sk"].removeprefix("ACCOUNT#GEAR#").partition("#COMPONENT#")
            numbered = crossed.pop((gear_id, component_id or None), {})
            remembered = item["body"]["notes"].get("crossed", {})
            assert {key: sorted(numbers) for key, numbers in numbered.items()} == {
                key: list(range(1, count + 1)) for key, count in remembered.items()
            }
        assert not crossed
        requests = [request["request_id"] for request in after.published("inventory", "NotificationRequested", athlete)]
        worth_telling = {
            f"gear-wear:{n['gear_id']}:{n['component_id'] or 'whole'}:{n['threshold_percent']}:{n['crossing']}"
            for n in told
            if n["threshold_percent"] >= 80
        }
        assert len(requests) == len(set(requests))
        assert set(requests) <= worth_telling


def test_what_is_reached_is_remembered_right(after: Aftermath) -> None:
    for athlete in after.world.athletes:
        shown = {gear["gear_id"]: gear for gear in after.ask("inventory", athlete, "/v1/gear")["items"]}
        for item in after.of("inventory", athlete, "account"):
            gear_id, _, component_id = item["sk"].removeprefix("ACCOUNT#GEAR#").partition("#COMPONENT#")
            parts = {part["component_id"]: part for part in shown[gear_id]["components"]}
            wear = (parts[component_id] if component_id else shown[gear_id])["wear"]
            reached = max([step for step in (50, 80, 100) if 100 * wear["used"] >= step * wear["limit"]], default=0)
            assert item["body"]["notes"]["reached"] == reached


# --- XP, levels, records --------------------------------------------------------------------------------------------


def test_xp_is_what_the_last_versions_earn_day_by_day_and_in_all(after: Aftermath) -> None:
    for athlete, workouts in after.standing.items():
        stored = {sk: totals["xp"] for sk, totals in after.accounts(athlete).items() if sk.startswith(("DAY#", "XP"))}
        days = {f"DAY#{day}": xp for day, xp in truth.days_xp(workouts).items()}
        total = truth.total_xp(workouts)
        assert {sk: xp for sk, xp in stored.items() if xp} == days | ({"XP": total} if total else {})
        progress = after.ask("gamification", athlete, "/v1/gamification/progress")
        assert (progress["xp"], progress["level"]) == (total, truth.level_of(total))


def test_each_grant_starts_where_another_ended(after: Aftermath) -> None:
    """The grants are one walk from 0 to the total: each was applied exactly once."""
    for athlete, workouts in after.standing.items():
        grants = after.published("gamification", "XpGranted", athlete)
        before = Counter(grant["total"] - grant["amount"] for grant in grants)
        ended = Counter(grant["total"] for grant in grants)
        assert before + Counter([truth.total_xp(workouts)]) == ended + Counter([0])


def test_each_level_was_announced_once_when_it_was_first_reached(after: Aftermath) -> None:
    for athlete in after.world.athletes:
        highest = max((grant["total"] for grant in after.published("gamification", "XpGranted", athlete)), default=0)
        levels = [event["level"] for event in after.published("gamification", "LevelReached", athlete)]
        assert sorted(levels) == list(range(2, truth.level_of(highest) + 1))


def test_records_are_the_best_of_what_is_left(after: Aftermath) -> None:
    for athlete, workouts in after.standing.items():
        listed = after.ask("gamification", athlete, "/v1/gamification/records")["items"]
        shown = {entry["record"]: (entry["elapsed_time_s"], entry["workout_id"]) for entry in listed}
        assert shown == truth.records(workouts)


def test_each_record_was_announced_from_a_version_that_there_was(after: Aftermath) -> None:
    offered = {life.workout_id: {e["elapsed_time_s"] for e in life.best_efforts} for life in after.world.lives}
    for athlete in after.world.athletes:
        for record in after.published("gamification", "PersonalRecordSet", athlete):
            assert record["elapsed_time_s"] in offered[record["workout_id"]]
            assert record["previous_time_s"] is None or record["previous_time_s"] >= record["elapsed_time_s"]


# --- streaks, goals, achievements, boards -----------------------------------------------------------------------------


def test_streaks_know_the_days_of_what_is_left(after: Aftermath) -> None:
    for athlete, workouts in after.standing.items():
        days: Counter[date] = Counter()
        for name, starts in after.accounts(athlete).items():
            if name.startswith("STREAKS#"):
                monday = date.fromisoformat(name.removeprefix("STREAKS#"))
                for measure, count in starts.items():
                    days[monday + timedelta(days=int(measure[0]) - 1)] += count
        assert {day: count for day, count in days.items() if count} == truth.active_days(workouts)


def test_goals_count_what_is_left(after: Aftermath) -> None:
    for athlete, workouts in after.standing.items():
        named = {
            name.removeprefix("GOALS#"): totals
            for name, totals in after.accounts(athlete).items()
            if name.startswith("GOALS#")
        }
        assert truth.without_zeros(named) == truth.goal_days(workouts)
        goals = after.ask("gamification", athlete, "/v1/gamification/goals")["items"]
        assert len(goals) == 2 * len(GOALS)
        for goal in goals:
            progress = goal["progress"]
            counted = truth.within(workouts, progress["first_day"], progress["last_day"])
            expected = {
                "distance": sum(workout["distance_m"] or 0 for workout in counted),
                "workouts": len(counted),
                "xp": truth.total_xp(counted),
            }
            assert progress["value"] == pytest.approx(expected[goal["metric"]], abs=0.01), goal


def test_achievements_are_those_of_what_is_left(after: Aftermath) -> None:
    for athlete, workouts in after.standing.items():
        of_award = {
            (body["rule_id"], body["occurrence"], body["level"]): body
            for body in (item["body"] for item in after.of("gamification", athlete, "achievement_award"))
        }
        held = {unit for unit, body in of_award.items() if body["holds"]}
        simple = {"workouts", "hours", "sports", "active_week"}
        assert {unit for unit in held if unit[0] in simple} == truth.awards(workouts)
        for name in simple:
            shown = after.ask("gamification", athlete, f"/v1/gamification/achievements/{name}")
            assert shown["times_earned"] == sum(unit[0] == name for unit in held)


def test_each_achievement_was_told_of_in_turns(after: Aftermath) -> None:
    """Earned, taken back, earned, and in the end as it stands. Another workout that earns it is a revision of its own,
    of which nobody is told."""
    for athlete in after.world.athletes:
        told: dict[tuple[str, str, int], dict[int, bool]] = defaultdict(dict)
        for detail_type in ("AchievementUnlocked", "AchievementRevoked"):
            for event in after.published("gamification", detail_type, athlete):
                unit = (event["achievement_id"], event["occurrence"], event["level"])
                assert event["revision"] not in told[unit], event
                told[unit][event["revision"]] = detail_type == "AchievementUnlocked"
        for item in after.of("gamification", athlete, "achievement_award"):
            body = item["body"]
            turns = told.pop((body["rule_id"], body["occurrence"], body["level"]))
            assert max(turns) <= item["revision"]
            in_turns = [turns[revision] for revision in sorted(turns)]
            assert in_turns == [n % 2 == 0 for n in range(len(turns))]
            assert body["holds"] == in_turns[-1]
        assert not told


def test_scores_of_boards_are_those_of_what_was_recorded_and_is_left(after: Aftermath) -> None:
    for athlete, workouts in after.standing.items():
        stored = {
            item["sk"].removeprefix("BOARDS#"): {
                key.removeprefix("global|"): score for key, (score, _) in item["body"]["scores"].items() if score
            }
            for item in after.of("gamification", athlete, "board_scores")
        }
        assert {period: found for period, found in stored.items() if found} == truth.board_scores(workouts)


def test_boards_equal_a_sort_of_all_scores(after: Aftermath) -> None:
    scores = {athlete: truth.board_scores(workouts) for athlete, workouts in after.standing.items()}
    periods = {period for found in scores.values() for period in found}
    for period in sorted(periods):
        for key in sorted({key for found in scores.values() for key in found.get(period, {})}):
            standing = {athlete: found.get(period, {}).get(key, 0) for athlete, found in scores.items()}
            expected = truth.ranked(standing.values())
            family, _, metric = key.partition("|")
            for athlete, score in list(standing.items())[:2]:
                board = after.ask("gamification", athlete, f"/v1/leaderboards/global.{family}.{metric}.{period}")
                assert [(line["rank"], line["score"]) for line in board["items"]] == expected
                assert (board["me"] or {"score": 0})["score"] == score
                assert board["total"] == len(expected)


# --- notifications --------------------------------------------------------------------------------------------------


def test_the_inbox_has_each_requested_message_once(after: Aftermath) -> None:
    """But for those whose place a later one took."""
    for athlete in after.world.athletes:
        requests = [
            request
            for service in ("inventory", "gamification")
            for request in after.published(service, "NotificationRequested", athlete)
        ]
        replaced = {request_id for request in requests for request_id in request["replaces"]}
        requested = [request["request_id"] for request in requests]
        standing = [request_id for request_id in requested if request_id not in replaced]
        unread, read = (
            sorted(note["body"]["request_id"] for note in after.of("notifications", athlete, kind))
            for kind in ("unread", "read")
        )
        kept = replaced.intersection(read)  # whoever has read a message keeps it
        assert sorted([*unread, *read]) == sorted([*standing, *kept])
        assert not replaced.intersection(unread)
        told = [event["request_id"] for event in after.published("notifications", "NotificationDelivered", athlete)]
        assert len(told) == len(set(told))
        assert set(standing) <= set(told) <= set(requested)


def test_the_unread_count_is_the_number_of_unread_messages(after: Aftermath) -> None:
    for athlete in after.world.athletes:
        unread = len(after.of("notifications", athlete, "unread"))
        assert after.ask("notifications", athlete, "/v1/notifications/unread-count") == {"unread_count": unread}


def test_chaos_was_really_there(after: Aftermath) -> None:
    """The proof is worth something only when each kind of fault hit each consumer."""
    for service in ("workouts", "inventory", "gamification"):
        kinds = {"killed_before", "killed_after", "unreachable", "answer_lost", "throttled", "in_conflict"}
        assert kinds <= after.fleets[service].seen.keys()
    assert all(len([w for w in workouts if w["best_efforts"]]) for workouts in after.standing.values())
