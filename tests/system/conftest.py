import os
from concurrent.futures import ThreadPoolExecutor

import pytest

import namespace
from call_faults import CallFaults, why_not
from daemon import EVERY_PROTOCOL, Daemon, listener
from examined import run_of
from faulty import faulty
from installed import BUILD, SOURCE
from program import run
from reliability import Notes

_notes = Notes()


def pytest_runtest_logreport(report):
    _notes.judge(report)


@pytest.fixture
def reliability(request):
    """Called with the number of a case (reliability.py) and the figure that the test has found."""
    return lambda case, figure: _notes.add(request.node.nodeid, case, figure)


@pytest.fixture
def start_daemon(tmp_path):
    """Starts a Daemon. Each is stopped after the test, which fails when its end was not clean."""
    started = []

    def start(config=None, arguments=(), before_exec=None, **options):
        # The default ports can be had by one daemon at a time, and tests run side by side.
        if "--listen" not in arguments and "listener" not in (config or ""):
            if config is None:
                arguments = [*arguments, "--listen", "echo=127.0.0.1:0"]
            else:
                config += listener("echo")
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


@pytest.fixture(scope="module")
def found(request):
    """Runs of doctor: what the parameters `kind` and `cases` of this module's tests ask for. They run side
    by side, for most of the time they wait."""
    items = [item for item in request.session.items if item.module is request.module]
    asked = [item.callspec.params for item in items if "found" in item.fixturenames]
    wanted = {(one["kind"], one["cases"]) for one in asked}
    with ThreadPoolExecutor(10) as pool:
        runs = {one: pool.submit(run_of, one[0], *one[1]) for one in sorted(wanted, key=str)}
        yield lambda kind, cases: runs[kind, cases].result()


@pytest.fixture
def start_faulty(start_daemon):
    """The same of a daemon with a listener that has faults."""

    def start(protocol, *faults, before="", **settings):
        return start_daemon(before + faulty(protocol, *faults, **settings))

    return start


@pytest.fixture
def daemon(start_daemon):
    """A Daemon with a listener of each protocol, named after it, and a short grace."""
    return start_daemon('shutdown_grace = "1s"\n' + "".join(map(listener, EVERY_PROTOCOL)))


# Of the programs that are started with `names`.
HOSTS = "127.0.0.1 localhost both.example\n::1 both.example\n"


@pytest.fixture
def names(tmp_path):
    """A launcher that turns itself into a program for which HOSTS are the names of this machine."""
    hosts = tmp_path / "hosts"
    hosts.write_text(HOSTS)
    script = 'mount --bind "$0" /etc/hosts && exec "$@"'
    launcher = ("unshare", "--mount", "sh", "-c", script, str(hosts))
    done = run(*launcher, "getent", "ahosts", "both.example")
    if "::1" not in done.stdout:
        pytest.skip(f"NOT RUN, there are no names of its own: {done.stderr.strip()}")
    return launcher


@pytest.fixture(scope="session")
def _no_network():
    return namespace.why_none_of_our_own()


@pytest.fixture
def own_network(_no_network):
    """A network of the test's own. Before `start_daemon`, whose daemons are to be in it."""
    if _no_network:
        pytest.skip(f"NOT RUN, there is no network of its own: {_no_network}")
    with namespace.own_network():
        yield


@pytest.fixture
def clone(tmp_path):
    """A clone whose release has been built: it is the build under test."""
    folder = tmp_path / "echoline"
    (folder / "build").mkdir(parents=True)
    for entry in SOURCE.iterdir():
        if entry.name not in ("build", "CMakePresets.json"):
            (folder / entry.name).symlink_to(entry)
    (folder / "build/release").symlink_to(BUILD)
    presets = folder / "CMakePresets.json"
    presets.write_bytes((SOURCE / presets.name).read_bytes())
    os.utime(presets, (0, 0))  # older than the build, as after one
    return folder


@pytest.fixture(scope="session")
def _no_call_fails():
    return why_not()


@pytest.fixture
def calls_can_fail(_no_call_fails):
    """For a test that makes CallFaults of its own."""
    if _no_call_fails:
        pytest.skip(f"NOT RUN, no system call can be made to fail: {_no_call_fails}")


@pytest.fixture
def faults(calls_can_fail):
    """System calls that fail, of a daemon that is started with its `before_exec`. Before
    `start_daemon`, because they have to outlive the daemon."""
    with CallFaults() as faults:
        yield faults
