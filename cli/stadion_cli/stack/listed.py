"""The commands of the local stack, as `stadion --help` shows them."""

from typing import Final

from stadion_cli.base.lazy import STACK, LazyCommand

COMMANDS: Final = (
    LazyCommand("demo", "stack.demo:demo", "Upload real recordings and watch everything react.", STACK),
    LazyCommand("up", "stack.commands:up", "Start the local stack and deploy the working tree to it.", STACK),
    LazyCommand("status", "stack.commands:status", "What runs, since when, what is deployed, what waits.", STACK),
    LazyCommand("logs", "oncall.logs:logs", "The functions' log lines, merged and readable.", STACK),
    LazyCommand("down", "stack.commands:down", "Stop the local stack; its state is kept.", STACK),
    LazyCommand("aws", "stack.account:app", "An AWS account that is to be given up: empty its buckets.", STACK),
    LazyCommand("reset", "stack.commands:reset", "Stop the local stack and forget its state.", STACK),
)
