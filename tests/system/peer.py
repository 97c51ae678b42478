"""A client's socket, with every wait bounded."""

import random
import socket
import struct

from sanitized import PATIENCE

SECONDS = 20 * PATIENCE
PING, PONG = b"PING", b"+PONG\r\n"


class Peer:
    """A connection to the daemon. Use it in a `with` block."""

    def __init__(self, address, receive_buffer=None, source=None):
        """`address` is (host, port) or a Unix path; `source` the host to come from."""
        if isinstance(address, str):
            family = socket.AF_UNIX
        else:
            family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(SECONDS)
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if source is not None:
            # Of many connections to one port, each may have any port that is free towards it.
            self.socket.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT
            self.socket.bind((source, 0))
        self.socket.connect(address)
        self._unread = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def fileno(self):
        return self.socket.fileno()

    def send(self, data):
        self.socket.sendall(data)

    def send_end(self):
        """Half-closes: no more will be sent."""
        self.socket.shutdown(socket.SHUT_WR)

    def send_while_taken(self, data, seconds=1.0, limit=1 << 30):
        """Sends `data` again and again until nothing more is taken for `seconds`, or until `limit`
        bytes were; how many were."""
        total = 0
        self.socket.settimeout(seconds)
        try:
            while total < limit:
                total += self.socket.send(data[total % len(data) :])
        except TimeoutError:
            pass
        finally:
            self.socket.settimeout(SECONDS)
        return total

    def read(self, size=1 << 16):
        """What comes next; b"" at the end."""
        if self._unread:
            data, self._unread = self._unread[:size], self._unread[size:]
            return data
        return self.socket.recv(size)

    def read_exactly(self, size):
        parts = []
        while size > 0:
            data = self.read(min(size, 1 << 20))
            if not data:
                raise EOFError(f"the end came {size} bytes too early")
            parts.append(data)
            size -= len(data)
        return b"".join(parts)

    def read_line(self):
        """A line with its line feed, or the partial one before the end."""
        line = b""
        while not line.endswith(b"\n"):
            data = self.read()
            if not data:
                break
            head, feed, rest = data.partition(b"\n")
            line += head + feed
            self._unread = rest + self._unread
        return line

    def read_to_end(self):
        parts = []
        while data := self.read(1 << 20):
            parts.append(data)
        return b"".join(parts)

    def ask(self, request):
        """Sends a line of the line protocol; its reply: a line, or the lines of an array."""
        self.send(request + b"\r\n")
        return self.read_reply()

    def read_reply(self):
        line = self.read_line()
        if not line.startswith(b"*"):
            return line
        return [self.read_line() for _ in range(int(line[1:]))]

    def stats(self):
        """The server's counters by their names."""
        pairs = (line[1:].decode().split() for line in self.ask(b"STATS"))
        return {name: float(value) if "." in value else int(value) for name, value in pairs}

    def reset(self):
        """Closes with a reset instead of a FIN."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


def answers(address):
    """Whether a new connection is served the line protocol."""
    with Peer(address) as peer:
        return peer.ask(PING) == PONG


def free_port():
    """One that nobody has for the time being. Not of those that the kernel gives to clients, one of
    which could have it a moment later."""
    while True:
        port = random.randrange(20_000, 32_768)
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue


def peer_at(path):
    """One of who listens on `path`. None as long as nobody does: the path is there a moment before."""
    try:
        return Peer(path)
    except OSError:
        return None


def exchange(address, count):
    """Sends so many PINGs to a line protocol, one after another, on a connection of its own."""
    with Peer(address) as peer:
        for _ in range(count):
            peer.send(PING + b"\r\n")
            assert peer.read_line() == PONG
