"""Functions: what their errors, their environment and their logs look like."""

import json
import time

from local.emulator import Emulator
from tests.kit.stack import eventually
from tests.local.integration.emulator.workshop import Workshop, zipped


def test_an_exception_carries_its_class_name_and_stack(workshop: Workshop) -> None:
    answer = workshop.invoke(workshop.function("fails"))

    assert answer["errorType"] == "ShoeWornOutError"
    assert answer["errorMessage"] == "secret detail"
    assert any("functions.py" in line for line in answer["stackTrace"])


def test_an_exception_does_not_end_the_process(workshop: Workshop) -> None:
    function = workshop.function("process")
    before = workshop.invoke(function)

    assert workshop.invoke(function, {"fail": True})["errorType"] == "IndexError"
    assert workshop.invoke(function) == before


def test_a_timeout_is_told_as_such(workshop: Workshop) -> None:
    name = workshop.name("slow")
    code = zipped(slow="import time\ndef handler(e, c):\n    time.sleep(5)")
    workshop.aws.functions.create_function(
        FunctionName=name, Runtime="python3.11", Role="arn:aws:iam::000000000000:role/function",
        Handler="slow.handler", Code={"ZipFile": code}, Timeout=1,
    )  # fmt: skip

    assert "Task timed out after 1.00 seconds" in workshop.invoke(name)["errorMessage"]


def test_its_environment_is_lambdas_and_not_the_hosts(workshop: Workshop, emulator: Emulator) -> None:
    seen = workshop.invoke(workshop.function("environment", STADION_TABLE="t"))

    environment = seen["environment"]
    assert environment["STADION_TABLE"] == "t"
    assert environment["AWS_ENDPOINT_URL"] == emulator.url
    assert environment["AWS_REGION"] == "us-east-1"
    assert environment["AWS_EXECUTION_ENV"].startswith("AWS_Lambda_python3.")
    assert environment["TZ"] == ":UTC"
    strangers = {"VIRTUAL_ENV", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "GATEWAY_PORT", "PERSIST_STATE", "HOME"}
    assert not strangers & environment.keys()


def test_it_imports_what_lambda_brings_and_nothing_of_the_host(workshop: Workshop) -> None:
    found = workshop.invoke(workshop.function("imports"), {"modules": ["boto3", "moto", "ministack", "pydantic"]})

    assert found == {"boto3": True, "moto": False, "ministack": False, "pydantic": False}


def test_its_layers_are_importable(workshop: Workshop) -> None:
    layer = workshop.layer("shelf", "ANSWER = 42")
    found = workshop.invoke(workshop.function("imports", layers=[layer]), {"modules": ["shelf"]})

    assert found == {"shelf": 42}


def test_a_module_that_does_not_import_is_told_as_such(workshop: Workshop) -> None:
    name = workshop.name("broken")
    workshop.aws.functions.create_function(
        FunctionName=name, Runtime="python3.11", Role="arn:aws:iam::000000000000:role/function",
        Handler="broken.handler", Code={"ZipFile": zipped(broken="import nowhere_to_be_found")},
    )  # fmt: skip

    answer = workshop.invoke(name)

    assert answer["errorType"] == "Runtime.ImportModuleError"
    assert "nowhere_to_be_found" in answer["errorMessage"]


def test_its_log_is_found_by_a_quoted_term_across_time(workshop: Workshop) -> None:
    function = workshop.function("say")
    started_ms = int(time.time() * 1000) - 1000
    for said in ("trace 0197-aa begins", "something else", "trace 0197-aa ends"):
        workshop.invoke(function, {"say": said})

    def both() -> list[str]:
        pages = workshop.aws.logs.get_paginator("filter_log_events").paginate(
            logGroupName=f"/aws/lambda/{function}", startTime=started_ms, filterPattern='"0197-aa"'
        )
        found = [json.loads(event["message"])["message"] for page in pages for event in page["events"]]
        return sorted(found) if len(found) >= 2 else []

    assert eventually(both) == ["trace 0197-aa begins", "trace 0197-aa ends"]

    later_ms = int(time.time() * 1000) + 60_000
    nothing = workshop.aws.logs.filter_log_events(
        logGroupName=f"/aws/lambda/{function}", startTime=later_ms, filterPattern='"0197-aa"'
    )
    assert nothing["events"] == []
