"""EventBridge Scheduler for one state machine: functions set one-time schedules that start it."""

from aws_cdk import Aws
from aws_cdk.aws_iam import PolicyStatement, Role, ServicePrincipal
from aws_cdk.aws_scheduler import CfnScheduleGroup
from aws_cdk.aws_sns import ITopic
from constructs import Construct

from infra_cdk.nag import accept
from infra_cdk.parts.entry_points import PRODUCT, EntryPoint
from infra_cdk.parts.function import ServiceFunction
from infra_cdk.parts.work_queue import DeadLetters


class WorkflowTimer(Construct):
    """A group of schedules, the role that Scheduler takes, and a queue for starts that were not to be had.

    The machine is named, not referred to: its steps are functions that set timers themselves.
    """

    def __init__(
        self, scope: Construct, *, name: str, workflow: str, first_step: EntryPoint, alarm_topic: ITopic
    ) -> None:
        super().__init__(scope, f"{name}-timer")
        self._workflow = f"{PRODUCT}-{workflow.replace('_', '-')}"
        self._name = name
        group = f"{PRODUCT}-{name}s"
        self.group = CfnScheduleGroup(self, "Group", name=group)
        missed = DeadLetters(self, "Missed", name=f"{first_step.name}-dlq", alarm_topic=alarm_topic)
        accept(missed, "SQS3", "it is where starts go that were not to be had")
        self._role = Role(
            self,
            "Role",
            assumed_by=ServicePrincipal("scheduler.amazonaws.com", conditions={
                "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}
            }),
        )  # fmt: skip
        self._role.add_to_policy(PolicyStatement(actions=["states:StartExecution"], resources=[self.machine_arn]))
        missed.queue.grant_send_messages(self._role)
        prefix = f"STADION_{name.upper()}"
        self.variables = {
            f"{prefix}_WORKFLOW": self.machine_arn,
            f"{prefix}_TIMER_GROUP": group,
            f"{prefix}_TIMER_ROLE": self._role.role_arn,
            f"{prefix}_TIMER_DEAD_LETTERS": missed.queue.queue_arn,
        }
        self._schedules = f"arn:{Aws.PARTITION}:scheduler:{Aws.REGION}:{Aws.ACCOUNT_ID}:schedule/{group}/*"

    @property
    def machine_arn(self) -> str:
        return f"arn:{Aws.PARTITION}:states:{Aws.REGION}:{Aws.ACCOUNT_ID}:stateMachine:{self._workflow}"

    def lend(self, function: ServiceFunction) -> None:
        """Set and forget timers, start executions, see whether they run, and stop them."""
        executions = f"arn:{Aws.PARTITION}:states:{Aws.REGION}:{Aws.ACCOUNT_ID}:execution:{self._workflow}:*"
        function.allow(
            "scheduler:CreateSchedule", "scheduler:DeleteSchedule", "scheduler:GetSchedule", on=[self._schedules]
        )
        function.allow(
            "iam:PassRole",
            on=[self._role.role_arn],
            conditions={"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}},
        )
        function.allow("states:StartExecution", on=[self.machine_arn])
        function.allow("states:DescribeExecution", "states:StopExecution", on=[executions])
        shown = "arn:<AWS::Partition>:{}:<AWS::Region>:<AWS::AccountId>:{}"
        schedules = shown.format("scheduler", f"schedule/{PRODUCT}-{self._name}s/*")
        accept(function, f"IAM5[Resource::{schedules}]", "a schedule for each run, in a group of their own")
        shown = shown.format("states", f"execution:{self._workflow}:*")
        accept(function, f"IAM5[Resource::{shown}]", "executions of this machine, which are named by their run")
        for name, value in self.variables.items():
            function.set_variable(name, value)
