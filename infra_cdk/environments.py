"""What differs between the laptop and AWS: everything that does is here, and nothing else is."""

import platform
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

from aws_cdk import RemovalPolicy
from aws_cdk.aws_lambda import Architecture, Runtime, RuntimeFamily
from aws_cdk.aws_logs import RetentionDays

Phone = Literal["ios", "android"]
"""As an app registers its device (`PushPlatform` of notifications)."""

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class PartnerPlan:
    """What a partner's keys may ask for, each key by itself."""

    name: str
    requests_per_s: int
    at_once: int
    requests_per_day: int


@dataclass(frozen=True)
class TableMaximum:
    """Units a second that a table, and each of its indexes, may cost. A loop ends there, at the cost of a busy day and
    not of a house; what it refuses is tried again, and heard of (`Trouble.TABLE_THROTTLES`)."""

    reads: int
    writes: int


PARTNER_PLANS = (
    PartnerPlan("standard", requests_per_s=50, at_once=100, requests_per_day=200_000),
    PartnerPlan("trial", requests_per_s=5, at_once=5, requests_per_day=25),
)


@dataclass(frozen=True, kw_only=True)
class AtOnce:
    """Executions at once. What somebody waits for keeps its own for itself; a queue has a ceiling, so that a crowd of
    one waits in it instead of taking what all share. All of it together leaves 100 of an account's 1 000
    (`guardrails`; docs/decisions/0036-brakes.md)."""

    api: int = 35
    """Of each service: some 350 requests a second. Two services more find room (`guardrails`)."""
    partners: int = 25
    admins: int = 5
    others: int = 25
    """Of the socket and the pool's trigger."""
    queue: int = 5
    """Of each: 50 messages in work, some 500 a second."""
    recordings: int = 20
    """Decoded and measured, each in up to 2 GB."""


@dataclass(frozen=True, kw_only=True)
class Environment:
    name: str
    architecture: Architecture
    runtime: Runtime
    wheels: tuple[str, ...]
    """uv's arguments that choose the wheels of the layers."""
    compiled_code: bool
    """Our own code goes with bytecode, as layers do everywhere: Lambda can write none beside it, the emulator can."""
    snap_start: bool
    canary: bool
    """Another version of what apps and partners call gets a tenth of the requests for five minutes, then all."""
    access_logs: bool
    keep_data: bool
    """Tables, buckets, users, keys and logs outlive their stack."""
    log_retention: RetentionDays
    request_log_retention: RetentionDays
    """Of functions that write a line for each request, with hashes of who asked and from where."""
    former_names: bool
    """Keep functions that others call under their former names too: docs/how-to/rename-functions.md says until when."""
    app_origins: tuple[str, ...]
    mail_domain: str
    sms_month_usd: float = 1
    """What SMS may cost in a month: `stadion sms limit` tells the account, an alarm rings at four fifths of it."""
    mail_verified: bool = True
    """The domain is verified: only then may Cognito name it. Not at an account's first deployment, which makes the
    identity whose records the DNS is to have (STADION_MAIL_VERIFIED=0)."""
    phone_countries: tuple[str, ...] = ("RU", "BY", "KZ", "DE", "FR")
    """ISO 3166-1 alpha-2, of the numbers that get codes: an SMS costs up to a hundred times more elsewhere."""
    texts_per_day: int = 1_000
    """Codes by SMS, to everybody together."""
    codes_per_hour: int = 2_000
    """Mailed to everybody together, above which somebody is called."""
    network_allowance: int = 1
    """How many times what a network may ask for (`functions/accounts/brakes/domain.py`)."""
    at_once: AtOnce = AtOnce()
    athlete_allowance: int = 1
    """How many times what an athlete may ask for within a minute or a day (`stadion.standing`, workouts' quotas)."""
    api_domain: str = ""
    """Under which apps and partners call, and whose certificate the edge asks for."""
    alarm_mail: str = ""
    """Who hears the alarms: a list of those on call, not a person. It has to say yes once, by a link that SNS sends."""
    mending: bool = False
    """No canary for this deployment (STADION_CANARY=0): CodeDeploy takes nothing while one of its alarms rings already,
    and so not the version that would silence it."""
    first: bool = False
    """The account's first deployment (STADION_FIRST=1), which CloudFormation must be able to undo: nothing is protected
    from deletion, and neither mail nor edge is there yet."""
    edge: bool = False
    """Functions answer only what came through the edge. Not at an account's first deployment, which makes the secret
    that the edge will send (STADION_EDGE=0)."""
    month_usd: float = 0
    """The budget: mails at four fifths of it, and when the month is going to pass it. 0: nobody is told."""
    anomaly_monitor: str = ""
    """ARN of the account's own monitor of its services, where it has one (STADION_ANOMALY_MONITOR): AWS makes it with
    the first look into Cost Explorer and lets nobody make a second."""
    table_maximum: TableMaximum | None = None
    platform_lines: bool = True
    """START, END and REPORT of each invocation also of functions that nobody waits for."""
    push_applications: tuple[tuple[Phone, str], ...] = ()
    """Which phones are rung by which SNS application: `("ios", "APNS/stadion-ios")`. It holds credentials: no template
    makes it."""
    timestream: bool = False
    """Time series on Timestream, for accounts that have it (STADION_TIMESTREAM=1). The laptop has its own beside."""
    partner_plans: tuple[PartnerPlan, ...] = PARTNER_PLANS
    functions: Path = ROOT / "functions"

    def __post_init__(self) -> None:
        """Under another name no device would ever find its application."""
        if unknown := {phone for phone, _ in self.push_applications} - set(get_args(Phone)):
            raise ValueError(f"push_applications of {self.name}: no app registers as {', '.join(sorted(unknown))}")

    def under(self, domain: str) -> "Environment":
        """The same in a domain: the app at `app.`, the APIs at `api.`, mail from the domain itself."""
        on_the_desk = tuple(origin for origin in self.app_origins if origin.startswith("http://localhost:"))
        return replace(
            self,
            mail_domain=domain,
            api_domain=f"api.{domain}",
            app_origins=(*on_the_desk, f"https://app.{domain}"),
        )

    @property
    def protects(self) -> bool:
        """From deletion, by CloudFormation too."""
        return self.keep_data and not self.first

    def public(self, address: str) -> str:
        """Where people and partners reach what a gateway serves at this address: the edge, where there is one."""
        return f"https://{self.api_domain}" if self.edge else address


LOCAL = Environment(
    name="local",
    architecture=Architecture.ARM_64 if platform.machine() in {"arm64", "aarch64"} else Architecture.X86_64,
    runtime=Runtime(f"python{sys.version_info.major}.{sys.version_info.minor}", RuntimeFamily.PYTHON),
    wheels=("--python", sys.executable),
    compiled_code=False,
    snap_start=False,
    canary=False,
    access_logs=False,
    keep_data=False,
    log_retention=RetentionDays.ONE_WEEK,
    request_log_retention=RetentionDays.ONE_WEEK,
    former_names=False,
    app_origins=("http://localhost:3000", "http://localhost:5173"),
    mail_domain="stadion.test",
    alarm_mail="on-call@stadion.test",
    texts_per_day=100_000,
    network_allowance=1_000,
    athlete_allowance=20,
    at_once=AtOnce(others=60, queue=2, recordings=4),  # of the socket: its processes are slow to come
    push_applications=(("ios", "APNS/stadion-ios"), ("android", "GCM/stadion-android")),
)

LAMBDA_PYTHON = "3.13"
"""Of dev and prod: the newest on which the whole suite has run (docs/proof/pythons.md)."""
LAMBDA_RUNTIME: Runtime = getattr(Runtime, f"PYTHON_{LAMBDA_PYTHON.replace('.', '_')}")
LAMBDA_WHEELS = (
    *("--python-platform", "aarch64-manylinux_2_28", "--python-version", LAMBDA_PYTHON),
    *("--only-binary", ":all:"),
)

DEV = Environment(
    name="dev",
    architecture=Architecture.ARM_64,
    runtime=LAMBDA_RUNTIME,
    wheels=LAMBDA_WHEELS,
    compiled_code=True,
    snap_start=True,
    canary=False,
    access_logs=True,
    keep_data=False,
    log_retention=RetentionDays.ONE_MONTH,
    request_log_retention=RetentionDays.ONE_MONTH,
    former_names=True,
    app_origins=("http://localhost:3000",),
    mail_domain="",
    alarm_mail="on-call@stadion.example",
    edge=True,
    month_usd=150,
    table_maximum=TableMaximum(reads=2_000, writes=1_000),
).under("dev.stadion.example")

PROD = Environment(
    name="prod",
    architecture=Architecture.ARM_64,
    runtime=LAMBDA_RUNTIME,
    wheels=LAMBDA_WHEELS,
    compiled_code=True,
    snap_start=True,
    canary=True,
    access_logs=True,
    keep_data=True,
    log_retention=RetentionDays.SIX_MONTHS,
    request_log_retention=RetentionDays.ONE_MONTH,
    former_names=True,
    app_origins=(),
    mail_domain="",
    alarm_mail="on-call@stadion.example",
    edge=True,
    sms_month_usd=500,
    month_usd=2_000,
    table_maximum=TableMaximum(reads=10_000, writes=5_000),
    platform_lines=False,
).under("stadion.example")

ENVIRONMENTS = {environment.name: environment for environment in (LOCAL, DEV, PROD)}


def removal_policy(environment: Environment) -> RemovalPolicy:
    """What a first create that fails has made goes with it: under its fixed name it would refuse the next one."""
    return RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if environment.keep_data else RemovalPolicy.DESTROY
