import pytest

from daemon import EVERY_PROTOCOL, Daemon, listener


@pytest.fixture
def start_daemon(tmp_path):
    """Starts a Daemon. Each is stopped after the test, which fails when its end was not clean."""
    started = []

    def start(config=None, arguments=(), before_exec=None, **options):
        folder = tmp_path / f"daemon{len(started)}"
        folder.mkdir()
        daemon = Daemon(folder, config, arguments, before_exec, **options)
        started.append(daemon)
        return daemon

    try:
        yield start
        for daemon in started:
            daemon.stop()
            daemon.check_end()
    finally:
        for daemon in started:
            daemon.kill()


@pytest.fixture
def daemon(start_daemon):
    """A Daemon with a listener of each protocol, named after it, and a short grace."""
    return start_daemon('shutdown_grace = "1s"\n' + "".join(map(listener, EVERY_PROTOCOL)))
