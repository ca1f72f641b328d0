"""Options that many commands have: which stack they speak to."""

from typing import Annotated, Final

import typer

Port = Annotated[
    int | None, typer.Option("--port", "-p", min=1, max=65535, help="Port of the local stack.", show_default="4566")
]
Endpoint = Annotated[
    str | None,
    typer.Option("--endpoint", "-e", metavar="URL", help="Use the emulator that runs there (LocalStack, …)."),
]
OnAws = Annotated[
    bool, typer.Option("--aws", help="The AWS account of your credentials (AWS_PROFILE, …), not the local stack.")
]
WHY: Final = "STADION_WHY"
"""Why somebody does what they do: `stadion --why "ticket 4711" …` says it to every request of its command."""
