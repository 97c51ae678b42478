"""Requests that a server finds in the same order and number at each waking, whatever else the
machine does: it is stopped while a round of them is sent, one on each connection, and stopped again
only when it has answered all and gone back to sleep. What it executes is then the same in every
run."""

import os
import pathlib
import signal
import socket
import time

from failure import Failure

_PATIENCE = 30.0  # seconds for anything that the server has to do


class Lockstep:
    """A number of connections to a server that is this process's child. It is stopped whenever no
    method runs, until finish()."""

    def __init__(self, pid: int, port: int, connections: int):
        self._pid = pid
        self._stop()
        self._sockets = [
            socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE)
            for _ in range(connections)
        ]
        for one in self._sockets:
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._run()

    def round(self, request: bytes, reply: bytes) -> None:
        """One request on each connection, and its reply."""
        for one in self._sockets:
            one.sendall(request)
        self._run(reply)

    def finish(self) -> None:
        """Ends all connections, and lets the server go on once it has dealt with that."""
        for one in self._sockets:
            one.close()
        os.kill(self._pid, signal.SIGCONT)
        self._await_state("S")

    def _run(self, reply: bytes = b"") -> None:
        os.kill(self._pid, signal.SIGCONT)
        for one in self._sockets:
            got = b""
            while len(got) < len(reply):
                piece = one.recv(len(reply) - len(got))
                if not piece:
                    raise Failure("the server closed a connection")
                got += piece
            if got != reply:
                raise Failure(f"a wrong reply: {got[:80]!r}")
        self._await_state("S")
        self._stop()

    def _stop(self) -> None:
        os.kill(self._pid, signal.SIGSTOP)
        self._await_state("Tt")

    def _await_state(self, states: str) -> None:
        deadline = time.monotonic() + _PATIENCE
        steady = 0  # a thread that waits for a lock sleeps too, but not for long
        while steady < 3:
            steady = steady + 1 if self._state() in states else 0
            if time.monotonic() > deadline:
                raise Failure(f"the server is not in state {states} after {_PATIENCE:.0f} s")
            time.sleep(0.0005)

    def _state(self) -> str:
        text = pathlib.Path(f"/proc/{self._pid}/stat").read_text(encoding="utf-8")
        return text.rpartition(")")[2].split()[0]
