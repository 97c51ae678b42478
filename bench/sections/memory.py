"""Resident memory of the server per idle connection: a slope, so that the program itself cancels.

A first generator holds some connections, each after one echo, and a second adds more to the same
server. What the kernel keeps for a socket is not in it.
"""

import pathlib
import re
import resource

import processes
from failure import Failure
from field import Field
from findings import Findings, Table
from measure import Bench
from selection import Selection

FEW = 2000
MANY = 18000
_SPARE_DESCRIPTORS = 200


def measure(bench: Bench, field: Field, selection: Selection) -> Findings:
    many = min(MANY, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - _SPARE_DESCRIPTORS)
    if many < 2 * FEW:
        raise Failure(f"nofile is too low to hold {2 * FEW} connections")
    servers, failures = {}, {}
    for contender in field.echo:
        try:
            few_bytes, many_bytes = _resident_with(bench, contender, many)
            servers[contender.name] = {
                "few_bytes": few_bytes,
                "many_bytes": many_bytes,
                "bytes_per_connection": (many_bytes - few_bytes) / (many - FEW),
            }
        except Failure as failure:
            failures[contender.name] = str(failure)
    rows = [
        [name, f"{one['few_bytes'] / 1024:.0f}", f"{one['many_bytes'] / 1024:.0f}"]
        + [f"{one['bytes_per_connection']:.0f}"]
        for name, one in servers.items()
    ]
    table = Table(
        "Resident memory, connections idle after one echo (the kernel's part is not in it)",
        ["server", f"KiB with {FEW}", f"KiB with {many}", "bytes per connection"],
        rows + [[name, "failed", "", ""] for name in failures],
        [f"{name} failed: {why}" for name, why in failures.items()],
    )
    return Findings(
        [table], {"few": FEW, "many": many, "servers": servers, "failures": failures}
    )


def _resident_with(bench: Bench, contender: processes.Contender, many: int) -> tuple[int, int]:
    with (
        processes.running(contender, bench.server_core) as server,
        processes.holding(bench.generator, bench.generator_core, server, FEW),
    ):
        few_bytes = _resident(server.pid)
        with processes.holding(bench.generator, bench.generator_core, server, many - FEW):
            return few_bytes, _resident(server.pid)


def _resident(pid: int) -> int:
    # The figure in status may lag by some pages per thread; the roll-up is counted when read.
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    return int(re.search(r"^Rss:\s+(\d+) kB", text, re.MULTILINE).group(1)) * 1024
