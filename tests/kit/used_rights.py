"""What functions asked of AWS in a run, beside what their templates let them do.

An action that nobody used is a right too many, or stands in `tests/platform/unused_rights.toml` with its reason. One
that was used and is not granted would fail on AWS: the emulator asks for no rights.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from tests.kit.templates import Synthesised

REASONS: Final = Path(__file__).resolve().parents[1] / "platform" / "unused_rights.toml"
BY_LAMBDA: Final = frozenset(
    {
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        "sqs:ReceiveMessage",
    }
)
"""What Lambda itself asks with the function's role: it reads queues and streams."""
UNSEEN: Final = ("kms:", "logs:", "xray:", "iam:PassRole")
"""What AWS's services ask on the way, of which the emulator knows nothing."""
PREFIX: Final = "stadion-"
NOWHERE: Final = "stadion-nowhere"
"""The table that a bad deployment looks for (`alone/test_dead_letters.py`)."""

Rights = Mapping[str, set[str]]
"""Function, without the product's name -> `action`, of DynamoDB `action table`."""


def used(folder: Path) -> Rights:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path in folder.glob("*.txt"):
        for line in path.read_text(encoding="utf-8").splitlines():
            function, action, arn = line.split("\t")
            found[function].add(_named(action, arn.removeprefix("table/").partition("/")[0]))
    return found


def granted(local: Synthesised) -> Rights:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for stack, template in local.templates.items():
        resources = template["Resources"]
        roles = {
            one["Properties"]["Role"]["Fn::GetAtt"][0]: one["Properties"]["FunctionName"].removeprefix(PREFIX)
            for one in resources.values()
            if one["Type"] == "AWS::Lambda::Function"
        }
        for _, policy in local.of_type("AWS::IAM::Policy", stack=stack):
            names = [roles[role["Ref"]] for role in policy["Roles"] if role.get("Ref") in roles]
            for statement in policy["PolicyDocument"]["Statement"]:
                if statement["Effect"] == "Allow":
                    for name in names:
                        found[name] |= set(_of(statement, resources))
    return found


def _of(statement: Mapping[str, Any], resources: Mapping[str, Any]) -> Iterator[str]:
    for action in _list(statement["Action"]):
        if action in BY_LAMBDA or action.startswith(UNSEEN):
            continue
        for table in {_table(one, resources) for one in _list(statement["Resource"])}:
            yield _named(action, table)


def _named(action: str, table: str) -> str:
    return f"{action} {table}" if action.startswith("dynamodb:") else action


def _table(resource: Any, resources: Mapping[str, Any]) -> str:
    """Its name: of the own stack by the logical id, of the platform's as it is."""
    text = str(resource)
    if named := PLATFORMS.search(text):
        return named[1]
    tables = {
        logical_id: str(one["Properties"]["TableName"])
        for logical_id, one in resources.items()
        if one["Type"] == "AWS::DynamoDB::Table"
    }
    return next((name for logical_id, name in tables.items() if f"'{logical_id}'" in text), "")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def reasons() -> dict[str, dict[str, str]]:
    """Function (`*`: of all) -> right -> why nobody used it."""
    found: dict[str, dict[str, str]] = tomllib.loads(REASONS.read_text(encoding="utf-8"))
    return found


PLATFORMS: Final = re.compile(r":table/(stadion-(?:standing|audit))\b")
GROUPS: Final = {
    **dict.fromkeys(("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"), "dynamodb:reads"),
    **dict.fromkeys(
        (
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            "dynamodb:DeleteItem",
            "dynamodb:BatchWriteItem",
            "dynamodb:ConditionCheckItem",
        ),
        "dynamodb:writes",
    ),
}
"""A table is lent to be read, or to be read and written (`TableUse`): `Change` and `Records` choose the call."""


def grouped(rights: Iterable[str]) -> set[str]:
    split = (right.partition(" ") for right in rights)
    return {f"{GROUPS.get(action, action)}{between}{table}" for action, between, table in split}


def too_many(local: Synthesised, folder: Path) -> list[str]:
    """Granted, used by nobody, and without a reason."""
    known, seen = reasons(), used(folder)
    return [
        f"{function}: {right}"
        for function, rights in sorted(granted(local).items())
        for right in sorted(grouped(rights) - grouped(seen.get(function, set())))
        if right not in known.get(function, {}) and right not in known.get("*", {})
    ]


def missing(local: Synthesised, folder: Path) -> list[str]:
    """Used by a function of ours, and not granted to it: AWS would refuse it. Tests of the emulator make others."""
    allowed = granted(local)
    return [
        f"{function}: {right}"
        for function, rights in sorted(used(folder).items())
        if function in allowed
        for right in sorted(rights - allowed[function])
        if not right.endswith(NOWHERE)
    ]


def out_of_date(local: Synthesised) -> list[str]:
    """Reasons for what is no right any more. What one run uses and another does not, as the machine has it, stays."""
    allowed = granted(local)
    return [
        f"{function}: {right}"
        for function, rights in reasons().items()
        for right in rights
        if function != "*" and right not in grouped(allowed.get(function, set()))
    ]
