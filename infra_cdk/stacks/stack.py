"""A stack of Stadion: functions of one service's entry points, their layers, and outputs."""

from collections.abc import Mapping

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk.aws_sns import ITopic
from constructs import Construct

from infra_cdk.environments import Environment
from infra_cdk.parts.alarms import Trouble
from infra_cdk.parts.canary import Canaries
from infra_cdk.parts.entry_points import PRODUCT, EntryPoint
from infra_cdk.parts.function import ServiceFunction
from infra_cdk.parts.layers import Layers

API_TIMEOUT = Duration.seconds(15)
EVENT_TIMEOUT = Duration.seconds(30)


class StadionStack(Stack):
    """A stack `stadion-<service>` that makes functions of that service's entry points."""

    def __init__(self, scope: Construct, *, service: str, environment: Environment) -> None:
        super().__init__(scope, f"{PRODUCT}-{service.replace('_', '-')}", description=f"Stadion: {service}")
        self.service = service
        self.environment_ = environment
        self.layers = Layers(self, service=service, environment=environment)
        self.queues: list[str] = []
        self._made: list[ServiceFunction] = []
        self._made_canaries: Canaries | None = None

    @property
    def functions(self) -> list[str]:
        """Their names."""
        return [function.name for function in self._made]

    def entry_point(self, place: str) -> EntryPoint:
        return EntryPoint.of(self.service, place)

    def make_function(
        self,
        entry_point: EntryPoint,
        *,
        variables: Mapping[str, str],
        alarm_topic: ITopic,
        timeout: Duration,
        memory_mb: int = 512,
        trouble: Trouble = Trouble.FUNCTION_ERRORS,
    ) -> ServiceFunction:
        function = ServiceFunction(
            self,
            entry_point=entry_point,
            environment=self.environment_,
            layers=self.layers.common,
            variables=variables,
            alarm_topic=alarm_topic,
            timeout=timeout,
            memory_mb=memory_mb,
            trouble=trouble,
        )
        self._made.append(function)
        if self.environment_.canary and entry_point.is_shifted and not self.environment_.mending:
            self._canaries(alarm_topic).guard(function)
        return function

    def publish(self) -> None:
        """Once every function knows what it uses."""
        for function in self._made:
            function.publish_what_it_is_told()

    def _canaries(self, alarm_topic: ITopic) -> Canaries:
        self._made_canaries = self._made_canaries or Canaries(self, service=self.service, alarm_topic=alarm_topic)
        return self._made_canaries

    def output(self, **outputs: str) -> None:
        """Outputs that the command line and the tests read."""
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
