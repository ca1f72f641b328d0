"""A function may do what its line in the stack says, and nothing else."""

import re
from pathlib import Path
from typing import Any

import pytest

from infra_cdk.parts.served import UnreadablePathError, routes_under, served
from tests.kit.templates import Synthesised

CLAIMS = {
    "telemetry-api",
    "telemetry-live-close-forgotten-sessions",
    "telemetry-live-on-live-saved",
    "telemetry-live-on-socket-message",
    "telemetry-on-workout-events",
    "workouts-live-on-live-sessions",
    "workouts-measuring-on-measuring",
    "workouts-remeasure-measure-batch",
    "workouts-uploads-on-upload",
}
TIMERS = {"promos-admin-api", "promos-campaigns-open-campaign", "promos-campaigns-close-campaign"}
MAIL = {"accounts-api", "notifications-dispatch-on-deliveries"}
BATCHES = {"promos-campaigns-choose-athletes"}
WALKS = {"workouts-remeasure-choose-workouts"}
READS_ITS_TABLE_ONLY = {
    "app-api",
    "notifications-admin-api",
    "telemetry-live-on-socket-connect",
    "promos-wear-offers-look-offer",
    "workouts-on-workout-events",
}
LAMBDA_SENDS_THEIR_FAILURES = {"platform-on-outbox", "gamification-boards-on-score-changes"}
"""To the queue of what they could not take of a stream; they do not know it."""
NEEDS_NO_TABLE = {"promos-wear-offers-on-worn-gear"}
FORGETS_ALONE = "workouts-on-workout-events"
FORGETS = {FORGETS_ALONE, "workouts-measuring-on-measuring"}
"""The other one replaces columns by fewer, and leaves no former version."""


def rights(synthesised: Synthesised) -> dict[str, dict[str, str]]:
    """Function -> action -> on what, as text."""
    found: dict[str, dict[str, str]] = {}
    for stack, template in synthesised.templates.items():
        resources = template["Resources"]
        roles = {
            resource["Properties"]["Role"]["Fn::GetAtt"][0]: resource["Properties"]["FunctionName"]
            for resource in resources.values()
            if resource["Type"] == "AWS::Lambda::Function"
        }
        for _, properties in synthesised.of_type("AWS::IAM::Policy", stack=stack):
            for role in properties["Roles"]:
                function = roles.get(role.get("Ref", ""))
                for statement in properties["PolicyDocument"]["Statement"] if function else ():
                    actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
                    for action in actions:
                        of_it = found.setdefault(function.removeprefix("stadion-"), {})
                        of_it[action] = of_it.get(action, "") + str(statement["Resource"])
    return found


def who(found: dict[str, dict[str, str]], action: str, on: str = "") -> set[str]:
    return {function for function, actions in found.items() if action in actions and on in actions[action]}


def test_each_right_has_those_that_use_it(local: Synthesised) -> None:
    found = rights(local)
    services = {name for name in found if not name.startswith("platform-")}

    assert len(services) > 50
    assert who(found, "s3:PutObject", "stadion-platform-claims") == CLAIMS
    assert who(found, "scheduler:CreateSchedule") == TIMERS
    assert who(found, "ses:SendEmail") == MAIL
    assert who(found, "s3:PutObject", "Campaigns") == BATCHES
    assert who(found, "dynamodb:Scan") == who(found, "s3:PutObject", "Remeasure") == WALKS
    assert services - who(found, "dynamodb:DeleteItem") == READS_ITS_TABLE_ONLY | NEEDS_NO_TABLE
    assert services - who(found, "dynamodb:GetItem") == NEEDS_NO_TABLE
    assert who(found, "s3:DeleteObjectVersion") == who(found, "s3:ListBucketVersions") == FORGETS


def test_nobody_may_touch_a_whole_bucket(local: Synthesised) -> None:
    """A right on objects is under a prefix; what people asked for over HTTP removes no recording."""
    found = rights(local)
    objects = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion")
    whole = {
        (name.split("/")[0], action)
        for name, properties in local.of_type("AWS::IAM::Policy")
        if "Role" in name and "Machine" not in name
        for statement in properties["PolicyDocument"]["Statement"]
        for action in _listed(statement["Action"])
        for resource in _listed(statement["Resource"])
        if action in objects and ("/*'" in str(resource) and not re.search(r"/[a-z]+/\*'", str(resource)))
    }
    assert whole == set()
    assert who(found, "s3:DeleteObject") == {
        "accounts-api",
        "accounts-avatars-on-avatar",
        "workouts-api",
        "workouts-live-on-live-sessions",
        "workouts-measuring-on-measuring",
        "workouts-photos-on-photo",
        "workouts-remeasure-measure-batch",
        "workouts-uploads-on-upload",
    }
    assert who(found, "s3:DeleteObject", "Photos") == {"workouts-api", "workouts-photos-on-photo"}
    assert "workouts-api" not in who(found, "s3:DeleteObject", "Files")
    assert who(found, "s3:DeleteObject", "Campaigns") == who(found, "s3:DeleteObject", "Imports") == set()


def test_who_opens_a_socket_may_look_at_links_and_write_nothing(local: Synthesised) -> None:
    of_it = rights(local)["telemetry-live-on-socket-connect"]
    conditions = [
        str(statement.get("Condition"))
        for name, properties in local.of_type("AWS::IAM::Policy", stack="stadion-telemetry")
        if "liveonsocketconnectRole" in name
        for statement in properties["PolicyDocument"]["Statement"]
        if "dynamodb:GetItem" in _listed(statement["Action"])
    ]

    assert {action for action in of_it if action.startswith("dynamodb:")} <= {"dynamodb:GetItem", "dynamodb:UpdateItem"}
    assert any("LINK#*" in condition for condition in conditions)
    assert all("LeadingKeys" in condition for condition in conditions)


def test_nobody_who_may_send_to_phones_may_ring_the_alarm(local: Synthesised) -> None:
    publishes, denied = set(), set()
    for name, properties in local.of_type("AWS::IAM::Policy"):
        for statement in properties["PolicyDocument"]["Statement"]:
            if "sns:Publish" in _listed(statement["Action"]):
                is_topic = re.search(r"sns:\*:\*:(stadion-)?\*", str(statement["Resource"]))
                (denied if statement["Effect"] == "Deny" and is_topic else publishes).add(name)

    assert len(publishes) == 2
    assert publishes == denied


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_every_function_of_admins_writes_the_audit_and_one_reads_it(local: Synthesised) -> None:
    found = rights(local)
    functions = {p["FunctionName"].removeprefix("stadion-") for _, p in local.of_type("AWS::Lambda::Function")}

    assert who(found, "dynamodb:PutItem", "stadion-audit") == {name for name in functions if name.endswith("admin-api")}
    assert who(found, "dynamodb:Query", "stadion-audit") == {"platform-admin-api"}
    assert who(found, "secretsmanager:GetSecretValue", "Pseudonyms") >= {
        name for name in functions if name.endswith(("-api", "on-partner-request"))
    }


def test_only_admins_functions_have_what_admins_do(local: Synthesised) -> None:
    """A hole in a route that whoever comes may call makes nobody an admin."""
    found = rights(local)
    roles = {"cognito-idp:AdminAddUserToGroup", "cognito-idp:AdminRemoveUserFromGroup"}

    assert {function for function, actions in found.items() if roles & actions.keys()} == {"accounts-admin-api"}
    assert who(found, "states:StartExecution") & {"promos-api", "workouts-api"} == set()
    assert who(found, "cognito-idp:AdminSetUserPassword") == {"accounts-api"}


def test_what_forgets_reads_no_object_and_forgets_under_the_athletes_alone(local: Synthesised) -> None:
    of_it = rights(local)[FORGETS_ALONE]
    removed = of_it["s3:DeleteObjectVersion"]

    actions = {action for action in of_it if action.startswith("s3:")}
    assert actions == {"s3:DeleteObjectVersion", "s3:ListBucketVersions"}
    assert all(f"/{prefix}/*" in removed for prefix in ("files", "uploads", "streams"))


def test_who_has_no_right_to_a_thing_does_not_know_it_either(local: Synthesised) -> None:
    found = rights(local)
    for _, properties in local.of_type("AWS::Lambda::Function"):
        name = properties["FunctionName"].removeprefix("stadion-")
        known = properties["Environment"]["Variables"]
        s3, queues = [one for one in found[name] if one.startswith("s3:")], found[name].get("sqs:SendMessage")
        assert bool([one for one in known if one.endswith("_BUCKET")]) == bool(s3), name
        if name not in LAMBDA_SENDS_THEIR_FAILURES:
            assert bool([one for one in known if one.endswith("_QUEUE")]) == (queues is not None), name
        assert ("STADION_TABLE" in known) == ("dynamodb:GetItem" in found[name]), name


# --- routes ---------------------------------------------------------------------------------------------------------

SERVICE = """
BASE = "/v1/gear"
ONE = f"{BASE}/<gear_id>"
@api.get(BASE)
def gear(): ...
@router.patch("/v1/gear/<gear_id>", summary="x")
def change(): ...
@api.delete(f"{ONE}/components")
def remove(): ...
@api.post("/v1/gearbox")
def box(): ...
known.get("/v1/gear/nothing", None)
seen.get("gear")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "wing").mkdir()
    (tmp_path / "wing" / "routes.py").write_text(SERVICE)
    return tmp_path


def test_a_prefix_has_the_methods_that_are_served_there(folder: Path) -> None:
    assert [route.key for route in routes_under("/v1/gear", folder)] == [
        "GET /v1/gear",
        "PATCH /v1/gear/{proxy+}",
        "DELETE /v1/gear/{proxy+}",
    ]


def test_a_path_that_nobody_can_read_is_refused(folder: Path) -> None:
    (folder / "api.py").write_text('@api.get(path_of("gear"))\ndef gear(): ...')

    with pytest.raises(UnreadablePathError, match=r"api.py:1: path_of\('gear'\)"):
        served(folder)


@pytest.mark.parametrize(
    "source",
    [
        '@api.get(rule="/v1/gear")\ndef gear(): ...',
        '@api.route("/v1/gear", method="GET")\ndef gear(): ...',
        '@api.head("/v1/gear")\ndef gear(): ...',
        'get = api.get\n@get("/v1/gear")\ndef gear(): ...',
        'def gear(): ...\napi.get("/v1/gear")(gear)',
        'if True:\n    @api.get("/v1/gear")\n    def gear(): ...',
        'def make():\n    @api.get("/v1/gear")\n    def gear(): ...',
        'class Gear:\n    @api.get("/v1/gear")\n    def gear(self): ...',
        '@api.get("/v1/gear")\nasync def gear(): ...',
        'api.include_router(router, prefix="/v1/gear")',
        'api.include_router(router, "/v1/gear")',
    ],
)
def test_a_route_that_is_made_where_nobody_reads_is_refused(source: str, tmp_path: Path) -> None:
    """API Gateway would have no route for it, or another one."""
    (tmp_path / "api.py").write_text(f"api = Api()\n{source}\n")

    with pytest.raises(UnreadablePathError, match=r"api.py:\d+: "):
        served(tmp_path)


@pytest.mark.parametrize("path", ["/v1/gear/", "v1/gear", "/v1//gear", "/v1/gear/{gear_id}", "/", ""])
def test_a_path_that_gateway_and_resolver_read_differently_is_refused(path: str, tmp_path: Path) -> None:
    (tmp_path / "api.py").write_text(f'@api.get("{path}")\ndef gear(): ...')

    with pytest.raises(UnreadablePathError, match="a path is like /v1/gear/<gear_id>"):
        served(tmp_path)


@pytest.mark.parametrize("path", ['f"/v1/{KIND!r}"', 'f"/v1/{KIND:>9}"'])
def test_a_path_whose_constant_is_written_otherwise_is_refused(path: str, tmp_path: Path) -> None:
    (tmp_path / "api.py").write_text(f'KIND = "gear"\n@api.get({path})\ndef gear(): ...')

    with pytest.raises(UnreadablePathError):
        served(tmp_path)


def test_what_answers_options_is_no_route_of_the_gateway(tmp_path: Path) -> None:
    (tmp_path / "api.py").write_text('api = Api()\n@api.route(".+", method="OPTIONS")\ndef options(): ...')

    assert served(tmp_path) == set()


def test_the_lock_of_an_editor_is_no_source(folder: Path) -> None:
    (folder / ".#api.py").symlink_to("somebody@somewhere.4711")

    assert len(served(folder)) == 4


def test_every_served_route_is_reached(local: Synthesised) -> None:
    """What the document says is matched with the routes elsewhere; here, what the source says."""
    keys = [str(route["RouteKey"]) for _, route in local.of_type("AWS::ApiGatewayV2::Route")]
    functions = Path(__file__).resolve().parents[4] / "functions"

    def reached(method: str, path: str) -> bool:
        return any(_matches(key, method, path) for key in keys)

    asked: list[Any] = [one for folder in functions.iterdir() if folder.is_dir() for one in served(folder)]
    assert len(asked) > 100
    assert [one for one in asked if one[1].startswith("/v1/") and not reached(*one)] == []


def _matches(key: str, method: str, path: str) -> bool:
    if " " not in key or key.split(" ", maxsplit=1)[0] != method:
        return False
    wanted = key.split(" ")[1]
    if wanted.endswith("/{proxy+}"):
        return path.startswith(wanted.removesuffix("{proxy+}"))
    ours = [part if not part.startswith("{") else "<" for part in wanted.split("/")]
    return ours == [part if not part.startswith("<") else "<" for part in path.split("/")]


def test_only_accounts_and_partners_say_how_theirs_stand_and_others_only_count(local: Synthesised) -> None:
    statements = [
        (name.split("/")[0], action, statement["Condition"]["ForAllValues:StringLike"])
        for name, properties in local.of_type("AWS::IAM::Policy")
        for statement in properties["PolicyDocument"]["Statement"]
        if ":table/stadion-standing" in str(statement["Resource"])
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    ]

    written = [(stack, to) for stack, action, to in statements if action == "dynamodb:UpdateItem"]
    assert {(stack, *to["dynamodb:LeadingKeys"]) for stack, to in written if "dynamodb:Attributes" not in to} == {
        ("stadion-accounts", "STANDING#*"),
        ("stadion-partners", "PARTNER#*"),
    }
    assert {action for _, action, _ in statements} == {"dynamodb:GetItem", "dynamodb:UpdateItem"}
    assert len({stack for stack, _, _ in statements}) >= 7
    for _, _, condition in statements:
        assert condition["dynamodb:LeadingKeys"] in (["STANDING#*"], ["PARTNER#*"])
        assert condition.get("dynamodb:Attributes", ["pk", "sk", "rate_*"]) == ["pk", "sk", "rate_*"]


def test_what_serves_athletes_of_partners_reads_no_secret_and_no_order(local: Synthesised) -> None:
    partitions = [
        statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
        for name, properties in local.of_type("AWS::IAM::Policy")
        if "partnersapiRole" in name
        for statement in properties["PolicyDocument"]["Statement"]
        if "dynamodb:PutItem" in statement["Action"]
    ]

    assert partitions == [["USER#*", "LINK_TOKEN#*", "KNOWN#*", "SHOWN#*", "OUTBOX#*"]]
