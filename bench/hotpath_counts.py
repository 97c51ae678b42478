"""What a request costs echolined, in figures that do not depend on the machine's speed or load:
user instructions from the waking of its loop to the next, and system calls."""

import contextlib
import dataclasses
import pathlib
import re
import socket
import statistics
import tempfile
import typing

import daemon
import processes
import syscalls
from failure import Failure
from lockstep import Lockstep

CONNECTIONS = 50
_ROUNDS = 20
_COUNTED_ROUNDS = 400
_RUNS = 3
_NEIGHBOURS = 10  # connections to a listener with faults
# A batch of events with all that they set off; starting, accepting and timers are outside.
_FUNCTION = "streams::ReadinessSet::pump()"
_VALGRIND_PATIENCE = 60.0


@dataclasses.dataclass(frozen=True)
class Work:
    name: str
    protocol: str
    request: bytes
    reply: bytes
    beside_faults: bool = False  # another listener of the daemon has some, and clients


WORKS = [
    Work("echo 64 B", "echo", b"x" * 64, b"x" * 64),
    Work("line PING", "line", b"PING\r\n", b"+PONG\r\n"),
    Work("echo 64 B beside faults", "echo", b"x" * 64, b"x" * 64, beside_faults=True),
]


def instructions(program: pathlib.Path, work: Work, core: int) -> float:
    """Per request, as the difference of two runs, in which all but the requests cancels. What does
    not, because the first round of one run found the connections in another state, is 22,300
    instructions and so little for each of the requests in between."""
    few, many = (
        statistics.median_low(_collected(program, work, core, rounds) for _ in range(_RUNS))
        for rounds in (_ROUNDS, _ROUNDS + _COUNTED_ROUNDS)
    )
    if many == few:
        raise Failure(f"valgrind finds no {_FUNCTION} to count in: was it inlined?")
    return (many - few) / (_COUNTED_ROUNDS * CONNECTIONS)


@contextlib.contextmanager
def _serving(
    program: pathlib.Path, work: Work, core: int, prefix: typing.Sequence[str] = ()
) -> typing.Iterator[processes.Server]:
    faulty_port = processes.free_port() if work.beside_faults else None
    contender = daemon.echolined(program, protocol=work.protocol, faulty_port=faulty_port)
    with processes.running(contender, core, prefix, _VALGRIND_PATIENCE) as server:
        with contextlib.ExitStack() as stack:
            for _ in range(_NEIGHBOURS if work.beside_faults else 0):
                one = socket.create_connection(("127.0.0.1", faulty_port), _VALGRIND_PATIENCE)
                stack.enter_context(one)
                one.sendall(b"PING\r\n")
                if one.recv(100) != b"+PONG\r\n":
                    raise Failure("a wrong reply of the listener with faults")
            yield server


def _collected(program: pathlib.Path, work: Work, core: int, rounds: int) -> int:
    with tempfile.TemporaryDirectory(prefix="echoline-bench-") as directory:
        log = pathlib.Path(directory) / "log"
        prefix = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
        prefix += [f"--toggle-collect={_FUNCTION}", f"--log-file={log}"]
        with _serving(program, work, core, prefix) as server:
            lockstep = Lockstep(server.pid, server.port, CONNECTIONS)
            for _ in range(rounds):
                lockstep.round(work.request, work.reply)
            lockstep.finish()
        text = log.read_text(encoding="utf-8")
    total = re.search(r"Collected : (\d+)", text)
    if not total:
        raise Failure(f"callgrind gave no total: {text[-500:].strip()}")
    return int(total.group(1))


def system_calls(program: pathlib.Path, work: Work, core: int) -> float:
    """Per request; those for waking and sleeping are shared by the requests of a round."""
    _, make_counter = syscalls.method()
    with _serving(program, work, core) as server:
        lockstep = Lockstep(server.pid, server.port, CONNECTIONS)
        lockstep.round(work.request, work.reply)
        with make_counter(server.pid, core) as counter:
            counter.begin()
            for _ in range(_ROUNDS):
                lockstep.round(work.request, work.reply)
            count = counter.finish()
        lockstep.finish()
    return count / (_ROUNDS * CONNECTIONS)
