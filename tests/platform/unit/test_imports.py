"""Imports point inward, and what must happen in one place happens nowhere else."""

import ast
from collections.abc import Iterator
from functools import cache
from itertools import permutations
from pathlib import Path

import grimp
import pynamodb
import pytest

from local.paths import ROOT
from local.structure import HOUSES, MAX_FILES, PARENTS, UNSEEN, breaches, services, structures, unseen
from local.structure import graph as structure_graph
from stadion.dynamo import KNOWN_PYNAMODB

FUNCTIONS = ROOT / "functions"
LAYER = ROOT / "layers" / "shared" / "python"
SERVICES = services()
OUTSIDE = {"boto3", "botocore", "pynamodb", "aws_lambda_powertools", "os", "urllib", "http", "socket"}
"""What a domain knows nothing of."""
INWARD = {"stadion.dynamo", "stadion.http", "stadion.settings", "stadion.storage", "stadion.events.outbox"}
"""What of the layer talks to AWS, HTTP or the environment."""


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*SERVICES, "stadion", include_external_packages=True, cache_dir=None)


def modules(service: str) -> set[str]:
    return {module for module in graph().modules if module.split(".")[0] == service}


def sources(*roots: Path) -> Iterator[tuple[str, ast.AST]]:
    for root in roots:
        for path in sorted(root.rglob("*.py")):
            yield path.relative_to(root).as_posix(), ast.parse(path.read_bytes(), filename=str(path))


def is_entry_point(module: str) -> bool:
    stem = module.rpartition(".")[2]
    return stem in {"api", "admin_api", "tasks"} or stem.startswith(("on_", "task_"))


def test_every_file_is_read_by_the_rules_over_imports() -> None:
    """A folder without `__init__.py` is in no graph, and its files may import whatever they like."""
    assert unseen(graph().modules, "functions", "layers/shared/python") == [], UNSEEN
    assert unseen(structure_graph().modules, *PARENTS) == [], UNSEEN


@pytest.mark.parametrize(("one", "other"), list(permutations(SERVICES, 2)))
def test_services_never_import_one_another(one: str, other: str) -> None:
    assert not graph().direct_import_exists(importer=one, imported=other, as_packages=True)


def test_the_layer_knows_no_service() -> None:
    for service in SERVICES:
        assert not graph().direct_import_exists(importer="stadion", imported=service, as_packages=True)


PURE = sorted(
    module for service in SERVICES for module in modules(service) if module.rpartition(".")[2] in {"domain", "rules"}
)
"""At any depth."""


@pytest.mark.parametrize("module", PURE)
def test_a_domain_imports_no_aws_no_http_and_no_environment(module: str) -> None:
    imported = graph().find_modules_directly_imported_by(module)
    inner = {name for name in imported if name.split(".")[0] in SERVICES}

    assert {name for name in imported if name.split(".")[0] in OUTSIDE or name in INWARD} == set()
    assert {
        name for name in inner if is_entry_point(name) or name.endswith(("store", "service", ".schemas", ".settings"))
    } == set()


@pytest.mark.parametrize("module", PURE)
def test_what_is_pure_reaches_no_aws_by_any_chain_of_imports(module: str) -> None:
    chains = {name: graph().find_shortest_chain(module, name) for name in ("boto3", "botocore", "pynamodb")}

    assert {name: chain for name, chain in chains.items() if chain} == {}


def test_a_store_reaches_no_use_case_by_any_chain_of_imports() -> None:
    """A store of a service or of a part of it: what it keeps is decided elsewhere."""
    stores = [module for service in SERVICES for module in modules(service) if module.endswith((".store", "_store"))]
    services = {name for service in SERVICES for name in modules(service) if name.endswith((".service", "_service"))}

    found = [store for store in stores if graph().find_upstream_modules(store) & services]

    assert len(stores) > 10
    assert found == []


EDGE = {"stadion.http", "stadion.partner_http", "stadion.pagination.ListResponse"}


def speaks_of_the_domain(stem: str) -> bool:
    return "service" in stem or stem in {"domain", "store"} or stem.endswith("_store")


def words_of_the_edge(tree: ast.AST) -> set[str]:
    """What a file imports or names of requests, answers and HTTP."""
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            imported |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in imported | named(tree) if name in EDGE or name.rpartition(".")[2] == "schemas"}


@pytest.mark.parametrize("service", [service for service in SERVICES if service != "platform_"])
def test_use_cases_and_stores_know_neither_requests_nor_answers(service: str) -> None:
    """What a request or an answer looks like is the edge's: use cases take and return values of the domain."""
    files = [(where, tree) for where, tree in sources(FUNCTIONS / service) if speaks_of_the_domain(Path(where).stem)]

    assert len(files) > 2
    found = {where: words_of_the_edge(tree) for where, tree in files}
    assert {where: words for where, words in found.items() if words} == {}, "let the schema map: `X.of(value)`"


@pytest.mark.parametrize(
    "text",
    [
        "from inventory.schemas import NewGear",
        "from inventory import schemas",
        "import inventory.schemas as words",
        "def f():\n    from promos.offers.schemas import NewPromo",
        "from stadion.http import RequestModel",
        "from stadion import http",
        "from stadion.pagination import ListResponse",
        "from stadion import pagination\npagination.ListResponse(items=[])",
    ],
)
def test_words_of_the_edge_are_known_under_any_name(text: str) -> None:
    assert words_of_the_edge(ast.parse(text))


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_imports_an_entry_point(service: str) -> None:
    for module in filter(is_entry_point, modules(service)):
        assert graph().find_modules_that_directly_import(module) == set(), module


def test_no_function_builds_the_models_of_all_events() -> None:
    assert graph().find_modules_that_directly_import("stadion.events.catalogue") == set()


def test_only_settings_read_the_environment() -> None:
    readers = {
        name
        for name, tree in sources(FUNCTIONS, LAYER)
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"})
        or (
            isinstance(node, ast.ImportFrom)
            and node.module == "os"
            and {"environ", "getenv"} & {a.name for a in node.names}
        )
    }
    assert {name for name in readers if not name.endswith("settings.py")} == set()


def test_only_the_relay_puts_events_on_the_bus() -> None:
    callers = {
        name
        for name, tree in sources(FUNCTIONS, LAYER)
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr == "put_events")
        or (isinstance(node, ast.Constant) and node.value == "events" and _is_client_name(tree, node))
    }
    assert callers == {"platform_/on_outbox.py"}


def _is_client_name(tree: ast.AST, constant: ast.Constant) -> bool:
    """`client("events")`."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return any(
        isinstance(call.func, ast.Attribute) and call.func.attr == "client" and constant in call.args for call in calls
    )


def test_only_the_http_face_reads_the_key_of_a_request() -> None:
    """The document knows by its `idempotency_key` which routes take one. A webhook's id is none, yet kept like one."""
    reading = {
        name
        for name, tree in sources(FUNCTIONS, LAYER)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and str(node.value).lower() == "idempotency-key"
    }
    making = {name for name, tree in sources(FUNCTIONS, LAYER) if "stadion.idempotency.idempotency_key" in named(tree)}

    assert reading == {"stadion/http.py"}
    assert making == {"stadion/http.py", "partners/orders/service.py"}


def test_nothing_scans_a_table_but_the_walk_over_all_workouts() -> None:
    calls = [
        (name, node.attr)
        for name, tree in sources(FUNCTIONS, LAYER)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"scan", "walk"}
    ]
    assert [name for name, attribute in calls if attribute == "scan"] == ["stadion/records.py"]
    assert [name for name, attribute in calls if attribute == "walk" and name.startswith("workouts")] == [
        "workouts/remeasure/store.py"
    ]


def test_only_the_clock_reads_the_clock() -> None:
    """`time.time` is allowed for measuring; a date or a moment of the domain comes from `stadion.clock`."""
    readers = {name for name, tree in sources(FUNCTIONS, LAYER) if CLOCKS & named(tree)}
    assert readers == {"stadion/clock.py"}


CLOCKS = {"datetime.date.today", *(f"datetime.datetime.{read}" for read in ("now", "today", "utcnow"))}


def named(tree: ast.AST) -> set[str]:
    """All that a file names, under its full name, whatever its imports and assignments call it."""
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                known |= {alias.asname: alias.name for alias in node.names if alias.asname}
            case ast.ImportFrom(module=str(module)):
                known |= {alias.asname or alias.name: f"{module}.{alias.name}" for alias in node.names}
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name() | ast.Attribute() as value):
                known.setdefault(name, _full(value, known))
    return {_full(node, known) for node in ast.walk(tree) if isinstance(node, ast.Name | ast.Attribute)}


def _full(node: ast.expr, known: dict[str, str]) -> str:
    if isinstance(node, ast.Name):
        return known.get(node.id, node.id)
    return f"{_full(node.value, known)}.{node.attr}" if isinstance(node, ast.Attribute) else "?"


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import UTC, datetime\ndatetime.now(UTC)",
        "import datetime\ndatetime.datetime.now(datetime.UTC)",
        "import datetime as dt\ndt.datetime.now(dt.UTC)",
        "from datetime import datetime as D\nD.utcnow()",
        "from datetime import date as day\nday.today()",
        "from datetime import datetime\nMoment = datetime\nMoment.now()",
        "from datetime import datetime\nread = datetime.now\nread()",
        "def f():\n    import datetime as dt\n    return dt.date.today()",
    ],
)
def test_the_clock_is_known_under_any_name(text: str) -> None:
    assert CLOCKS & named(ast.parse(text))


def test_what_is_called_like_the_clock_is_none() -> None:
    assert not CLOCKS & named(ast.parse("from stadion import clock\nclock.now()\nplan.date.today()"))


def test_source_is_parsed_from_its_bytes_and_with_its_name() -> None:
    """From text a byte order mark is a syntax error, and any error is one of `<unknown>`."""
    places = [ROOT / name for name in ("infra_cdk", "local", "cli", "tests")]
    parsing = [
        (where, ast.unparse(node))
        for where, tree in sources(*places)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "ast.parse" and "read_" in ast.unparse(node)
    ]

    assert len(parsing) > 5
    assert [one for one in parsing if "read_text" in one[1] or "filename=" not in one[1]] == []


NOUNS = {"decoupling", "downsampling", "matching", "recording", "targeting", "wording"}
"""Of the field, that end as a verb does."""
HOUSES_PACKAGES = [*SERVICES, "stadion_cli"]


@pytest.mark.parametrize("package", HOUSES_PACKAGES)
def test_nothing_goes_through_a_wall(package: str) -> None:
    assert breaches(package) == []


def test_a_folder_that_gets_full_gets_wings() -> None:
    found = [one for one in structures() if one.folder.startswith(HOUSES)]

    assert len(found) > 20
    full = {one.folder: one.files for one in found if one.files > MAX_FILES}
    assert full == {}, f"over {MAX_FILES} files: what belongs together becomes a wing (docs/decisions/0022-wings.md)"


def test_a_file_is_named_after_its_layer_or_a_noun() -> None:
    """A verb hides both: `asking`, `knowing`, `keeping`. What does not end so is for whoever reviews."""
    files = [path for house in HOUSES for path in (ROOT / house).rglob("*ing.py") if not is_entry_point(path.stem)]

    verbs = [path.relative_to(ROOT).as_posix() for path in files if path.stem not in NOUNS]
    assert verbs == [], "name the layer (service, domain, store …) or a noun; one of the field goes into NOUNS"


def test_the_local_stack_knows_no_command_line_and_no_folder_goes_in_circles() -> None:
    found = structures()

    assert len(found) > 20
    assert {one.folder: one.circles for one in found if one.circles} == {}
    assert not structure_graph().direct_import_exists(importer="local", imported="stadion_cli", as_packages=True)


def test_the_app_of_the_cdk_has_no_import_root_but_the_top() -> None:
    """It runs as `python -m infra_cdk.app`, where neither the layer nor a service is found."""
    for package in ["stadion", "stadion_cli", *SERVICES]:
        assert not structure_graph().direct_import_exists(importer="infra_cdk", imported=package, as_packages=True)


def test_whoever_tries_again_does_so_by_a_policy_of_the_layer() -> None:
    """A pause is a call of `sleep`; a loop without one would hammer what is busy."""
    pausing = {
        where for where, tree in sources(FUNCTIONS, LAYER) if any(name.endswith(".sleep") for name in named(tree))
    }
    swallowing = {
        where
        for where, tree in sources(FUNCTIONS, LAYER)
        for loop in ast.walk(tree)
        if isinstance(loop, ast.For | ast.While)
        for node in ast.walk(loop)
        if isinstance(node, ast.ExceptHandler)
        and node.type is not None
        and {"WriteConflictError", "StaleVersionError", "TransactWriteError"}
        & {name.id for name in ast.walk(node.type) if isinstance(name, ast.Name)}
    }

    assert pausing == {"stadion/retry.py"}
    assert swallowing == {"stadion/dynamo.py"}  # the transaction's own, by a policy


def test_items_and_transactions_are_the_layers_and_a_store_names_items_for_conditions_alone() -> None:
    named = {
        where: {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
        for where, tree in sources(FUNCTIONS)
    }

    assert {where for where, names in named.items() if names & {"Transaction", "outbox_items"}} == set()
    assert {where for where, names in named.items() if "Item" in names and not where.endswith("store.py")} == set()


def test_what_is_private_to_pynamodb_is_used_in_one_file_which_says_of_which_version() -> None:
    """`Item._connections` is ours; `_get_connection`, `_connection` are PynamoDB's and may change with any release."""
    users = {
        where
        for where, tree in sources(FUNCTIONS, LAYER)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"_get_connection", "_connection"}
    }

    assert users == {"stadion/dynamo.py"}
    assert pynamodb.__version__.startswith(f"{KNOWN_PYNAMODB}.")
