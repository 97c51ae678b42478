"""A run of `echoline load` against a server that is running; gives its results as its JSON has them
(client/load/report/SCHEMA.md)."""

import contextlib
import json
import pathlib
import re
import subprocess
import threading

import processes
from failure import Failure

_PATIENCE = 120.0
_LOOK = 0.02  # seconds between two looks at its memory


def run(program: pathlib.Path, core: int, server: processes.Server, *options: str) -> dict:
    """Also where the client calls its figures invalid: "valid" in the document says so."""
    process = _start(program, core, server, options)
    try:
        return _results(process)
    finally:
        processes.end(process, 0)


def weigh(program: pathlib.Path, core: int, server: processes.Server, *options: str) -> int:
    """The peak of its resident memory in bytes, VmHWM of proc(5); that of wait4(2) counts what it
    was forked from, too. Looking takes the client's core from it now and then."""
    process = _start(program, core, server, options)
    ended = threading.Event()
    peaks = [0]

    def look() -> None:
        while not ended.wait(_LOOK):
            with contextlib.suppress(OSError):
                peaks.append(_peak_resident(process.pid))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        _results(process)
    finally:
        ended.set()
        looking.join()
        processes.end(process, 0)
    return max(peaks)


def _start(
    program: pathlib.Path, core: int, server: processes.Server, options: tuple[str, ...]
) -> subprocess.Popen:
    command = [str(program), "load", "--quiet", "--json", "-", *options]
    command.append(f"127.0.0.1:{server.port}")
    return processes.start(command, core, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def _results(process: subprocess.Popen) -> dict:
    try:
        out, said = process.communicate(timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        raise Failure("echoline load does not end") from None
    if not out:
        reason = " ".join(said.decode().split())[-200:] or f"exit code {process.returncode}"
        raise Failure(f"echoline load: {reason}")
    results = json.loads(out)
    if results["outcome"] not in ("ok", "invalid"):
        kinds = [f"{count} {kind}" for kind, count in results["errors"].items() if count]
        reason = ", ".join(kinds) or f"{results['requests']} replies"
        raise Failure(f"echoline load: {results['outcome']}: {reason}")
    return results


def _peak_resident(pid: int) -> int:
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0
