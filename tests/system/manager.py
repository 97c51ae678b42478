"""A service manager of the test's own: the receiving end of sd_notify(3)."""

import socket
import threading
import time

from deadline import until
from sanitized import PATIENCE


class Manager:
    """Keeps what a daemon with `environment` tells it. Use it in a `with` block."""

    def __init__(self, path, **environment):
        """`path` names the socket; one that begins with @ is in the abstract namespace."""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("\0" + path[1:] if path.startswith("@") else path)
        self._socket.settimeout(0.1)
        self._messages = []
        self._over = False
        self._thread = threading.Thread(target=self._receive)
        self.environment = {"NOTIFY_SOCKET": path, **environment}

    def _receive(self):
        while not self._over:
            try:
                message = self._socket.recv(1 << 16).decode()
            except TimeoutError:
                continue
            self._messages.append((time.monotonic(), message.splitlines()))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over = True
        self._thread.join()
        self._socket.close()

    def told(self):
        """All lines so far, in order."""
        return [line for _, lines in list(self._messages) for line in lines]

    def values(self, variable):
        """The values that this variable has been given, in order."""
        return [line.partition("=")[2] for line in self.told() if line.startswith(variable + "=")]

    def times(self, line):
        """When it was told this line."""
        return [when for when, lines in list(self._messages) if line in lines]

    def await_value(self, variable, value, seconds=20):
        until(lambda: value in self.values(variable), seconds * PATIENCE, f"{variable}={value}")
