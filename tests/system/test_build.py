"""The build as a packager does it: without our presets, in a folder of theirs, with flags of theirs."""

import json
import os
import re
import shlex
import shutil
import subprocess
from types import SimpleNamespace

import pytest

from installed import BUILD, SOURCE, files_below, install
from program import ECHOLINE, ECHOLINED
from sanitized import SANITIZED

if SANITIZED:
    pytest.skip("NOT RUN, it is the same under sanitizers", allow_module_level=True)

WORKING_CCACHE = '#!/bin/sh\nexec "$@"\n'
FAILING_CCACHE = '#!/bin/sh\necho "ccache: error: there is nowhere to write to" >&2\nexit 1\n'


def run(*command, **environment):
    done = subprocess.run(
        list(map(str, command)),
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=250,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def configure(source, folder, *options, ccache=FAILING_CCACHE, flags=""):
    """A build of these sources: where it is, what was said, and how the daemon's main.cpp is
    compiled."""
    bin = folder / "bin"
    bin.mkdir(parents=True)
    (bin / "ccache").write_text(ccache)
    (bin / "ccache").chmod(0o755)
    build = folder / "build"
    said = run(
        "cmake", "-S", source, "-B", build, "-G", "Ninja", "-DECHOLINE_TESTS=OFF", *options,
        PATH=f"{bin}:{os.environ['PATH']}", CXXFLAGS=flags,
    )  # fmt: skip
    commands = json.loads((build / "compile_commands.json").read_text())
    [main] = [row["command"] for row in commands if row["file"] == f"{source}/server/main.cpp"]
    return SimpleNamespace(source=source, build=build, said=said, command=shlex.split(main))


def copy_of_sources(folder):
    ignored = shutil.ignore_patterns("build*", ".git*", "tests", "results", "__pycache__", ".cache")
    return shutil.copytree(SOURCE, folder, ignore=ignored)


@pytest.fixture(scope="module")
def builds(tmp_path_factory):
    """Two, of two copies of the sources, in folders whose names are of different lengths."""
    one, other = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("another")
    return (
        configure(copy_of_sources(one / "echoline"), one, ccache=WORKING_CCACHE),
        configure(copy_of_sources(other / "echoline-0.1"), other),
    )


def test_warnings_are_no_errors_there(builds):
    for build in builds:
        assert "-Wall" in build.command
        assert "-Werror" not in build.command


def test_ccache_is_used_where_it_works_and_only_there(builds):
    working, failing = builds
    assert "/bin/ccache" in (working.build / "CMakeFiles/rules.ninja").read_text()
    assert "/bin/ccache" not in (failing.build / "CMakeFiles/rules.ninja").read_text()
    assert "Building without ccache" in failing.said
    assert "there is nowhere to write to" in failing.said


def test_it_is_hardened(builds):
    for build in builds:
        assert {"-fstack-protector-strong", "-D_FORTIFY_SOURCE=3"} <= set(build.command)
        assert "-fstack-clash-protection" in build.command


def test_a_distribution_s_level_of_fortification_is_kept(builds, tmp_path):
    build = configure(builds[0].source, tmp_path, flags="-O2 -D_FORTIFY_SOURCE=2")
    levels = [word for word in build.command if "_FORTIFY_SOURCE" in word]
    assert levels == ["-D_FORTIFY_SOURCE=2"]


def test_what_is_compiled_does_not_depend_on_the_folder(builds):
    compiled = "streams/text/CMakeFiles/text.dir/timestamp.cpp.o"
    for build in builds:
        run("cmake", "--build", build.build, "--target", compiled)
    one, other = ((build.build / compiled).read_bytes() for build in builds)
    assert b".debug_info" in one
    assert one == other


def test_units_and_manual_pages_name_the_folders_that_were_chosen(builds, tmp_path):
    options = ("-DCMAKE_INSTALL_BINDIR=sbin", "-DCMAKE_INSTALL_SYSCONFDIR=/srv/etc")
    build = configure(builds[0].source, tmp_path, *options)
    # What the build under test has made, as if it had been made there.
    for made in (ECHOLINED, ECHOLINE, *(BUILD / "streams").glob("*.a")):
        shutil.copy(made, build.build / os.path.relpath(made, BUILD))
    root = tmp_path / "root"
    install("/opt/echoline", root, build=build.build)
    files = files_below(root)
    assert {"/opt/echoline/sbin/echolined", "/srv/etc/echoline/echoline.toml"} <= files
    unit = (root / "opt/echoline/lib/systemd/system/echoline@.service").read_text()
    start = "ExecStart=/opt/echoline/sbin/echolined --config /srv/etc/echoline/%i.toml --admin "
    assert start in unit
    assert "ExecReload=/opt/echoline/sbin/echoline ask " in unit
    if shutil.which("scdoc"):
        for page in ("man5/echoline.toml.5", "man8/echolined.8"):
            text = (root / "opt/echoline/share/man" / page).read_text()
            assert set(re.findall(r"(.{4})/etc/echoline", text)) == {"/srv"}
            assert "/bin/echolined" not in text
