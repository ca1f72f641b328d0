"""The checks before the deploy: nothing of them stays in the account."""

from typing import Final

from stadion_cli.preflight.before import (
    account,
    account_wide,
    change_sets,
    leftovers,
    limits,
    mail,
    phones,
    rights,
    workflows,
)
from stadion_cli.preflight.checks import Check

CHECKS: Final = (
    Check(1, "account", "Whose account, where", (account.whose, account.not_the_emulator, account.services)),
    Check(2, "bootstrap", "The CDK is at home", (account.bootstrap, account.cli_reads_the_assembly)),
    Check(3, "concurrency", "Executions at once", (limits.concurrency, limits.code_size)),
    Check(4, "quotas", "Quotas against the templates", (limits.quotas,)),
    Check(5, "leftovers", "Nothing of an earlier try", (leftovers.leftovers, leftovers.secrets)),
    Check(6, "change_sets", "A change set for each stack", (change_sets.change_sets,)),
    Check(7, "workflows", "State machines", (workflows.definitions,)),
    Check(8, "rights", "Policies", (rights.well_written, rights.do_what_they_should)),
    Check(9, "mail", "Mail", (mail.sending, mail.identity, mail.configuration_set)),
    Check(10, "phones", "SMS and push", (phones.sandbox, phones.spending, phones.origination, phones.push)),
    Check(
        11,
        "account_wide",
        "What an account has once",
        (account_wide.log_role, account_wide.budget, account_wide.anomalies),
        costs_usd=0.01,
    ),
)
"""Cost Explorer takes a cent for a question."""
