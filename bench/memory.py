"""Resident memory of the server per idle connection: a slope, so that the program itself cancels.

A first generator holds some connections, each after one echo, and a second adds more to the same
server. What the kernel keeps for a socket is not in it.
"""

import contextlib
import dataclasses
import pathlib
import re
import resource

import processes
from failure import Failure

FEW = 2000
MANY = 8000
_SPARE_DESCRIPTORS = 100


@dataclasses.dataclass(frozen=True)
class Growth:
    few_bytes: int  # resident with FEW connections
    many_bytes: int  # with MANY

    @property
    def bytes_per_connection(self):
        return (self.many_bytes - self.few_bytes) / (MANY - FEW)


def growth(bench, contender):
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if limit != resource.RLIM_INFINITY and limit < MANY + _SPARE_DESCRIPTORS:
        raise Failure(f"nofile is limited to {limit}, too few for {MANY} connections")
    with (
        processes.running(contender, bench.server_core) as server,
        _holding(bench, server, FEW),
    ):
        few = _resident(server.pid)
        with _holding(bench, server, MANY - FEW):
            return Growth(few, _resident(server.pid))


@contextlib.contextmanager
def _holding(bench, server, connections):
    arguments = [f"--connections={connections}", "--hold", "--time-limit=120"]
    with processes.Load(bench.generator, bench.generator_core, server.port, arguments) as load:
        load.expect("held")
        yield


def _resident(pid):
    # The figure in status may lag by some pages per thread; the roll-up is counted when read.
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    return int(re.search(r"^Rss:\s+(\d+) kB", text, re.MULTILINE).group(1)) * 1024
