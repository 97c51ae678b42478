"""Clients that connect, say something, have it back and close, again and again."""

import socket
import threading
import time

from deadline import until
from peer import SECONDS
from sanitized import PATIENCE

CLIENTS = 8
MESSAGE = b"a message that has to come back whole\n"


class Visitors:
    """They come as long as the `with` block lasts that it is used in."""

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

    def wait_for(self, more):
        """Until so many more have been served."""
        enough = self.done() + more
        until(lambda: self.done() > enough, 60 * PATIENCE, "visitors being served")

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        for thread in self._threads:
            thread.join()
