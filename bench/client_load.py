"""A run of `echoline load` against a server that is running; gives its results as its JSON has them
(client/load/report/SCHEMA.md)."""

import json
import pathlib
import subprocess

import processes
from failure import Failure

_INVALID = 4  # the generator set the figures, says the client; its document says why
_PATIENCE = 120.0


def run(
    program: pathlib.Path, core: int, server: processes.Server, *options: str
) -> dict:
    command = [str(program), "load", "--quiet", "--json", "-", *options]
    command.append(f"127.0.0.1:{server.port}")
    process = processes.start(command, core, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        out, said = process.communicate(timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        raise Failure("echoline load does not end") from None
    finally:
        processes.end(process, 0)
    if process.returncode not in (0, _INVALID):
        reason = said.decode().strip()[-300:] or f"exit code {process.returncode}"
        raise Failure(f"echoline load: {reason}")
    return json.loads(out)
