"""A proxy that does to connections what networks do, and worse, as a seed says.

The same seed does the same to the same connections, numbered in the order in which they come; what
comes first of all is cut, where anything may be. How the bytes then fall into packets and turns is the
kernel's."""

import asyncio
import os
import random
import secrets
import socket
import struct
import threading

from full import FULL

# What leaves every byte and every end in its place ...
GENTLE = ("pass", "delay", "single bytes", "merge", "stall")
# ... and what does not: the connection is reset, one direction is ended early while the other goes
# on, or both are ended as if all had been said.
CRUEL = ("reset", "half-close", "truncate")

ECHOLINE_SEED = os.environ.get("ECHOLINE_SEED")


def seeds(count):
    """Those to run with: the one that ECHOLINE_SEED asks for; else the same in every ordinary run,
    and others in each full one."""
    if ECHOLINE_SEED:
        return [int(ECHOLINE_SEED)]
    return [secrets.randbits(32) for _ in range(count)] if FULL else list(range(1, count + 1))


def say(seed):
    """For pytest to show where the test fails."""
    print(f"the seed is {seed}; the same again: ECHOLINE_SEED={seed}")


class _Way:
    """One direction of a connection."""

    def __init__(self, choice, deeds, source, sink):
        self._choice = choice
        self._cruel = [deed for deed in deeds if deed in CRUEL]
        self.deed = choice.choice(deeds)
        self.source, self.sink = source, sink
        # Of what is cut: within the first few replies or far behind them.
        self._left = choice.choice((0, 1, 63, 100, 1000, 20_000)) + choice.randrange(64)
        self.passed = 0  # bytes
        self.is_cut = False

    def cut_early(self):
        """Within 64 bytes, where it may be cut at all."""
        if self._cruel:
            self.deed, self._left = self._choice.choice(self._cruel), self._choice.randrange(64)

    def piece(self):
        """How much is taken at once."""
        return 100_000 if self.deed == "merge" else 4000

    def before_cut(self, data):
        """What of `data` is passed on before the direction is cut; all where it is not."""
        if self.deed not in CRUEL:
            return data
        data, self._left = data[: self._left], max(0, self._left - len(data))
        return data

    async def pause(self):
        chance = self._choice.random()
        if self.deed == "delay":
            await asyncio.sleep(chance * 0.005)
        elif self.deed == "stall" and chance < 0.05:
            await asyncio.sleep(chance * 4)
        elif self.deed == "merge":
            await asyncio.sleep(0.002)

    def parts(self, data):
        """The pieces in which it arrives."""
        # All of a large piece, byte by byte, would take too long.
        single = self._choice.randrange(1, 64) if self.deed == "single bytes" else 0
        return [data[i : i + 1] for i in range(min(single, len(data)))] + [data[single:]]


class _Connection:
    def __init__(self, loop, choice, deeds, is_first, client, daemon):
        """`is_first` says, once, whether nothing has come on any connection before."""
        self._loop, self._is_first = loop, is_first
        self.there = _Way(choice, deeds, client, daemon)
        self.back = _Way(choice, deeds, daemon, client)
        self.is_cut = self._is_over = False

    async def run(self):
        both = [asyncio.ensure_future(self._pass_on(way)) for way in (self.there, self.back)]
        try:
            await asyncio.gather(*both)
        except OSError:
            # What breaks at one end breaks at the other.
            for end in (self.there.source, self.there.sink):
                _reset(end)
        finally:
            for one in both:
                one.cancel()
            # Before the descriptors become those of others.
            await asyncio.gather(*both, return_exceptions=True)
            for end in (self.there.source, self.there.sink):
                end.close()

    async def _pass_on(self, way):
        while data := await self._loop.sock_recv(way.source, way.piece()):
            if self._is_first():
                way.cut_early()
            await way.pause()
            if self._is_over or way.is_cut:
                await asyncio.sleep(0.01)
                continue  # what still comes is lost
            passed = way.before_cut(data)
            for part in way.parts(passed):
                await self._loop.sock_sendall(way.sink, part)
                way.passed += len(part)
                await asyncio.sleep(0)
            if len(passed) < len(data):
                self._cut(way)
        _end(way.sink)

    def _cut(self, way):
        self.is_cut = way.is_cut = True
        if way.deed == "reset":
            raise ConnectionError("as the seed says")
        _end(way.sink)
        if way.deed == "truncate":
            self._is_over = True
            _end(way.source)


class Chaos:
    """In a `with` block: what connects to `target` is connected to `to`, through chaos."""

    def __init__(self, to, seed, deeds=GENTLE):
        self._to, self.seed, self._deeds = to, seed, deeds
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=1000)
        self._listening.setblocking(False)
        self.address = self._listening.getsockname()
        self.target = "%s:%d" % self.address
        self._has_begun = False
        self.connections = []  # in the order in which they came
        self._loop = asyncio.new_event_loop()
        self._tasks = set()
        self._ends = []
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._run(),))

    def __enter__(self):
        self._over = asyncio.Event()
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()
        self._listening.close()
        self._loop.close()

    def cuts(self):
        """How many connections lost something on their way."""
        return sum(connection.is_cut for connection in self.connections)

    def replies(self, size):
        """How many whole ones, of so many bytes each, can have come to the clients."""
        return sum(connection.back.passed // size for connection in self.connections)

    def _is_first(self):
        """So that no run of which something may be cut is without a cut: what comes first is."""
        was, self._has_begun = self._has_begun, True
        return not was

    async def _run(self):
        accepting = asyncio.ensure_future(self._accept())
        await self._over.wait()
        tasks = [accepting, *self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # Of those, too, whose task had not begun, or was about to connect.
        for end in self._ends:
            end.close()

    async def _accept(self):
        while True:
            client, _ = await self._loop.sock_accept(self._listening)
            self._ends.append(client)
            task = asyncio.ensure_future(self._connect(client))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _connect(self, client):
        daemon = socket.socket()
        self._ends.append(daemon)
        for end in (client, daemon):
            end.setblocking(False)
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        choice = random.Random(f"{self.seed} {len(self.connections)}")
        connection = _Connection(self._loop, choice, self._deeds, self._is_first, client, daemon)
        self.connections.append(connection)
        try:
            await self._loop.sock_connect(daemon, self._to)
        except OSError:
            _reset(client)
            client.close()
            daemon.close()
            return
        await connection.run()


def _end(end):
    try:
        end.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # it has ended already


def _reset(end):
    try:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    except OSError:
        pass
