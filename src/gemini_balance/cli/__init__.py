"""The command line: one file for each group of commands."""

from __future__ import annotations

import click

from gemini_balance.cli.keys import keys
from gemini_balance.cli.maintenance import backup, doctor, migrate, rotate_secret_key
from gemini_balance.cli.options import options
from gemini_balance.cli.password import password
from gemini_balance.cli.remote import SERVER, TOKEN
from gemini_balance.cli.serving import demo, serve, simulate
from gemini_balance.cli.tokens import tokens

COMMANDS: tuple[click.Command, ...] = (
    *(serve, demo, simulate, keys, tokens, options, password),
    *(doctor, migrate, backup, rotate_secret_key),
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gemini-balance")
@SERVER
@TOKEN
def main(server: str | None, token: str | None) -> None:
    """Many Google Gemini API keys behind one dependable address."""


for command in COMMANDS:
    main.add_command(command)
