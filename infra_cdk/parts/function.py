"""A function of ours: an entry point's code, its layers, settings, log group, role and error alarm."""

from collections.abc import Mapping, Sequence
from enum import Enum
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

from aws_cdk import AssetHashType, Duration, Fn, IgnoreMode, Stack
from aws_cdk.aws_iam import Effect, PolicyStatement, Role, ServicePrincipal
from aws_cdk.aws_lambda import (
    Alias,
    ApplicationLogLevel,
    CfnVersion,
    Code,
    Function,
    IFunction,
    ILayerVersion,
    LoggingFormat,
    SnapStartConf,
    SystemLogLevel,
)
from aws_cdk.aws_logs import LogGroup
from aws_cdk.aws_sns import ITopic
from constructs import Construct

from infra_cdk.environments import AtOnce, Environment, removal_policy
from infra_cdk.nag import accept
from infra_cdk.parts.alarms import METRICS_NAMESPACE, Trouble, function_metric, raise_alarm
from infra_cdk.parts.bytecode import TASK, compiled, compiler, version_of
from infra_cdk.parts.entry_points import EntryPoint

LEFT_OUT: Final = ("__pycache__", "*.pyc", "README.md", "contract.toml", "tests")
"""Of a service's folder: no function reads it."""
LIVE: Final = "live"
"""The alias that callers call."""


class TableUse(Enum):
    """What a function does with its service's table."""

    WRITES = "writes"
    READS = "reads"
    NONE = "none"


class ServiceFunction(Construct):
    """`target` is what API Gateway calls: the alias `live` of a version that has a snapshot or is shifted on AWS, the
    bare function locally."""

    def __init__(
        self,
        scope: Construct,
        *,
        entry_point: EntryPoint,
        environment: Environment,
        layers: Sequence[ILayerVersion],
        variables: Mapping[str, str],
        alarm_topic: ITopic,
        timeout: Duration,
        memory_mb: int = 512,
        trouble: Trouble = Trouble.FUNCTION_ERRORS,
    ) -> None:
        super().__init__(scope, entry_point.id)
        self.entry_point = entry_point
        self.name = entry_point.name
        self.timeout = timeout
        logs = LogGroup(
            self,
            "Logs",
            log_group_name=f"/aws/lambda/{self.name}",
            retention=environment.request_log_retention if entry_point.hears_requests else environment.log_retention,
            removal_policy=removal_policy(environment),
        )
        self.role = Role(self, "Role", assumed_by=ServicePrincipal("lambda.amazonaws.com"))
        logs.grant_write(self.role)
        self._variables = {
            "STADION_STAGE": environment.name,
            "STADION_SERVICE": entry_point.service,
            "POWERTOOLS_SERVICE_NAME": entry_point.service,
            "POWERTOOLS_METRICS_NAMESPACE": METRICS_NAMESPACE,
            "POWERTOOLS_LOG_LEVEL": "INFO",
            **variables,
        }
        self._layers = {layer.layer_version_arn for layer in layers}
        snap_start = environment.snap_start and entry_point.starts_from_snapshot
        shifted = environment.canary and entry_point.is_shifted
        quiet = not (environment.platform_lines or entry_point.is_waited_for)
        self.function = Function(
            self,
            "Function",
            function_name=self.name,
            handler=entry_point.handler,
            code=service_code(entry_point, environment),
            runtime=environment.runtime,
            architecture=environment.architecture,
            layers=list(layers),
            environment=self._variables,
            memory_size=memory_mb,
            timeout=timeout,
            role=self.role,
            log_group=logs,
            # Failures of the platform are told as warnings; our own lines, metrics among them, are INFO and stay.
            logging_format=LoggingFormat.JSON if quiet else None,
            application_log_level_v2=ApplicationLogLevel.INFO if quiet else None,
            system_log_level_v2=SystemLogLevel.WARN if quiet else None,
            reserved_concurrent_executions=reserved(entry_point, environment.at_once),
            snap_start=SnapStartConf.ON_PUBLISHED_VERSIONS if snap_start else None,
        )
        accept(self.function, "L1", "the newest Python on which the whole suite has run: docs/proof/pythons.md")
        self.alias: Alias | None = self.function.add_alias(LIVE) if snap_start or shifted else None
        self.target: IFunction = self.alias or self.function
        raise_alarm(
            self,
            trouble=trouble,
            subject=self.name,
            meaning=f"{self.name} raised an exception or ran out of time.",
            metric=function_metric(self.name, "Errors"),
            topic=alarm_topic,
        )

    def set_variable(self, name: str, value: str) -> None:
        """ValueError when it has another value: of two queues called alike the function would know one only."""
        if self._variables.setdefault(name, value) != value:
            raise ValueError(f"{self.name} has another {name} already")
        self.function.add_environment(name, value)

    def knows(self, name: str) -> bool:
        return name in self._variables

    def add_layer(self, layer: ILayerVersion) -> None:
        """Once: Lambda refuses a function that names a layer twice."""
        if layer.layer_version_arn not in self._layers:
            self._layers.add(layer.layer_version_arn)
            self.function.add_layers(layer)

    def publish_what_it_is_told(self) -> None:
        """Once it knows all its variables. CDK makes another version when the template changes; an id that AWS chose is
        the same `Ref` whatever its value, so it stands in the version's description, which cannot be changed."""
        told = [shown for name, value in self._variables.items() if (shown := self._chosen_by_aws(name, value))]
        if self.alias is None or not told:
            return
        version = self.function.current_version.node.default_child
        if not isinstance(version, CfnVersion):
            raise TypeError(f"{self.name} has no version")
        version.description = Fn.join(" ", told)

    def _chosen_by_aws(self, variable: str, value: str) -> str | None:
        """Of a secret its name with what AWS put behind: a description takes 256 characters."""
        reference = Stack.of(self).resolve(value)
        if not isinstance(reference, dict) or not variable.endswith(("_ID", "_API", "_SECRET")):
            return None
        return Fn.select(6, Fn.split(":", value)) if variable.endswith("_SECRET") else value

    def allow(self, *actions: str, on: Sequence[str], conditions: Mapping[str, object] | None = None) -> None:
        """Let the function call these actions on these ARNs."""
        self.role.add_to_policy(
            PolicyStatement(effect=Effect.ALLOW, actions=list(actions), resources=list(on), conditions=conditions)
        )

    def deny(self, *actions: str, on: Sequence[str]) -> None:
        """Whatever else allows it."""
        self.role.add_to_policy(PolicyStatement(effect=Effect.DENY, actions=list(actions), resources=list(on)))


def reserved(entry_point: EntryPoint, at_once: AtOnce) -> int | None:
    """Of a function that somebody waits for: as many as nobody else can take, and no more than those."""
    if entry_point.is_for_admins:
        return at_once.admins
    if entry_point.is_api:
        return at_once.api
    if entry_point.is_for_partners:
        return at_once.partners
    return at_once.others if entry_point.is_waited_for else None


def service_code(entry_point: EntryPoint, environment: Environment) -> Code:
    """`functions/` with nothing in it but the service's folder, so that its imports and its hash are its own.

    Words of messages are read from what `notifications` gathered: another word deploys no other function.
    """
    if environment.compiled_code and (python := compiler(version_of(environment))):
        archive, digest = compiled(entry_point.package, sources(entry_point, environment), python, seen_at=TASK)
        return Code.from_asset(str(archive), asset_hash=digest, asset_hash_type=AssetHashType.CUSTOM)
    only = [
        "*",
        f"!/{entry_point.package}",
        f"!/{entry_point.package}/**",
        f"/{entry_point.package}/messages/*.toml",
        *LEFT_OUT,
    ]
    return Code.from_asset(str(environment.functions), exclude=only, ignore_mode=IgnoreMode.GIT)


def sources(entry_point: EntryPoint, environment: Environment) -> list[tuple[str, Path]]:
    """The same files, each with its place in the asset."""
    root = environment.functions / entry_point.package
    words = root / "messages"
    return [
        (path.relative_to(environment.functions).as_posix(), path)
        for path in sorted(root.rglob("*"))
        if path.is_file()
        and not (path.parent == words and path.suffix == ".toml")
        and not any(fnmatch(part, left) for part in path.relative_to(root).parts for left in LEFT_OUT)
    ]
