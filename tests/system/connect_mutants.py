"""Proxies with one fault each in how connections come to be."""

import socket
import time

from middle import Proxy, reset


class ServesOneAtATime(Proxy):
    def __init__(self, origin):
        super().__init__(origin)
        self._waiting = []

    def accepted(self, near):
        self._waiting.append(near)
        self._next()

    def _next(self):
        if not self.links and not self._connecting and self._waiting:
            super().accepted(self._waiting.pop(0))

    def close(self, link):
        super().close(link)
        self._next()

    def reset(self, link):
        super().reset(link)
        self._next()


class DropsEveryTwentieth(Proxy):
    def __init__(self, origin):
        super().__init__(origin)
        self._count = 0

    def accepted(self, near):
        self._count += 1
        if self._count % 20 == 0:
            reset(near)
        else:
            super().accepted(near)


class WaitsForTheClient(Proxy):
    """Connects to the origin only when the client has said something."""

    def __init__(self, origin):
        super().__init__(origin)
        self._silent = []

    def accepted(self, near):
        near.setblocking(False)
        self._silent.append(near)
        self._look()

    def _look(self):
        for near in list(self._silent):
            try:
                near.recv(1, socket.MSG_PEEK)
            except BlockingIOError:
                continue
            except OSError:
                pass
            self._silent.remove(near)
            super().accepted(near)

    def idle(self):
        self._look()


class KeepsWhomTheOriginRefused(Proxy):
    def __init__(self, origin):
        super().__init__(origin)
        self._kept = []

    def refused(self, near):
        self._kept.append(near)


class NeverFreesAPlace(Proxy):
    """Has places for so many connections, which are never free again."""

    places = 90

    def accepted(self, near):
        self.places -= 1
        if self.places < 0:
            reset(near)
        else:
            super().accepted(near)


class LimitsNewConnections(Proxy):
    """To 20 a second, and 60 at first."""

    tokens = 60.0
    since = None

    def accepted(self, near):
        now = time.monotonic()
        self.tokens = min(60, self.tokens + 20 * (now - (self.since or now)))
        self.since = now
        if self.tokens < 1:
            reset(near)
        else:
            self.tokens -= 1
            super().accepted(near)


class ConnectsOnce(Proxy):
    """Who is not connected to the origin at once is refused."""

    def idle(self):
        for fd, (near, far) in list(self._connecting.items()):
            self._epoll.unregister(far)
            del self._connecting[fd]
            far.close()
            self.refused(near)


class BlocksWhileItConnects(Proxy):
    def accepted(self, near):
        try:
            self.add(near, socket.create_connection(self.origin, 5))
        except OSError:
            self.refused(near)


class EndsAllWhereTheOriginRefuses(Proxy):
    def refused(self, near):
        super().refused(near)
        for link in set(self.links.values()):
            self.close(link)


class KeepsTheOrigin(Proxy):
    """A client that has gone without a word leaves its connection to the origin behind."""

    def at_end(self, link, way):
        if way.is_request and way.passed == 0:
            way.is_at_end = way.is_ended = True
        else:
            super().at_end(link, way)
