"""Servers and generators as child processes: pinned, waited for, and always ended again."""

import contextlib
import ctypes
import dataclasses
import json
import os
import pathlib
import shlex
import signal
import socket
import subprocess
import tempfile
import time
import typing

from failure import Failure

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


@dataclasses.dataclass(frozen=True)
class Contender:
    """A server that takes part: a name and how to start it on a port, given a scratch directory."""

    name: str
    command: typing.Callable[[int, pathlib.Path], list[str]]


@dataclasses.dataclass(frozen=True)
class Server:
    """One that is running and accepts connections."""

    pid: int
    port: int


def from_command_line(text: str) -> Contender:
    """Any other server, from `CMD {port}`; named after its program."""
    words = shlex.split(text)
    if not any("{port}" in word for word in words):
        raise Failure(f"the command needs a {{port}}: {text}")
    return Contender(
        pathlib.Path(words[0]).name,
        lambda port, scratch: [word.replace("{port}", str(port)) for word in words],
    )


@contextlib.contextmanager
def running(
    contender: Contender,
    core: int | None,
    prefix: typing.Sequence[str] = (),
    patience: float = 10.0,
) -> typing.Iterator[Server]:
    """Starts the server on `core` (None: any) behind `prefix` (a tool and its options), waits at
    most `patience` seconds until it accepts, and ends it with SIGTERM."""
    with tempfile.TemporaryDirectory(prefix="echoline-bench-") as directory:
        scratch = pathlib.Path(directory)
        port = free_port()
        command = [*prefix, *contender.command(port, scratch)]
        log = scratch / "stderr"
        with log.open("wb") as stderr:
            process = start(command, core, stdout=subprocess.DEVNULL, stderr=stderr)
        try:
            _await_accepting(process, port, patience, contender.name, log)
            yield Server(process.pid, port)
            if process.poll() is not None:
                raise Failure(f"{contender.name} ended with {process.returncode}: {_tail(log)}")
        finally:
            end(process, patience)


class Load:
    """A run of the generator against a server. After it has said "start" or "stop", and with --wait
    until proceed(), nothing is in flight."""

    def __init__(self, program: pathlib.Path, core: int, port: int, arguments: list[str]):
        self._command = [str(program), "127.0.0.1", str(port), *arguments]
        self._core = core

    def __enter__(self) -> "Load":
        self._process = start(
            self._command, self._core, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        return self

    def __exit__(self, *exception) -> None:
        end(self._process, 2)
        self._process.stdout.close()
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    def expect(self, word: str) -> None:
        """Waits for the generator to say `word`; its own time limit bounds this."""
        line = self._process.stdout.readline().decode().strip()
        if line != word:
            raise Failure(f"the generator ended before its {word}: {line or 'no report'}")

    def proceed(self) -> None:
        try:
            self._process.stdin.write(b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise Failure("the generator has ended early") from None

    def report(self) -> dict:
        """The generator's figures. Raises Failure when it saw an error."""
        text = self._process.stdout.read().decode()
        if self._process.wait() != 0:
            raise Failure(f"the generator reports errors: {text.strip() or 'no report'}")
        return json.loads(text)


@contextlib.contextmanager
def holding(
    generator: pathlib.Path, core: int, server: Server, connections: int
) -> typing.Iterator[None]:
    """Keeps `connections` open to the server, each idle after one echo."""
    arguments = [f"--connections={connections}", "--hold", "--time-limit=300"]
    with Load(generator, core, server.port, arguments) as load:
        load.expect("held")
        yield


def start(command: list[str], core: int | None, **streams) -> subprocess.Popen:
    """A child pinned to `core`, None for any. It does not outlive this process, however that
    ends."""

    def in_child() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if core is not None:
            os.sched_setaffinity(0, {core})

    streams.setdefault("stdin", subprocess.DEVNULL)
    try:
        return subprocess.Popen(command, preexec_fn=in_child, **streams)
    except OSError as error:
        raise Failure(f"{command[0]}: {error.strerror}") from None


def end(
    process: subprocess.Popen, patience: float, how: signal.Signals = signal.SIGTERM
) -> None:
    """Ends a child with a signal, with SIGKILL if that has not helped after `patience` seconds."""
    if process.poll() is None:
        process.send_signal(how)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _await_accepting(
    process: subprocess.Popen, port: int, patience: float, name: str, log: pathlib.Path
) -> None:
    deadline = time.monotonic() + patience
    while True:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=patience).close()
            return
        if process.poll() is not None:
            raise Failure(f"{name} ended with {process.returncode}: {_tail(log)}")
        if time.monotonic() > deadline:
            raise Failure(f"{name} does not accept on port {port} after {patience:.0f} s")
        time.sleep(0.005)


def _tail(log: pathlib.Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-500:].strip() or "no message"
