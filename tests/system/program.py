"""The two programs under test, run to their end."""

import os
import subprocess

ECHOLINED = os.environ["ECHOLINED"]
ECHOLINE = os.environ["ECHOLINE"]


def run(*command, seconds=60, **options):
    """Runs a command that ends by itself; its output is text."""
    options.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.run(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        timeout=seconds,
        text=True,
        **options,
    )


def echolined(*arguments, **options):
    return run(ECHOLINED, *arguments, **options)


def echoline(*arguments, **options):
    return run(ECHOLINE, *arguments, **options)


def pipe_through(*command, input, seconds=60):
    """Runs a command with these bytes as its standard input; what it printed, as bytes."""
    done = subprocess.run(
        [str(part) for part in command], input=input, stdout=subprocess.PIPE, timeout=seconds
    )
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}"
    return done.stdout
