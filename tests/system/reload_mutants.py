"""A proxy that reloads when it is told to, and some that do something wrong then."""

import pathlib
import socket
import tempfile
import time

from middle import Proxy


class Reloads(Proxy):
    """Nothing of what there is is touched by it."""

    def __init__(self, origin):
        super().__init__(origin)
        self._folder = tempfile.TemporaryDirectory()
        self._file = pathlib.Path(self._folder.name, "reload")
        self.reloads = 0

    def __exit__(self, *of):
        super().__exit__(*of)
        self._folder.cleanup()

    @property
    def arguments(self):
        return ("--reload-command", f"touch '{self._file}'")

    def idle(self):
        if self._file.exists():
            self._file.unlink()
            self.reloads += 1
            self.reload()

    def reload(self):
        pass

    def cut(self, links):
        for link in set(links):
            self.close(link)


class StopsAtReload(Reloads):
    def reload(self):
        if self._listener.fileno() >= 0:
            self._epoll.unregister(self._listener)
            self._listener.close()


class RefusesWhileItReloads(Reloads):
    _back_at = None

    def reload(self):
        self._port = self._listener.getsockname()
        self._epoll.unregister(self._listener)
        self._listener.close()
        self._back_at = time.monotonic() + 0.3

    def idle(self):
        super().idle()
        if self._back_at is not None and time.monotonic() >= self._back_at:
            self._back_at = None
            self._listener = socket.create_server(self._port, backlog=1000)
            self._listener.setblocking(False)
            self._epoll.register(self._listener)


class CutsAllAtReload(Reloads):
    def reload(self):
        self.cut(self.links.values())


class CutsIdleAtReload(Reloads):
    def reload(self):
        now = time.monotonic()
        self.cut(link for link in self.links.values() if now - link.last_moved > 0.02)


class CutsHalfClosedAtReload(Reloads):
    def reload(self):
        self.cut(link for link in self.links.values() if link.half_closed_since is not None)


class CutsAtTheSecondReload(Reloads):
    def reload(self):
        if self.reloads == 2:
            self.cut(self.links.values())


MUTANTS = {
    "9.1": [StopsAtReload],
    "9.2": [RefusesWhileItReloads],
    "9.3": [CutsAllAtReload],
    "9.4": [CutsIdleAtReload],
    "9.5": [CutsHalfClosedAtReload],
    "9.6": [CutsAtTheSecondReload],
}
