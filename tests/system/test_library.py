"""echoline::streams in somebody else's project."""

from pathlib import Path

import pytest

from installed import SOURCE, install
from program import run
from sanitized import SANITIZED

if SANITIZED:
    pytest.skip("NOT RUN, it is the same under sanitizers", allow_module_level=True)

CONSUMER = Path(__file__).with_name("consumer")


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prefix")
    install(folder)
    return folder


def make(*command):
    done = run(*command, seconds=250)
    assert done.returncode == 0, done.stdout + done.stderr


def configure(build, *options):
    """For a machine that has Asio, and of our other dependencies none."""
    absent = (f"-DCMAKE_DISABLE_FIND_PACKAGE_{name}=ON" for name in ("spdlog", "CLI11", "ZLIB", "Catch2"))
    make("cmake", "-S", CONSUMER, "-B", build, "-G", "Ninja", *absent, *options)
    cache = (build / "CMakeCache.txt").read_text()
    assert "CMAKE_BUILD_TYPE:STRING=\n" in cache
    assert "TOMLPLUSPLUS" not in cache


def compile_alone(source, prefix):
    flags = ("-std=c++20", "-DASIO_STANDALONE", "-DASIO_SEPARATE_COMPILATION", "-Wall", "-Werror")
    make("c++", *flags, "-fsyntax-only", "-I", prefix / "include/echoline", source)


def test_an_installed_library_is_found_beside_targets_of_any_name(prefix, tmp_path):
    configure(tmp_path / "build", f"-DCMAKE_PREFIX_PATH={prefix}")


def test_every_header_can_be_included_without_the_sources(prefix, tmp_path):
    headers = sorted((prefix / "include/echoline/streams").glob("*.hpp"))
    source = tmp_path / "all.cpp"
    source.write_text("".join(f"#include <streams/{path.name}>\n" for path in headers))
    compile_alone(source, prefix)


def test_a_program_is_compiled_with_the_sources_as_a_part_of_it(tmp_path):
    """Compiled only: what it would be linked with is the same."""
    build = tmp_path / "build"
    configure(build, f"-DECHOLINE={SOURCE}")
    make("cmake", "--build", build, "--target", "CMakeFiles/consumer.dir/main.cpp.o")
    targets = run("ninja", "-C", build, "-t", "targets", "all").stdout
    assert "libecholine_streams.a: " in targets and "libecholine_asio.a: " in targets
    assert "echolined: " not in targets
    # Nothing of ours is installed with it.
    done = run("cmake", "--install", build, "--prefix", tmp_path / "prefix")
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "prefix").exists()
