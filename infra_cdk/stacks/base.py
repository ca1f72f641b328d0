"""What every service's stack starts from."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from aws_cdk import Duration
from aws_cdk.aws_lambda import ILayerVersion
from constructs import Construct

from infra_cdk.environments import Environment
from infra_cdk.parts.api import Route, ServiceApi
from infra_cdk.parts.bucket import A_WEEK, ServiceBucket
from infra_cdk.parts.consumer import Consumer, Events
from infra_cdk.parts.entry_points import Former
from infra_cdk.parts.function import ServiceFunction
from infra_cdk.parts.schedule import EveryFewMinutes
from infra_cdk.parts.socket import ServiceSocket
from infra_cdk.parts.table import ServiceKey, ServiceTable
from infra_cdk.parts.timer import WorkflowTimer
from infra_cdk.parts.work_queue import WorkQueue
from infra_cdk.parts.workflow import Workflow
from infra_cdk.stacks.platform import PlatformStack
from infra_cdk.stacks.stack import API_TIMEOUT, EVENT_TIMEOUT, StadionStack
from infra_cdk.stacks.timestream import let_use_time_series
from infra_cdk.timestream_tables import database_name


class ServiceStack(StadionStack):
    """A service: its key, its table, and the entry points that a subclass declares, one line each."""

    comes_after: ClassVar[tuple[str, ...]] = ()
    """Services whose functions must be there before, though no reference says so."""

    def __init__(
        self,
        scope: Construct,
        *,
        service: str,
        environment: Environment,
        platform: PlatformStack,
        gsi1: bool = False,
    ) -> None:
        super().__init__(scope, service=service, environment=environment)
        self.platform = platform
        self.missing: list[str] = []
        self.facts: tuple[str, ...] = ()
        self._buckets: list[ServiceBucket] = []
        self._claims: ServiceBucket | None = None
        self._time_series = False
        self._socket: ServiceSocket | None = None
        self.key = ServiceKey(self, service=service, environment=environment)
        self.table = ServiceTable(
            self,
            service=service,
            key=self.key,
            environment=environment,
            relay=platform.relay,
            relay_failures=platform.relay_failures,
            gsi1=gsi1,
        )
        self.variables = {
            "STADION_TABLE": self.table.table.table_name,
            "STADION_BUS": platform.bus.event_bus_name,
        }
        self.output(TableName=self.table.table.table_name)

    def serve(
        self,
        routes: Sequence[Route],
        *,
        allow: Mapping[str, Sequence[str]] | None = None,
        leaves: WorkQueue | None = None,
        timer: WorkflowTimer | None = None,
        memory_mb: int = 512,
        more_layers: Sequence[ILayerVersion] = (),
    ) -> None:
        """`api.py` behind these routes, allowed these actions by ARN, to leave work and to set a timer."""
        if self._is_missing("api"):
            return
        function = self._function("api", timeout=API_TIMEOUT, memory_mb=memory_mb, more_layers=more_layers)
        if leaves is not None:
            leaves.let_send(function)
        if timer is not None:
            timer.let_set(function)
        for arn, actions in (allow or {}).items():
            function.allow(*actions, on=[arn])
        ServiceApi(
            self,
            function=function,
            api_id=self.platform.api.api_id,
            authorizer_id=self.platform.authorizer.ref,
            routes=routes,
        )

    def request(self, place: str, *, more_layers: Sequence[ILayerVersion] = ()) -> ServiceFunction | None:
        """`on_<whose>_request.py`, which another API than the product's calls."""
        if self._is_missing(place):
            return None
        for former in self._formers(place):
            self._function(place, timeout=API_TIMEOUT, more_layers=more_layers, known_as=former)
        return self._function(place, timeout=API_TIMEOUT, more_layers=more_layers)

    def consume(
        self,
        place: str,
        *,
        leaves: WorkQueue | None = None,
        starts: Workflow | None = None,
        memory_mb: int = 512,
        more_layers: Sequence[ILayerVersion] = (),
    ) -> None:
        """`on_<what>.py` for the events of the bus that it names itself, allowed to leave work in a queue of `work`."""
        if self._is_missing(place):
            return
        function = self._function(place, timeout=EVENT_TIMEOUT, memory_mb=memory_mb, more_layers=more_layers)
        if leaves is not None:
            leaves.let_send(function)
        if starts is not None:
            starts.let_start(function)
        Consumer(
            self,
            function=function,
            events=Events.of(self.environment_.functions / function.entry_point.path),
            bus=self.platform.bus,
            alarm_topic=self.platform.alarm_topic,
        )
        self.queues.append(function.name)

    def work(
        self,
        place: str,
        *,
        allow: Mapping[str, Sequence[str]] | None = None,
        more_layers: Sequence[ILayerVersion] = (),
        batch_size: int = 10,
    ) -> WorkQueue | None:
        """`on_<what>.py` for what others leave in its queue, allowed these actions by ARN."""
        if self._is_missing(place):
            return None
        function = self._function(place, timeout=EVENT_TIMEOUT, more_layers=more_layers)
        for arn, actions in (allow or {}).items():
            function.allow(*actions, on=[arn])
        self.queues.append(function.name)
        return WorkQueue(
            self,
            f"{function.entry_point.id}-work",
            function=function,
            alarm_topic=self.platform.alarm_topic,
            batch_size=batch_size,
        )

    def receive(
        self,
        place: str,
        bucket: ServiceBucket,
        *,
        timeout: Duration = EVENT_TIMEOUT,
        memory_mb: int = 512,
        more_layers: Sequence[ILayerVersion] = (),
        batch_size: int = 10,
    ) -> None:
        """`on_<what>.py` for each file that arrives in the bucket."""
        if self._is_missing(place):
            return
        function = self._function(place, timeout=timeout, memory_mb=memory_mb, more_layers=more_layers)
        work = WorkQueue(
            self,
            f"{function.entry_point.id}-arrivals",
            function=function,
            alarm_topic=self.platform.alarm_topic,
            batch_size=batch_size,
        )
        bucket.tell(work)
        self.queues.append(function.name)

    def converse(self, wing: str, *, memory_mb: int = 1024, more_layers: Sequence[ILayerVersion] = ()) -> None:
        """A WebSocket API of a wing: `on_socket_connect.py` says who may come, `on_socket_message.py` hears everything.

        The functions declared after it may post to connections (`STADION_SOCKET_API`)."""
        connects, hears = f"{wing}/on_socket_connect", f"{wing}/on_socket_message"
        if self._is_missing(connects) or self._is_missing(hears):
            return
        self.variables["STADION_USER_POOL_ID"] = self.platform.users.user_pool_id
        self.variables["STADION_USER_POOL_CLIENT_ID"] = self.platform.client.user_pool_client_id
        connect = self._function(connects, timeout=API_TIMEOUT, more_layers=more_layers)
        logs = self.platform.gateway_logs
        self._socket = ServiceSocket(
            self,
            service=self.service,
            stage=wing,
            environment=self.environment_,
            log_account=logs.account if logs else None,
        )
        self.variables["STADION_SOCKET_API"] = self._socket.api_id
        message = self._function(hears, timeout=API_TIMEOUT, memory_mb=memory_mb, more_layers=more_layers)
        self._socket.serve(connect=connect, message=message)

    def every(
        self,
        rate: Duration,
        place: str,
        *,
        allow: Mapping[str, Sequence[str]] | None = None,
        leaves: WorkQueue | None = None,
        more_layers: Sequence[ILayerVersion] = (),
    ) -> None:
        """`task_<verb>_<noun>.py` again and again, allowed these actions by ARN."""
        if self._is_missing(place):
            return
        function = self._function(place, timeout=Duration.minutes(1), more_layers=more_layers)
        for arn, actions in (allow or {}).items():
            function.allow(*actions, on=[arn])
        if leaves is not None:
            leaves.let_send(function)
        EveryFewMinutes(self, function=function, rate=rate, alarm_topic=self.platform.alarm_topic)
        self.queues.append(function.name)

    def workflow(
        self,
        name: str,
        *,
        steps: Sequence[str],
        timeout: Duration = EVENT_TIMEOUT,
        batches: ServiceBucket | None = None,
        timer: WorkflowTimer | None = None,
        layers: Mapping[str, Sequence[ILayerVersion]] | None = None,
    ) -> Workflow | None:
        """`statemachines/<name>.asl.json`, and its steps, `tasks.<verb>_<noun>`, which may set the timer."""
        if any(self._is_missing(place) for place in steps):
            return None
        more_layers = layers or {}
        functions = [self._function(place, timeout=timeout, more_layers=more_layers.get(place, ())) for place in steps]
        former = [
            self._function(place, timeout=timeout, more_layers=more_layers.get(place, ()), known_as=former)
            for place in steps
            for former in self._formers(place)
        ]
        if timer is not None:
            for function in (*functions, *former):
                timer.let_set(function)
        return Workflow(
            self,
            name=name,
            steps=functions,
            former_steps=former,
            environment=self.environment_,
            alarm_topic=self.platform.alarm_topic,
            batches=batches,
        )

    def timer(self, name: str, *, workflow: str, first_step: str) -> WorkflowTimer:
        """One-time schedules that start the state machine of that name; starts that fail wait by its first step."""
        step = self.entry_point(first_step)
        self.queues.append(step.name)
        return WorkflowTimer(self, name=name, workflow=workflow, first_step=step, alarm_topic=self.platform.alarm_topic)

    def bucket(self, name: str, *, arrivals: str, swept_after: Duration = A_WEEK) -> ServiceBucket:
        """Files for the functions declared after it: `STADION_<NAME>_BUCKET`, rights, and an output `<Name>Bucket`."""
        bucket = ServiceBucket(
            self,
            name.title(),
            service=self.service,
            name=name,
            arrivals=arrivals,
            key=self.key,
            environment=self.environment_,
            swept_after=swept_after,
        )
        self._buckets.append(bucket)
        self.variables[f"STADION_{name.upper()}_BUCKET"] = bucket.bucket.bucket_name
        self.output(**{f"{name.title()}Bucket": bucket.bucket.bucket_name})
        return bucket

    def use_claims(self) -> None:
        """The functions declared after it may leave and collect what is too large for an event."""
        self._claims = self.platform.claims
        self.variables["STADION_CLAIMS_BUCKET"] = self._claims.name

    def use_time_series(self) -> None:
        """The functions declared after it ask Timestream where the environment has it."""
        if self.environment_.timestream:
            self._time_series = True
            self.variables["STADION_TIMESTREAM_DATABASE"] = database_name(self.environment_.name)

    def show(self, *facts: str) -> None:
        """Metrics of the service that people count, for its row of the dashboard."""
        self.facts = facts

    def _formers(self, place: str) -> tuple[Former, ...]:
        return self.entry_point(place).formers if self.environment_.former_names else ()

    def _is_missing(self, place: str) -> bool:
        """A half-written service can be deployed locally; `app.synthesize` refuses it for AWS."""
        entry_point = self.entry_point(place)
        if entry_point.exists(self.environment_.functions):
            return False
        self.missing.append(f"{entry_point.path}: {entry_point.attribute}")
        return True

    def _function(
        self,
        place: str,
        *,
        timeout: Duration,
        memory_mb: int = 512,
        more_layers: Sequence[ILayerVersion] = (),
        known_as: Former | None = None,
    ) -> ServiceFunction:
        function = self.make_function(
            known_as or self.entry_point(place),
            variables=self.variables,
            alarm_topic=self.platform.alarm_topic,
            timeout=timeout,
            memory_mb=memory_mb,
            more_layers=more_layers,
        )
        self.table.let_read_and_write(function)
        for bucket in self._buckets:
            bucket.let_read_and_write(function)
        if self._claims is not None:
            self._claims.let_claim(function)
        if self._time_series:
            let_use_time_series(function, self.environment_)
        if self._socket is not None:
            self._socket.let_post(function)
        return function
