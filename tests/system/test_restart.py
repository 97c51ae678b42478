"""One daemon after the other on a socket that outlives them: no client can tell."""

import signal
import socket
import threading
import time

from activate import launcher
from daemon import listener
from deadline import until
from peer import SECONDS
from sanitized import PATIENCE, scaled

RESTARTS = 5
CLIENTS = 8
MESSAGE = b"a message that has to come back whole\n"


class Load:
    """Clients that connect, say something, have it back and close, again and again. Use it in a
    `with` block."""

    def __init__(self, address):
        self._address = address
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(i,)) for i in range(CLIENTS)]
        self._done = [0] * CLIENTS
        self.failures = []

    def _run(self, i):
        while not self._over.is_set():
            try:
                with socket.create_connection(self._address, SECONDS) as connection:
                    if i % 2:
                        time.sleep(0.002)  # as if its first bytes had a way to go
                    connection.sendall(MESSAGE)
                    answer = b""
                    while len(answer) < len(MESSAGE):
                        part = connection.recv(1000)
                        if not part:
                            break
                        answer += part
                    if answer != MESSAGE:
                        self.failures.append(f"cut off after {answer!r}")
                    self._done[i] += 1
            except OSError as error:
                self.failures.append(repr(error))

    def done(self):
        return sum(self._done)

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        for thread in self._threads:
            thread.join()


def test_five_restarts_under_load_refuse_nobody_and_cut_nobody_off(start_daemon):
    config = "workers = 2\n" + listener("echo", "systemd")
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listening:
        passed = launcher({"echo": listening})
        daemon = start_daemon(config, **passed)
        with Load(listening.getsockname()) as load:
            for _ in range(RESTARTS):
                before = load.done()
                until(
                    lambda: load.done() > before + scaled(500), 60 * PATIENCE, "clients being served"
                )
                daemon.signal(signal.SIGTERM)
                successor = start_daemon(config, **passed)
                assert daemon.wait(30 * PATIENCE) == 0
                daemon = successor
        assert load.failures == []
        assert load.done() > RESTARTS * scaled(500)


def test_one_that_says_nothing_is_not_waited_for(start_daemon):
    daemon = start_daemon('shutdown_grace = "60s"\n' + listener("line"))
    with socket.create_connection(daemon.address("line"), SECONDS) as client:
        daemon.signal(signal.SIGTERM)
        assert client.recv(100) == b""
    assert daemon.wait(10 * PATIENCE) == 0
