"""What every service's stack starts from."""

from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar

from aws_cdk import Duration
from constructs import Construct

from infra_cdk.environments import Environment
from infra_cdk.parts.api import Auth, Route, ServiceApi
from infra_cdk.parts.bucket import A_WEEK, ServiceBucket
from infra_cdk.parts.consumer import Consumer, Events
from infra_cdk.parts.entry_points import PRODUCT, Former
from infra_cdk.parts.function import ServiceFunction, TableUse
from infra_cdk.parts.known_platform import KnownPlatform
from infra_cdk.parts.schedule import EveryFewMinutes
from infra_cdk.parts.served import routes_under
from infra_cdk.parts.socket import ServiceSocket
from infra_cdk.parts.standing import PARTNERS
from infra_cdk.parts.stream_consumer import StreamConsumer
from infra_cdk.parts.table import ServiceKey, ServiceTable
from infra_cdk.parts.timer import WorkflowTimer
from infra_cdk.parts.uses import ByKey, Claims, Packages, TimeSeries, Use, Variables
from infra_cdk.parts.work_queue import WorkQueue
from infra_cdk.parts.workflow import Workflow
from infra_cdk.stacks.stack import API_TIMEOUT, EVENT_TIMEOUT, StadionStack

Uses = Sequence[Use | None]
"""None is what nobody has written yet (`_is_missing`)."""


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
        gsi1: bool = False,
    ) -> None:
        super().__init__(scope, service=service, environment=environment)
        self.platform = platform = KnownPlatform(self, environment=environment)
        self.missing: list[str] = []
        self._api: ServiceApi | None = None
        self.facts: tuple[str, ...] = ()
        self.claims = Claims(platform.claims)
        self.time_series = TimeSeries(environment)
        self.key = ServiceKey(self, service=service, environment=environment)
        self.table = ServiceTable(
            self,
            service=service,
            key=self.key,
            environment=environment,
            relay=platform.relay,
            alarm_topic=platform.alarm_topic,
            gsi1=gsi1,
        )
        self.output(TableName=self.table.table.table_name)

    @property
    def users(self) -> Variables:
        """Who signs in, by name; what may be done with them is lent beside."""
        return Variables(
            {
                "STADION_USER_POOL_ID": self.platform.user_pool_id,
                "STADION_USER_POOL_CLIENT_ID": self.platform.user_pool_client_id,
            }
        )

    def packages(self, layer: str) -> Packages:
        """Of `layers/<layer>/requirements.txt`."""
        return Packages(self.layers.heavy(layer))

    def under(self, path: str, *, auth: Auth = Auth.JWT) -> list[Route]:
        """Routes for the path and everything below it, by the methods that the service serves there."""
        return routes_under(path, self.environment_.functions / self.service, auth=auth)

    def serve(
        self, routes: Sequence[Route], *, uses: Uses = (), memory_mb: int = 512, table: TableUse = TableUse.WRITES
    ) -> None:
        """`api.py` behind these routes. Whom it serves, it looks up before (`stadion.http`), where anybody signs in."""
        standing = self.platform.standing() if any(route.auth is Auth.JWT for route in routes) else None
        uses = [standing, self.platform.pseudonyms, self.platform.edge, *uses]
        self._lead(routes, "api", uses, memory_mb=memory_mb, table=table)

    def administer(
        self, *paths: str, place: str = "admin_api", uses: Uses = (), table: TableUse = TableUse.WRITES
    ) -> None:
        """`admin_api.py` behind all that is served under these paths of `/v1/admin`, to whoever signs."""
        routes = [route for path in paths for route in self.under(path, auth=Auth.IAM)]
        self._lead(routes, place, [self.platform.audit, self.platform.pseudonyms, *uses], memory_mb=512, table=table)

    def _lead(self, routes: Sequence[Route], place: str, uses: Uses, *, memory_mb: int, table: TableUse) -> None:
        if self._is_missing(place):
            return
        self._api = self._api or ServiceApi(
            self, api_id=self.platform.api_id, authorizer_id=lambda: self.platform.authorizer_id
        )
        self._api.lead(routes, to=self._function(place, API_TIMEOUT, uses, memory_mb=memory_mb, table=table))

    def request(self, place: str, *, uses: Uses = ()) -> ServiceFunction | None:
        """`on_<whose>_request.py`, which partners call. Who asks, it looks up before (`stadion.partner_http`)."""
        if self._is_missing(place):
            return None
        stands = self.platform.standing(whose=PARTNERS)
        uses = [stands, self.platform.pseudonyms, self.platform.edge, *uses]
        for former in self._formers(place):
            self._function(place, API_TIMEOUT, uses, known_as=former)
        return self._function(place, API_TIMEOUT, uses)

    def consume(
        self,
        place: str,
        *,
        uses: Uses = (),
        timeout: Duration = EVENT_TIMEOUT,
        memory_mb: int = 512,
        table: TableUse = TableUse.WRITES,
        batch_size: int = 10,
        at_once: int | None = None,
    ) -> None:
        """`on_<what>.py` for the events of the bus that it names itself. `at_once`: batches, if not as others."""
        if self._is_missing(place):
            return
        function = self._function(place, timeout, uses, memory_mb=memory_mb, table=table)
        Consumer(
            self,
            function=function,
            events=Events.of(self.environment_.functions / function.entry_point.path),
            bus=self.platform.bus,
            alarm_topic=self.platform.alarm_topic,
            batch_size=batch_size,
            at_once=at_once or self.environment_.at_once.queue,
        )
        self.queues.append(function.name)

    def work(
        self,
        place: str,
        *,
        uses: Uses = (),
        batch_size: int = 10,
        at_once: int | None = None,
        memory_mb: int = 512,
    ) -> WorkQueue | None:
        """`on_<what>.py` for what others leave in its queue."""
        if self._is_missing(place):
            return None
        function = self._function(place, EVENT_TIMEOUT, uses, memory_mb=memory_mb)
        self.queues.append(function.name)
        return WorkQueue(
            self,
            f"{function.entry_point.id}-work",
            function=function,
            alarm_topic=self.platform.alarm_topic,
            batch_size=batch_size,
            at_once=at_once or self.environment_.at_once.queue,
        )

    def follow(
        self,
        place: str,
        *,
        beginning: str,
        batch_size: int,
        at_once: int,
        uses: Uses = (),
        timeout: Duration = EVENT_TIMEOUT,
        memory_mb: int = 512,
    ) -> None:
        """`on_<what>.py` for what is written to the service's own table under sort keys that begin so. `at_once`:
        batches of a shard, none of which has the same partition as another."""
        if self._is_missing(place):
            return
        function = self._function(place, timeout, uses, memory_mb=memory_mb)
        StreamConsumer(
            self,
            function=function,
            table=self.table.table,
            beginning=beginning,
            alarm_topic=self.platform.alarm_topic,
            batch_size=batch_size,
            at_once=at_once,
        )
        self.queues.append(function.name)

    def receive(
        self,
        place: str,
        bucket: ServiceBucket,
        *,
        uses: Uses = (),
        timeout: Duration = EVENT_TIMEOUT,
        memory_mb: int = 512,
        batch_size: int = 10,
        at_once: int | None = None,
        goes_on: bool = False,
    ) -> None:
        """`on_<what>.py` for each file that arrives in the bucket. `goes_on`: one message may leave
        the rest of its file to another."""
        if self._is_missing(place):
            return
        function = self._function(place, timeout, uses, memory_mb=memory_mb)
        work = WorkQueue(
            self,
            f"{function.entry_point.id}-arrivals",
            function=function,
            alarm_topic=self.platform.alarm_topic,
            batch_size=batch_size,
            at_once=at_once or self.environment_.at_once.queue,
        )
        if goes_on:
            work.lend(function)
        bucket.tell(work)
        self.queues.append(function.name)

    def socket(self, wing: str) -> ServiceSocket:
        """A WebSocket API of a wing; who uses it may post to its connections."""
        return ServiceSocket(self, service=self.service, stage=wing, environment=self.environment_)

    def converse(self, socket: ServiceSocket, *, uses: Uses = (), memory_mb: int = 1024) -> None:
        """`on_socket_connect.py` of its wing says who may come, `on_socket_message.py` hears everything and answers,
        `socket/on_sessions_ended.py` ends connections with the sessions that opened them."""
        connects, hears = f"{socket.wing}/on_socket_connect", f"{socket.wing}/on_socket_message"
        if self._is_missing(connects) or self._is_missing(hears):
            return
        looks = ByKey(self.table, ("LINK#*", "ATHLETE#*"))
        connecting: Uses = [self.users, self.platform.standing(), self.packages("tokens"), looks]
        connect = self._function(connects, API_TIMEOUT, connecting, table=TableUse.NONE)
        message = self._function(hears, API_TIMEOUT, [socket, self.platform.standing(), *uses], memory_mb=memory_mb)
        socket.serve(connect=connect, message=message)
        self.consume(f"{socket.wing}/socket/on_sessions_ended", uses=[socket])

    def every(self, rate: Duration, place: str, *, uses: Uses = ()) -> None:
        """`task_<verb>_<noun>.py` again and again."""
        if self._is_missing(place):
            return
        function = self._function(place, Duration.minutes(1), uses)
        EveryFewMinutes(self, function=function, rate=rate, alarm_topic=self.platform.alarm_topic)
        self.queues.append(function.name)

    def workflow(
        self,
        name: str,
        *,
        steps: Mapping[str, Uses],
        timeout: Duration = EVENT_TIMEOUT,
        batches: ServiceBucket | None = None,
        only_reads: Collection[str] = (),
        memory_mb: Mapping[str, int] | None = None,
    ) -> Workflow | None:
        """`statemachines/<name>.asl.json`, and its steps, `tasks.<verb>_<noun>`, with what each of them uses.

        `memory_mb`: of steps that need more than the others.
        """
        if any(self._is_missing(place) for place in steps):
            return None

        def made(place: str, former: Former | None = None) -> ServiceFunction:
            table = TableUse.READS if place in only_reads else TableUse.WRITES
            memory = (memory_mb or {}).get(place, 512)
            return self._function(place, timeout, steps[place], known_as=former, table=table, memory_mb=memory)

        return Workflow(
            self,
            name=name,
            steps=[made(place) for place in steps],
            former_steps=[made(place, former) for place in steps for former in self._formers(place)],
            environment=self.environment_,
            alarm_topic=self.platform.alarm_topic,
            batches=batches,
        )

    def timer(self, name: str, *, workflow: str, first_step: str) -> WorkflowTimer:
        """One-time schedules that start the state machine of that name; starts that fail wait by its first step."""
        step = self.entry_point(first_step)
        self.queues.append(step.name)
        return WorkflowTimer(self, name=name, workflow=workflow, first_step=step, alarm_topic=self.platform.alarm_topic)

    def bucket(
        self,
        name: str,
        *,
        arrivals: str,
        swept_after: Duration = A_WEEK,
        from_app: bool = False,
        led_to: bool = False,
        keeps_versions: bool = True,
    ) -> ServiceBucket:
        """Files for who uses it, and an output `<Name>Bucket`."""
        bucket = ServiceBucket(
            self,
            name.title(),
            service=self.service,
            name=name,
            arrivals=arrivals,
            key=self.key,
            environment=self.environment_,
            swept_after=swept_after,
            from_app=from_app,
            led_to=led_to,
            keeps_versions=keeps_versions,
        )
        self.output(**{f"{name.title()}Bucket": bucket.bucket.bucket_name})
        return bucket

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
        timeout: Duration,
        uses: Uses,
        *,
        memory_mb: int = 512,
        table: TableUse = TableUse.WRITES,
        known_as: Former | None = None,
    ) -> ServiceFunction:
        function = self.make_function(
            known_as or self.entry_point(place),
            variables={
                "STADION_BUS": PRODUCT,
                "STADION_ALLOWANCE": str(self.environment_.athlete_allowance),
            },
            alarm_topic=self.platform.alarm_topic,
            timeout=timeout,
            memory_mb=memory_mb,
        )
        self.table.let_use(function, table)
        for use in uses:
            if use is not None:
                use.lend(function)
        return function
