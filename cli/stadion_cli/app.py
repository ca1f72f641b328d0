"""`stadion`: the developer's, admin's and marketer's command line."""

import os
import sys
from typing import Annotated, Final

import typer

from local.errors import FAILURE, ActionableError
from stadion_cli.base.errors import OK
from stadion_cli.base.lazy import lazy_group
from stadion_cli.base.options import WHY
from stadion_cli.commands import COMMANDS

INTERRUPTED: Final = 130

HELP: Final = """The backend of a sports retailer's training app, on your laptop or on AWS.

[bold]First steps[/bold]

  [cyan]stadion up[/cyan]                 start the local stack and deploy what is in this folder
  [cyan]stadion status[/cyan]             look at it
  [cyan]stadion logs --follow[/cyan]      watch what its functions say
  [cyan]stadion COMMAND --help[/cyan]     examples of one command

Exit codes: 0 done, 1 failed, 2 asked wrongly, 3 the stack is not running.
"""

app = typer.Typer(
    name="stadion",
    cls=lazy_group(COMMANDS),
    help=HELP,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("stadion"))
        raise typer.Exit


@app.callback()
def root(
    _: Annotated[bool, typer.Option("--version", help="Show the version.", callback=_version, is_eager=True)] = False,
    why: Annotated[str | None, typer.Option("--why", help="Why you do it: kept in the audit. Nobody's name.")] = None,
) -> None:
    if why is not None:
        os.environ[WHY] = why


def main() -> int:
    """Runs a command; errors that a person can act on become a panel and an exit code."""
    try:
        app(standalone_mode=True)
    except ActionableError as error:
        return _explain(error)
    except KeyboardInterrupt:
        return INTERRUPTED
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else (OK if end.code is None else FAILURE)
    except BrokenPipeError:  # `stadion logs | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception as error:
        told = _of_aws(error)
        if told is None:
            raise
        return _explain(told)
    return OK


def _of_aws(error: Exception) -> ActionableError | None:
    """What somebody can act on: nothing answers, or AWS refuses who asks."""
    if "botocore" not in sys.modules:
        return None
    from botocore.exceptions import ClientError, EndpointConnectionError

    from stadion_cli.base.errors import StackNotRunning, refused

    if isinstance(error, EndpointConnectionError):
        return StackNotRunning(str(error.kwargs["endpoint_url"]))
    return refused(error) if isinstance(error, ClientError) else None


def _explain(error: ActionableError) -> int:
    from stadion_cli.base.output import show_error

    show_error(error)
    return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
