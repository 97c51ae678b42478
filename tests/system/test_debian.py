"""debian/, of which dpkg-buildpackage makes the packages. What they do is in booted/."""

import re
import shutil
import subprocess
import tarfile

import pytest

from installed import SOURCE
from program import run
from sanitized import SANITIZED

if SANITIZED:
    pytest.skip("NOT RUN, it is the same under sanitizers", allow_module_level=True)


def first(pattern, name):
    return re.search(pattern, (SOURCE / name).read_text(), re.MULTILINE)[1]


def test_the_version_is_the_same_wherever_it_stands():
    version = first(r"^project\(echoline VERSION ([0-9.]+)", "CMakeLists.txt")
    assert first(r"^echoline \((.+)\)", "debian/changelog") == version
    assert first(r"^## ([0-9.]+)", "CHANGELOG.md") == version
    for manifest in ("echoline.yaml", "load.yaml"):
        assert first(r"^ +image: echoline:(.+)$", f"server/image/{manifest}") == version
    named = re.findall(r"\w_([0-9][0-9.]+)_amd64\.deb", (SOURCE / "README.md").read_text())
    assert set(named) <= {version}


def build_dependencies():
    """Of debian/control: the name of each, and whether the profile nocheck does without it."""
    control = (SOURCE / "debian/control").read_text()
    [field] = re.findall(r"^Build-Depends:\n((?: .*\n)+)", control, re.MULTILINE)
    for entry in filter(None, map(str.strip, field.split(","))):
        # debhelper provides debhelper-compat, in each of its versions.
        yield entry.split()[0].removesuffix("-compat"), entry.endswith("<!nocheck>")


def of_groups(*groups):
    rows = [row.split() for row in (SOURCE / ".ci/packages").read_text().splitlines()]
    return {name for group, *names in rows if group in groups for name in names}


def test_what_a_package_is_built_with_is_what_systemd_package_installs():
    dependencies = dict(build_dependencies())
    without_tests = {name for name, tests_only in dependencies.items() if not tests_only}
    assert without_tests - of_groups("build", "package") == set()
    assert dependencies.keys() - of_groups("build", "package", "unit") == set()
    assert dependencies.keys() - without_tests == of_groups("unit")


@pytest.mark.skipif(not shutil.which("dpkg-source"), reason="NOT RUN, there is no dpkg-dev")
@pytest.mark.skipif(not (SOURCE / ".git").exists(), reason="NOT RUN, this is no clone")
def test_the_source_package_has_what_is_in_the_repository_and_nothing_that_was_built(tmp_path):
    tracked = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files"], cwd=SOURCE, capture_output=True, check=True
    )
    done = run("dpkg-source", "-Zgzip", "-z1", "--build", SOURCE, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    [archive] = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as files:
        packed = {member.name.partition("/")[2] for member in files if not member.isdir()}
    assert set(tracked.stdout.decode().splitlines()) - packed == set()
    assert [name for name in packed if "/build/" in f"/{name}" or name.endswith(".o")] == []
