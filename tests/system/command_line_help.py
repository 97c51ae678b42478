"""The options that the programs' --help lists."""

import re

from program import echoline, echolined

SUBCOMMANDS = ("ping", "ask", "connect", "send", "load", "doctor")

OPTION = re.compile(r"^  (?:(-\w),)?(--[\w-]+)(?: |$)", re.MULTILINE)


def options_in(text):
    """Each option of a --help, short and long."""
    return {name for names in OPTION.findall(text) for name in names if name}


def options():
    """The options of each command line: of echolined, of echoline, and of its subcommands."""
    found = {"echolined": options_in(echolined("--help").stdout)}
    found["echoline"] = options_in(echoline("--help").stdout)
    for subcommand in SUBCOMMANDS:
        found[f"echoline {subcommand}"] = options_in(echoline(subcommand, "--help").stdout)
    assert all(found.values())
    return found
