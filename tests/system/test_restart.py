"""One daemon after the other on a socket that outlives them: no client can tell."""

import signal
import socket

from activate import launcher
from daemon import listener
from peer import SECONDS
from sanitized import PATIENCE, scaled
from visitors import Visitors

RESTARTS = 5


def test_five_restarts_under_load_refuse_nobody_and_cut_nobody_off(start_daemon, reliability):
    config = "workers = 2\n" + listener("echo", "systemd")
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listening:
        passed = launcher({"echo": listening})
        daemon = start_daemon(config, **passed)
        with Visitors(listening.getsockname()) as visitors:
            for _ in range(RESTARTS):
                visitors.wait_for(scaled(500))
                daemon.signal(signal.SIGTERM)
                successor = start_daemon(config, **passed)
                assert daemon.wait(30 * PATIENCE) == 0
                daemon = successor
        assert visitors.failures == []
        assert visitors.done() > RESTARTS * scaled(500)
    reliability(18, f"{RESTARTS} restarts, {visitors.done()} visitors: 0 refused, 0 cut off")


def test_one_that_says_nothing_is_not_waited_for(start_daemon):
    daemon = start_daemon('shutdown_grace = "60s"\n' + listener("line"))
    with socket.create_connection(daemon.address("line"), SECONDS) as client:
        daemon.signal(signal.SIGTERM)
        assert client.recv(100) == b""
    assert daemon.wait(10 * PATIENCE) == 0
