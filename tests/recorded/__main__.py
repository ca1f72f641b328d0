"""What the outside sees of Stadion, recorded: python -m tests.recorded take|compare

`take` runs the demo and the end-to-end tests on a stack of their own and writes `tests/recorded/set/`: answers by
operation and status, events, items by key, templates with their workflows, and one athlete's stored items. `compare`
does the same elsewhere and says what differs from the set, apart from what `changes.md` explains.
"""

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from infra_cdk.environments import LOCAL, PROD
from local.paths import HOME, ROOT
from tests.kit.environment import of_a_run
from tests.kit.stack import SHARED, DeployedStack, deployed_stack
from tests.kit.templates import in_process, kept
from tests.recorded import shapes, stored
from tests.run import Run

HERE: Final = Path(__file__).parent
SET: Final = HERE / "set"
CHANGES: Final = HERE / "changes.md"
OPENAPI: Final = ROOT / "contracts" / "openapi.json"

HASHES: Final = re.compile(r"[0-9a-f]{64}|(?<=[0-9A-F]{8})[0-9a-f]{32,40}")
"""Of an asset's content, and of a function's version, whose logical id ends in one."""

Recorded = dict[str, dict[str, Any]]


def take(folder: Path) -> Recorded:
    """A run of the end-to-end tests, the demo among them, and what is there after it."""
    answers = folder / "answers"
    answers.mkdir(parents=True)
    with deployed_stack(folder / "stack") as stack:
        environment = of_a_run() | {SHARED: f"{stack.emulator.port}:{folder / 'stack'}"}
        environment |= {"STADION_RECORDED": str(answers)}
        (stage,) = (stage for stage in Run(frozenset({"e2e"})).waiting())
        done = subprocess.run((*stage.command, "-p", "tests.recorded.answers"), cwd=ROOT, env=environment, check=False)
        if done.returncode:
            sys.exit("the end-to-end tests are not green: nothing is recorded")
        year = stored.take(stack)
        items, events = _items(stack)
    return {
        "answers": _answers(answers),
        "items": items,
        "events": events,
        "templates": dict(_resources()),
        "stored": year,
    }


OF_EVERY_ANSWER = {"ratelimit", "ratelimit-policy"}
"""Of a route that counts (`layer/integration/test_counting.py`): no difference of any one route."""


def _answers(folder: Path) -> dict[str, Any]:
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            answer = json.loads(line)
            if route := route_of(answer["path"]):
                found[f"{answer['method']} {route} {answer['status']}"].append(answer)
    return {
        name: {
            "content_types": sorted({answer["content_type"] for answer in answers}),
            "headers": sorted(set.intersection(*(set(answer["headers"]) for answer in answers)) - OF_EVERY_ANSWER),
            "body": shapes.merged(shapes.of(answer["body"]) for answer in answers),
        }
        for name, answers in sorted(found.items())
    }


def route_of(path: str) -> str:
    """The document's path that this one is, or its segments by kind; nothing for the emulator's own pages."""
    if (start := path.find("/v1/")) < 0:
        return ""
    path = path[start:] if not path[:start].endswith("/partner") else path[start - len("/partner") :]
    for template, pattern in _routes().items():
        if pattern.fullmatch(path):
            return template
    kinds = ((part, shapes.kind_of(part)) for part in path.split("/"))
    return "/".join(
        part if kind == "text" and re.fullmatch(r"[a-z0-9-]*", part) else f"<{kind}>" for part, kind in kinds
    )


def _routes() -> dict[str, re.Pattern[str]]:
    """The plainest first: `/v1/workouts/statistics` before `/v1/workouts/{workout_id}`."""
    paths = sorted(json.loads(OPENAPI.read_text(encoding="utf-8"))["paths"], key=lambda path: path.count("{"))
    return {path: re.compile(re.sub(r"\{\w+\}", "[^/]+", path)) for path in paths}


def _items(stack: DeployedStack) -> tuple[dict[str, Any], dict[str, Any]]:
    items: defaultdict[str, list[shapes.Shape]] = defaultdict(list)
    events: defaultdict[str, list[shapes.Shape]] = defaultdict(list)
    for table in stack.dynamodb.list_tables()["TableNames"]:
        for page in stack.dynamodb.get_paginator("scan").paginate(TableName=table):
            for raw in page["Items"]:
                item = {name: shapes.parsed(_plain(value)) for name, value in raw.items()}
                if item.get("kind") == "outbox":
                    entry = item["body"]
                    events[f"{entry['source']} {entry['detail_type']}"].append(shapes.of(entry["detail"]))
                key = f"{table} {shapes.key_of(raw['pk']['S'])} {shapes.key_of(raw['sk']['S'])}"
                known = {name: shapes.key_of(value) for name, value in item.items() if name.startswith("gsi1")}
                items[key].append(shapes.of({name: value for name, value in item.items() if name not in known}))
                items[key][-1]["fields"] |= {name: {"kinds": [value]} for name, value in known.items()}
    merged = {name: shapes.merged(found) for name, found in sorted(items.items())}
    return merged, {name: shapes.merged(found) for name, found in sorted(events.items())}


def _plain(value: dict[str, Any]) -> Any:
    """DynamoDB's `{"N": "1.5"}` is 1.5."""
    ((kind, found),) = value.items()
    return float(found) if kind == "N" else bytes(found) if kind == "B" else found


def _resources() -> Iterator[tuple[str, Any]]:
    """Each resource of the templates: its type, what it is called, and a digest of the rest without assets' hashes."""
    for environment in (LOCAL, PROD):
        for stack, template in kept(environment, in_process).templates.items():
            for logical_id, resource in sorted(template["Resources"].items()):
                text = HASHES.sub("<hash>", json.dumps(resource, sort_keys=True))
                named = {name: value for name, value in resource.get("Properties", {}).items() if name.endswith("Name")}
                digest = hashlib.sha256(text.encode()).hexdigest()[:16]
                yield (
                    f"{environment.name} {stack} {HASHES.sub('<hash>', logical_id)}",
                    [resource["Type"], named, digest],
                )


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Lines like `- events stadion.notifications NotificationRequested`."""
    for part in before.keys() - {"stored"}:
        for name in sorted(before[part].keys() | after[part].keys()):
            old, new = before[part].get(name), after[part].get(name)
            if old != new:
                sign = "-" if new is None else "+" if old is None else "~"
                yield f"{sign} {part} {name}"


def where(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """Where two shapes differ: `body/state/kinds: ["text"] -> ["null", "text"]`."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in sorted(old.keys() | new.keys()):
            yield from where(old.get(name), new.get(name), f"{path}/{name}".lstrip("/"))
    elif old != new:
        yield f"{path}: {json.dumps(old)[:200]} -> {json.dumps(new)[:200]}"


def explained() -> list[re.Pattern[str]]:
    """The patterns of `changes.md`: lines that begin with a pattern in backticks, and say why."""
    text = CHANGES.read_text(encoding="utf-8") if CHANGES.exists() else ""
    return [re.compile(found.replace("\\|", "|")) for found in re.findall(r"^\| `([^`]+)` \|", text, re.M)]


def write(recorded: Recorded) -> None:
    SET.mkdir(exist_ok=True)
    for part, content in recorded.items():
        (SET / f"{part}.json").write_text(_lines(content), encoding="utf-8")


def _lines(content: Mapping[str, Any]) -> str:
    """A line for each name, so that a difference is a line."""
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(value, sort_keys=True)}" for name, value in content.items())
    return f"{{\n{lines}\n}}\n"


def read() -> Recorded:
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(SET.glob("*.json"))}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.recorded", description=__doc__)
    parser.add_argument("what", choices=("take", "compare"))
    asked = parser.parse_args()
    HOME.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=HOME) as folder:
        recorded = take(Path(folder))
    if asked.what == "take":
        write(recorded)
        return 0
    patterns, before = explained(), read()
    found = [line for line in differences(before, recorded) if not any(pattern.search(line) for pattern in patterns)]
    for line in found:
        _, part, name = line.split(" ", 2)
        sys.stdout.write("\n  ".join([line, *where(before[part].get(name), recorded[part].get(name)), ""]).rstrip(" "))
    sys.stdout.write(f"{len(found)} differences that nothing explains\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
