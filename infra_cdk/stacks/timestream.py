"""The time series on Timestream: opt-in, as AWS opens it to no new customer (docs/how-to/timestream.md).

No report of rejected records to S3: it would hold what people measured. CloudWatch counts them
(`MagneticStoreRejectedRecordCount`), and the functions what they are refused at once (`SamplesRefused`).
"""

from aws_cdk import Stack
from aws_cdk.aws_timestream import CfnDatabase, CfnTable
from constructs import Construct

from infra_cdk.environments import Environment, removal_policy
from infra_cdk.nag import accept
from infra_cdk.parts.entry_points import PRODUCT
from infra_cdk.timestream_tables import TABLES, SeriesTable, database_name, properties


class TimestreamStack(Stack):
    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, f"{PRODUCT}-timestream", description="Stadion: time series on Timestream")
        database = CfnDatabase(self, "Database", database_name=database_name(environment.name))
        database.apply_removal_policy(removal_policy(environment))
        accept(database, "TS3", "encrypted by the account's key for Timestream; one of our own would tie the stacks")
        for table in TABLES:
            made = _table(self, table, environment)
            made.apply_removal_policy(removal_policy(environment))
            made.add_dependency(database)


def _table(scope: Construct, table: SeriesTable, environment: Environment) -> CfnTable:
    told = properties(table)
    return CfnTable(
        scope,
        table.name.title().replace("_", ""),
        database_name=database_name(environment.name),
        table_name=table.name,
        retention_properties=told["RetentionProperties"],
        magnetic_store_write_properties=told["MagneticStoreWriteProperties"],
        schema=CfnTable.SchemaProperty(
            composite_partition_key=[
                CfnTable.PartitionKeyProperty(
                    type=key["Type"], name=key["Name"], enforcement_in_record=key["EnforcementInRecord"]
                )
                for key in told["Schema"]["CompositePartitionKey"]
            ]
        ),
    )
