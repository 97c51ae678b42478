"""A service of the test's own, which behaves as the test says."""

import socket
import threading

from peer import SECONDS


class Service:
    """Calls `serve(connection, number)` in a thread for each connection, the first being 0. Use it
    in a `with` block."""

    def __init__(self, serve):
        self._serve = serve
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept)]
        self.target = "127.0.0.1:%d" % self._listening.getsockname()[1]

    def _accept(self):
        for number in range(1000):
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return  # the test is over
            connection.settimeout(SECONDS)
            thread = threading.Thread(target=self._run, args=(connection, number))
            self._threads.append(thread)
            thread.start()

    def _run(self, connection, number):
        with connection:
            try:
                self._serve(connection, number)
            except ConnectionError:
                pass

    def __enter__(self):
        self._threads[0].start()
        return self

    def __exit__(self, *_):
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(SECONDS)


def reset(connection):
    """Makes the coming close a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
