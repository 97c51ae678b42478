"""`cmake --install`: what it puts where."""

import os
import re
import shutil

import pytest

from installed import BUILD, SOURCE, UNITS, files_below, install, make_package
from program import pipe_through
from sanitized import SANITIZED

PROGRAMS = {"bin/echolined", "bin/echoline"}
MANUAL = {
    "share/man/man1/echoline.1",
    "share/man/man5/echoline.toml.5",
    "share/man/man7/echoline-faults.7",
    "share/man/man7/echoline-protocol.7",
    "share/man/man7/echoline-runbook.7",
    "share/man/man7/echoline-tuning.7",
    "share/man/man7/echolined-metrics.7",
    "share/man/man8/echolined.8",
}
COMPLETIONS = {
    "share/bash-completion/completions/echolined",
    "share/bash-completion/completions/echoline",
    "share/zsh/vendor-completions/_echolined",
    "share/zsh/vendor-completions/_echoline",
    "share/fish/vendor_completions.d/echolined.fish",
    "share/fish/vendor_completions.d/echoline.fish",
}
DOCUMENTS = {f"share/doc/echoline/{name}" for name in ("LICENSE", "README.md", "SCHEMA.md", "streams.md")}
DOCUMENTS |= {
    f"share/doc/echoline/examples/{path.name}" for path in (SOURCE / "streams/examples").iterdir()
}
MONITORING = {
    f"share/echoline/{path.relative_to(SOURCE / 'systemd')}"
    for folder in ("prometheus", "grafana", "bpftrace")
    for path in (SOURCE / "systemd" / folder).iterdir()
}
PLANS = {f"share/echoline/faults/{path.name}" for path in (SOURCE / "config/faults").iterdir()}
LIBRARY = {
    "lib/libecholine_asio.a",
    "lib/libecholine_streams.a",
    "lib/cmake/echoline/FindAsio.cmake",
    "lib/cmake/echoline/echoline-config-version.cmake",
    "lib/cmake/echoline/echoline-config.cmake",
    "lib/cmake/echoline/echoline-targets.cmake",
    "lib/cmake/echoline/echoline-targets-%s.cmake",
}
HEADERS = {f"include/echoline/streams/{path.name}" for path in (SOURCE / "streams").glob("*.hpp")}


def expected(prefix, configuration):
    [build_type] = re.findall("CMAKE_BUILD_TYPE:STRING=(.*)", (BUILD / "CMakeCache.txt").read_text())
    library = {name.replace("%s", build_type.lower()) for name in LIBRARY}
    below = PROGRAMS | library | HEADERS | COMPLETIONS | DOCUMENTS | MONITORING | PLANS
    below |= {"share/echoline/low-ports.conf"}
    below |= {f"lib/systemd/system/{unit}" for unit in UNITS}
    if shutil.which("scdoc"):
        below |= MANUAL
    return {f"{prefix}/{name}" for name in below} | {configuration}


@pytest.mark.parametrize(
    "prefix, configuration",
    [
        ("/usr", "/etc/echoline/echoline.toml"),
        ("/usr/local", "/usr/local/etc/echoline/echoline.toml"),
        ("/opt/echoline", "/opt/echoline/etc/echoline/echoline.toml"),
    ],
)
def test_everything_is_put_below_the_prefix_and_named_there(tmp_path, prefix, configuration):
    install(prefix, tmp_path)
    assert files_below(tmp_path) == expected(prefix, configuration)
    unit = (tmp_path / prefix.lstrip("/") / "lib/systemd/system/echoline.service").read_text()
    assert f"ExecStart={prefix}/bin/echolined --config {configuration} --admin " in unit
    assert re.findall(r"@\w+@", unit) == []


def test_a_configuration_that_is_there_stays_as_it_is(tmp_path):
    (tmp_path / "etc/echoline").mkdir(parents=True)
    (tmp_path / "etc/echoline/echoline.toml").write_text("workers = 1\n")
    install("/usr", tmp_path)
    assert (tmp_path / "etc/echoline/echoline.toml").read_text() == "workers = 1\n"


@pytest.mark.skipif(SANITIZED, reason="the package is not for sanitizers")
@pytest.mark.skipif(not shutil.which("dh"), reason="NOT RUN, there is no debhelper")
def test_the_same_package_is_made_at_any_time_by_anybody(tmp_path):
    made = []
    for name, mask in (("one", 0o022), ("other", 0o077)):
        before = os.umask(mask)
        try:
            package = make_package(tmp_path / name, SOURCE_DATE_EPOCH="1700000000")
        finally:
            os.umask(before)
        for part in ("--ctrl-tarfile", "--fsys-tarfile"):
            made.append(pipe_through("dpkg-deb", part, package, input=b""))
    assert made[:2] == made[2:]
