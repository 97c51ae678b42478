"""Those who send the daemon's own listeners more than it can answer hold up neither it nor its stop."""

import signal
import threading
from contextlib import ExitStack

import pytest

from daemon import listener
from peer import PING, PONG, Peer
from sanitized import PATIENCE
from scraper import METRICS, metrics_address

ADMIN = '[admin]\naddress = "127.0.0.1:0"\n'


def keep_sending(peer, data, over):
    try:
        while not over.is_set():
            peer.send(data)
    except OSError:
        pass


@pytest.mark.parametrize(
    "where, flood",
    [
        (lambda daemon: daemon.admin_address(), b"\n" * (1 << 16)),
        (metrics_address, b"\r\n" * (1 << 15)),
        (metrics_address, b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n" * 2000),
    ],
    ids=["empty lines to admin", "empty lines to metrics", "requests"],
)
def test_a_flood_holds_up_nobody(start_daemon, where, flood):
    daemon = start_daemon('shutdown_grace = "1s"\n' + ADMIN + METRICS + listener("line"))
    over = threading.Event()
    with ExitStack() as stack:
        floods = [stack.enter_context(Peer(where(daemon))) for _ in range(4)]
        threads = [threading.Thread(target=keep_sending, args=(peer, flood, over)) for peer in floods]
        for thread in threads:
            thread.start()
        try:
            with Peer(daemon.address("line")) as peer:
                assert [peer.ask(PING) for _ in range(20)] == [PONG] * 20
            daemon.signal(signal.SIGTERM)
            # The grace, and the second that those who administer have.
            assert daemon.wait(2 + 0.5 * PATIENCE) == 0
        finally:
            over.set()
            daemon.kill()
            for thread in threads:
                thread.join()
