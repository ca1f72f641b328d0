"""A leaderboard while real rides come in: who stood there before, and where the new athlete stands after each."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from local.demo.client import Athlete, Client, eventually

BOARD: Final = "global.all.distance.ever"
WELCOME: Final = "welcome_week"
"""Three workouts in a week: an achievement with a reward."""
VERAS: Final = ("4078723797.fit", "2020-06-01-16-52-40.fit")
CHRIS_RUNS: Final = "3173437224.tcx"


@dataclass(frozen=True)
class Place:
    """Where somebody stands, and after what."""

    after: str
    rank: int | None
    of: int
    score: str | None

    @classmethod
    def shown(cls, board: dict[str, Any], after: str) -> "Place":
        me = board["me"]
        return cls(after, me["rank"] if me else None, board["total"], me["score_text"] if me else None)


@dataclass
class Climb:
    """Of one athlete on one board."""

    athlete: Athlete
    places: list[Place]
    score: int = 0

    @classmethod
    def begin(cls, athlete: Athlete) -> "Climb":
        return cls(athlete, [Place.shown(_board(athlete, BOARD), "before")])

    def step(self, after: str, *, within_s: float) -> Place:
        """Once the board has counted what came."""

        def moved() -> dict[str, Any] | None:
            board = _board(self.athlete, BOARD)
            return board if board["me"] and board["me"]["score"] > self.score else None

        board = eventually(moved, within_s=within_s, every_s=0.2)
        self.score = board["me"]["score"]
        self.places.append(Place.shown(board, after))
        return self.places[-1]

    def told(self) -> dict[str, Any]:
        board = _board(self.athlete, BOARD)
        return {
            "title": board["board"]["title"],
            "places": [asdict(one) for one in self.places],
            "lines": board["items"],
        }


def rivals(door: Client, folder: Path, *, within_s: float) -> None:
    """Vera rides, is of age and shows her name; Chris runs and shows none."""
    vera, chris = Athlete.register(door, "Vera"), Athlete.register(door, "Chris")
    vera.call("PATCH", "/v1/me", {"birth_date": "1990-05-17"}, if_match="*")
    vera.call("PUT", "/v1/leaderboards/me", {"shown": "named", "name": "Vera"})
    for file in VERAS:
        vera.upload(folder / file, time_zone="Europe/Moscow")
    chris.upload(folder / CHRIS_RUNS)
    eventually(lambda: _board(chris, BOARD)["total"] >= 2, within_s=within_s, every_s=0.2)
    eventually(lambda: _has_name(chris, "Vera"), within_s=within_s, every_s=0.2)


def _has_name(athlete: Athlete, name: str) -> bool:
    return any(line["name"] == name for line in _board(athlete, BOARD)["items"])


def _board(athlete: Athlete, board: str) -> dict[str, Any]:
    found: dict[str, Any] = athlete.call("GET", f"/v1/leaderboards/{board}", accept_language="en")
    return found


def earned(athlete: Athlete, *, within_s: float) -> dict[str, Any]:
    """The achievement that has a reward, and the reward."""

    def look() -> dict[str, Any] | None:
        shown: dict[str, Any] = athlete.call("GET", f"/v1/gamification/achievements/{WELCOME}", accept_language="en")
        rewards = [one for one in athlete.get("/v1/gamification/rewards")["items"] if one["reason"] == "achievement"]
        return {"achievement": shown, "rewards": rewards} if rewards else None

    return eventually(look, within_s=within_s, every_s=0.2)
