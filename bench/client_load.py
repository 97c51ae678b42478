"""A run of `echoline load` against a server that is running; gives its results as its JSON has them
(client/load/report/SCHEMA.md)."""

import json
import pathlib
import subprocess

import processes
from failure import Failure

_PATIENCE = 120.0


def run(program: pathlib.Path, core: int, server: processes.Server, *options: str) -> dict:
    """Also where the client calls its figures invalid: "valid" in the document says so."""
    command = [str(program), "load", "--quiet", "--json", "-", *options]
    command.append(f"127.0.0.1:{server.port}")
    process = processes.start(command, core, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        out, said = process.communicate(timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        raise Failure("echoline load does not end") from None
    finally:
        processes.end(process, 0)
    if not out:
        reason = " ".join(said.decode().split())[-200:] or f"exit code {process.returncode}"
        raise Failure(f"echoline load: {reason}")
    results = json.loads(out)
    if results["outcome"] not in ("ok", "invalid"):
        kinds = [f"{count} {kind}" for kind, count in results["errors"].items() if count]
        reason = ", ".join(kinds) or f"{results['requests']} replies"
        raise Failure(f"echoline load: {results['outcome']}: {reason}")
    return results
