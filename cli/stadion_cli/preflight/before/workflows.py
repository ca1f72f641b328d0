"""7: Step Functions' own validation of each state machine, with its substitutions."""

import json
from collections.abc import Iterator

from stadion_cli.preflight.assembly import Resource
from stadion_cli.preflight.checks import Finding, failed, passed, warned
from stadion_cli.preflight.world import World


def definitions(world: World) -> Iterator[Finding]:
    for machine in world.assembly.resources("AWS::StepFunctions::StateMachine"):
        name = str(machine.properties.get("StateMachineName", machine.logical_id))
        found = world.client("stepfunctions").validate_state_machine_definition(
            definition=definition_of(world, machine), type=machine.properties.get("StateMachineType", "STANDARD")
        )
        told = found.get("diagnostics", [])
        words = "; ".join(
            f"{one['severity']} {one['code']} at {one.get('location', '?')}: {one['message']}" for one in told
        )
        file = f"statemachines/{name.removeprefix('stadion-').replace('-', '_')}.asl.json"
        if found["result"] != "OK":
            yield failed(f"{name}: {words[:500]}", f"mend {file}", diagnostics=told)
        elif told:
            yield warned(f"{name}: {words[:500]}", f"look at {file}", diagnostics=told)
        else:
            yield passed(f"{name}: neither an error nor a warning")


def definition_of(world: World, machine: Resource) -> str:
    filled = world.assembly.filled(machine.stack, world.account, world.region)
    text = str(filled.value(machine.properties["DefinitionString"]))
    for name, value in machine.properties.get("DefinitionSubstitutions", {}).items():
        text = text.replace(f"${{{name}}}", str(filled.value(value)))
    json.loads(text)
    return text
