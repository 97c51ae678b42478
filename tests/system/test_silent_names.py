"""Names that the name server is silent about: they hold up nobody but themselves."""

import signal
import subprocess
import time

import pytest

from child import AT_ONCE
from daemon import listener
from deadline import until
from program import ECHOLINED
from sanitized import PATIENCE
from silent_names import SilentNames

NAMED = listener("echo", "nobody.example:7007")
SIGNALS = pytest.mark.parametrize("signals", [1, 2], ids=["one signal", "two signals"])


@SIGNALS
def test_a_stop_wins_over_the_look_up_of_a_start(tmp_path, signals):
    config = tmp_path / "c.toml"
    config.write_text(NAMED)
    names = SilentNames(tmp_path)
    command = [*names.launcher, ECHOLINED, "--config", str(config)]
    daemon = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        until(names.is_asked, 20 * PATIENCE, "the look-up")
        start = time.monotonic()
        for _ in range(signals):
            daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(30 * PATIENCE) == 0
        assert time.monotonic() - start < AT_ONCE
        assert daemon.stderr.read().endswith(" info stopped\n")
    finally:
        daemon.kill()
        daemon.wait(10)


@SIGNALS
def test_a_stop_wins_over_the_look_up_of_a_reload(start_daemon, tmp_path, signals):
    names = SilentNames(tmp_path)
    daemon = start_daemon(listener("line"), launcher=names.launcher)
    daemon.config_file.write_text(listener("line") + NAMED)
    daemon.request_reload()
    until(names.is_asked, 20 * PATIENCE, "the look-up")
    start = time.monotonic()
    for _ in range(signals):
        daemon.signal(signal.SIGTERM)
    assert daemon.wait(30 * PATIENCE) == 0
    assert time.monotonic() - start < AT_ONCE
