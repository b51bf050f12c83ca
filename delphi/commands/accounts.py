"""The command `delphi account`: accounts of the study team."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from delphi.commands.settings import checked_settings
from delphi.config import Settings
from delphi.errors import Refused

if TYPE_CHECKING:
    from flask import Flask

AppFactory = Callable[[Settings], "Flask"]


def email_address(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """Check the form of an e-mail address, as the pages do."""
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(value.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise click.BadParameter(f"“{value}” is not an e-mail address: write name@example.org.") from None
    return value


@click.group("account")
def account_commands() -> None:
    """Accounts of the study team."""


@account_commands.command()
@click.argument("email", callback=email_address)
@click.pass_obj
def create(app_factory: AppFactory, email: str) -> None:
    """Create an account and print the link that sets its password, once and within the hour."""
    _print_link(app_factory, email, new=True)


@account_commands.command()
@click.argument("email")
@click.pass_obj
def link(app_factory: AppFactory, email: str) -> None:
    """Print a new link that sets an account's password."""
    _print_link(app_factory, email, new=False)


def _print_link(app_factory: AppFactory, email: str, *, new: bool) -> None:
    from delphi.web.accounts import one_time_link

    app = app_factory(checked_settings())
    database = app.extensions["database"]
    with app.app_context():
        try:
            click.echo(one_time_link(database, app.extensions["settings"], email, new=new))
        except Refused as error:
            raise click.ClickException(str(error)) from None
        finally:
            database.engine.dispose()
