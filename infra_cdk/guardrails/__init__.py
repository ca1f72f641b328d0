"""Rules of ours over the finished templates; any violation fails the synth, on the laptop too.

cdk-nag checks the general practices; these check the habits of this house, which no general pack knows, and what an
account refuses on its first day, which no emulator knows.
"""

from collections.abc import Mapping

from infra_cdk.guardrails import first_day, limits, rights, routes, work
from infra_cdk.guardrails.templates import Templates, resources_of

WITHIN_A_STACK = (
    *(work.functions, work.last_stops, work.queue_mappings, work.stream_mappings, work.event_rules),
    *(work.definitions, work.alarms),
    *(rights.statements, rights.absent_is_forbidden),
    *(first_day.permissions, first_day.kept_after_a_failure, first_day.ends_of_maps, first_day.redrives_of_maps),
    *(first_day.placeholders,),
    *(limits.resource_count, limits.variables),
)
BETWEEN_STACKS = (
    *(first_day.exports, first_day.unheard_topics),
    *(routes.owners, routes.count, routes.side_by_side),
    *(rights.lent_roles, limits.policy_sizes, limits.reserved_executions, limits.executions_at_once),
)


def violations(templates: Templates, sizes: Mapping[str, int] | None = None) -> list[str]:
    """What is wrong in the templates (by stack name), one line each; `sizes`: bytes of each asset, unzipped."""
    within = [
        f"{stack}/{problem}"
        for stack, template in templates.items()
        for check in WITHIN_A_STACK
        for problem in check(resources_of(template))
    ]
    within += [
        f"{stack}/{problem}"
        for stack, template in templates.items()
        for problem in first_day.stale_versions(resources_of(template), template.get("Parameters", {}))
    ]
    between = [problem for check in BETWEEN_STACKS for problem in check(templates)]
    return [*within, *between, *limits.unzipped_sizes(templates, sizes or {})]
