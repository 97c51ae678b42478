"""A TCP proxy that does everything right, on a thread of the test: half-closes and resets are passed
on, nothing is buffered without bound, urgent octets stay in the stream. What it decides is a method
each, so that one that does something wrong is a class of a few lines (mutants.py)."""

import contextlib
import select
import socket
import struct
import threading
import time

LIMIT = 1 << 16
TICK = 0.05


def reset(end):
    """Closes with a reset."""
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    end.close()


class Direction:
    """Octets on their way from one socket to another."""

    def __init__(self, source, sink, is_request):
        self.source, self.sink, self.is_request = source, sink, is_request
        self.pending = b""
        self.passed = 0
        self.is_at_end = False  # the source's FIN was received
        self.is_ended = False  # and the sink has ours
        self.due = 0.0  # when what is pending may leave


class Link:
    """A client's connection, and ours to the origin that goes with it."""

    def __init__(self, near, far):
        self.near, self.far = near, far
        self.request = Direction(near, far, True)
        self.answer = Direction(far, near, False)
        self.last_moved = time.monotonic()
        self.half_closed_since = None

    def directions(self):
        return self.request, self.answer

    def is_over(self):
        return self.request.is_ended and self.answer.is_ended


class Proxy:
    """Use it in a `with` block; `address` is where it listens."""

    limit = LIMIT
    arguments = ()  # what doctor has to be told of it

    def __init__(self, origin):
        self.origin = origin
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1000)
        self._listener.setblocking(False)
        self.address = "%s:%d" % self._listener.getsockname()
        self._epoll = select.epoll()
        self._epoll.register(self._listener, select.EPOLLIN)
        self.links = {}  # by the descriptors of both ends
        self._asked = {}  # what the set was told of a descriptor
        self._connecting = {}  # a client and what is to become its origin's end, by that descriptor
        self._is_stopped = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._is_stopped = True
        self._thread.join(10)
        for link in set(self.links.values()):
            self.close(link)
        for near, far in self._connecting.values():
            near.close()
            far.close()
        self._listener.close()
        self._epoll.close()

    # What it decides.

    def refused(self, near):
        """The origin takes no connection for this client."""
        reset(near)

    def pass_on(self, link, way, data):
        """What becomes of octets that were received."""
        return data

    def at_end(self, link, way):
        """The source has sent FIN; what was received before may still be pending."""
        way.is_at_end = True

    def was_reset(self, link, end):
        """One end has sent RST."""
        self.reset(link)

    def may_read(self, link, way):
        return len(way.pending) < self.limit

    def tick(self, link, now):
        """Every now and then, of each link."""

    def idle(self):
        """Every now and then."""

    # What it does.

    def add(self, near, far):
        link = Link(near, far)
        for end in (near, far):
            end.setblocking(False)
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            end.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
            self.links[end.fileno()] = link
            self._epoll.register(end, 0)
            self._asked[end.fileno()] = 0
        self._ask(link)
        return link

    def _forget(self, link):
        for end in (link.near, link.far):
            if end.fileno() >= 0:
                del self.links[end.fileno()]
                if self._asked.pop(end.fileno(), None) is not None:
                    self._epoll.unregister(end)

    def close(self, link):
        self._forget(link)
        link.near.close()
        link.far.close()

    def reset(self, link):
        self._forget(link)
        reset(link.near)
        reset(link.far)

    def end(self, way):
        """FIN to the sink."""
        way.is_ended = True
        with contextlib.suppress(OSError):
            way.sink.shutdown(socket.SHUT_WR)

    def _ask(self, link):
        """Has the set watch what there is to be done."""
        for end, reads, writes in (
            (link.near, link.request, link.answer),
            (link.far, link.answer, link.request),
        ):
            events = 0
            if not reads.is_at_end and self.may_read(link, reads):
                events |= select.EPOLLIN
            if writes.pending and time.monotonic() >= writes.due:
                events |= select.EPOLLOUT
            fd = end.fileno()
            # One that has ended both ways says so again and again.
            is_through = reads.is_at_end and writes.is_ended
            asked = self._asked.get(fd)
            if is_through and asked is not None:
                self._epoll.unregister(fd)
                del self._asked[fd]
            elif asked is not None and asked != events:
                self._epoll.modify(fd, events)
                self._asked[fd] = events

    def _accept(self):
        with contextlib.suppress(BlockingIOError):
            while True:
                near, _ = self._listener.accept()
                self.accepted(near)

    def accepted(self, near):
        far = socket.socket()
        far.setblocking(False)
        with contextlib.suppress(BlockingIOError, OSError):
            far.connect(self.origin)
        self._connecting[far.fileno()] = near, far
        self._epoll.register(far, select.EPOLLOUT)

    def _connected(self, fd):
        near, far = self._connecting.pop(fd)
        self._epoll.unregister(far)
        if far.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            far.close()
            self.refused(near)
        else:
            self.connected(near, far)

    def connected(self, near, far):
        self.add(near, far)

    def receive(self, link, way):
        try:
            data = way.source.recv(1 << 16)
        except BlockingIOError:
            return
        if data:
            link.last_moved = time.monotonic()
            way.pending += self.pass_on(link, way, data)
            way.passed += len(data)
        else:
            if link.half_closed_since is None:
                link.half_closed_since = time.monotonic()
            self.at_end(link, way)

    def send(self, link, way):
        if way.pending and time.monotonic() >= way.due:
            with contextlib.suppress(BlockingIOError):
                sent = way.sink.send(way.pending)
                way.pending = way.pending[sent:]
        if way.is_at_end and not way.pending and not way.is_ended:
            self.end(way)

    def _serve(self, fd, events):
        link = self.links.get(fd)
        if link is None:
            return
        end = link.near if fd == link.near.fileno() else link.far
        reads, writes = link.directions() if end is link.near else reversed(link.directions())
        try:
            if events & select.EPOLLERR:
                return self.was_reset(link, end)
            if events & (select.EPOLLIN | select.EPOLLHUP) and not reads.is_at_end:
                self.receive(link, reads)
            if self.links.get(fd) is not link:
                return
        except OSError:
            return self.was_reset(link, end)
        for way in link.directions():
            try:
                self.send(link, way)
            except OSError:
                return self.was_reset(link, way.sink)
            if fd not in self.links:
                return
        if link.is_over():
            self.close(link)
        else:
            self._ask(link)

    def _run(self):
        ticked = 0.0
        while not self._is_stopped:
            for fd, events in self._epoll.poll(TICK):
                if fd == self._listener.fileno():
                    self._accept()
                elif fd in self._connecting:
                    self._connected(fd)
                else:
                    self._serve(fd, events)
            now = time.monotonic()
            if now - ticked >= TICK:
                ticked = now
                self.idle()
                for link in list(set(self.links.values())):
                    if link.near.fileno() < 0:
                        continue
                    self.tick(link, now)
                    if link.near.fileno() >= 0:
                        self._serve(link.near.fileno(), 0)
