"""A state machine from `statemachines/`: its steps are functions of the service, its failures are heard of."""

from collections.abc import Sequence

from aws_cdk import Aws, Duration
from aws_cdk.aws_cloudwatch import Metric
from aws_cdk.aws_iam import PolicyStatement
from aws_cdk.aws_logs import LogGroup
from aws_cdk.aws_sns import ITopic
from aws_cdk.aws_stepfunctions import DefinitionBody, LogLevel, LogOptions, StateMachine, StateMachineType
from constructs import Construct

from infra_cdk.environments import ROOT, Environment, removal_policy
from infra_cdk.nag import accept, logical_id
from infra_cdk.parts.alarms import Trouble, raise_alarm
from infra_cdk.parts.bucket import ServiceBucket
from infra_cdk.parts.entry_points import PRODUCT, EntryPoint
from infra_cdk.parts.function import ServiceFunction

OF_MAPS = ("states:DescribeExecution", "states:StopExecution", "states:RedriveExecution")
"""What a distributed map asks for of its children; the last when an execution that failed is redriven."""


class Workflow(Construct):
    """`statemachines/<name>.asl.json` with `${<verb>_<noun>}` for each step; its log has no people's data."""

    def __init__(
        self,
        scope: Construct,
        *,
        name: str,
        steps: Sequence[ServiceFunction],
        former_steps: Sequence[ServiceFunction],
        environment: Environment,
        alarm_topic: ITopic,
        batches: ServiceBucket | None = None,
    ) -> None:
        """`batches`: the bucket, `${bucket}` in the file, whose objects a distributed map goes over.

        `former_steps`: what executions call that began with a definition of before.
        """
        super().__init__(scope, name.replace("_", "-"))
        self.name = f"{PRODUCT}-{name.replace('_', '-')}"
        self._what = name
        logs = LogGroup(
            self,
            "Logs",
            log_group_name=f"/aws/vendedlogs/states/{self.name}",
            retention=environment.log_retention,
            removal_policy=removal_policy(environment),
        )
        self.machine = StateMachine(
            self,
            "Machine",
            state_machine_name=self.name,
            state_machine_type=StateMachineType.STANDARD,
            definition_body=DefinitionBody.from_string((ROOT / "statemachines" / f"{name}.asl.json").read_text()),
            definition_substitutions={
                **self._by_name(steps),
                **({"bucket": batches.name, "partition": Aws.PARTITION} if batches is not None else {}),
            },
            logs=LogOptions(destination=logs, level=LogLevel.ALL, include_execution_data=False),
            tracing_enabled=True,
            removal_policy=removal_policy(environment),
        )
        for step in (*steps, *former_steps):
            step.function.grant_invoke(self.machine.role)
            finding = f"IAM5[Resource::<{logical_id(step.function)}.Arn>:*]"
            accept(self.machine, finding, "its own steps, whichever version")
        if batches is not None:
            self._let_map_over(batches)
        accept(self.machine, "IAM5[Resource::*]", "log deliveries and traces have no resources")
        raise_alarm(
            self,
            trouble=Trouble.WORKFLOW_FAILURES,
            subject=self.name,
            meaning=f"An execution of {self.name} failed: somebody did not get what they were promised.",
            metric=Metric(
                namespace="AWS/States",
                metric_name="ExecutionsFailed",
                dimensions_map={"StateMachineArn": self.machine.state_machine_arn},
                statistic="Sum",
                period=Duration.minutes(1),
            ),
            topic=alarm_topic,
        )

    def _by_name(self, steps: Sequence[ServiceFunction]) -> dict[str, str]:
        """What each step is called in the file -> its ARN."""
        named: dict[str, EntryPoint] = {}
        for one in (step.entry_point for step in steps):
            other = named.setdefault(one.what, one)
            if other != one:
                raise ValueError(f"{self.name} has two steps ${{{one.what}}}: {other.path} and {one.path}")
        return {step.entry_point.what: step.function.function_arn for step in steps}

    def _let_map_over(self, batches: ServiceBucket) -> None:
        """A distributed map starts executions of its own machine, and lists the bucket."""
        arn = f"arn:{Aws.PARTITION}:states:{Aws.REGION}:{Aws.ACCOUNT_ID}"
        machine, executions = f"{arn}:stateMachine:{self.name}", f"{arn}:execution:{self.name}*"
        self.machine.add_to_role_policy(PolicyStatement(actions=["states:StartExecution"], resources=[machine]))
        self.machine.add_to_role_policy(PolicyStatement(actions=list(OF_MAPS), resources=[executions]))
        self.machine.add_to_role_policy(
            PolicyStatement(actions=["s3:ListBucket"], resources=[batches.bucket.bucket_arn])
        )
        shown = f"arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:{self.name}*"
        accept(self.machine, f"IAM5[Resource::{shown}]", "its own executions, and those of its maps")

    def lend(self, function: ServiceFunction) -> None:
        """`STADION_<NAME>_WORKFLOW`, and the right to start it."""
        function.allow("states:StartExecution", on=[self.machine.state_machine_arn])
        function.set_variable(f"STADION_{self._what.upper()}_WORKFLOW", self.machine.state_machine_arn)
