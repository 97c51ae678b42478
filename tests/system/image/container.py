"""The container image of the programs under test, and a container of it, as a container runtime has
them: unpacked, in namespaces of its own, as the image's user, on a read-only root."""

import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tarfile
import time

from deadline import until
from installed import SOURCE
from program import ECHOLINE, ECHOLINED, run

BUILD = SOURCE / "server/image/build"
NAMESPACES = ("--mount", "--net", "--pid", "--uts", "--ipc")
ENTER = """
root=$1 user=$2; shift 2
ip link set lo up
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mount -o remount,bind,ro "$root"
exec setpriv --no-new-privs chroot --groups= --userspec="$user" "$root" "$@"
"""


def why_not():
    """Why there can be no image or no container here; None where there can."""
    if os.geteuid() != 0:
        return "this is not root"
    for program in ("buildah", "unshare", "nsenter", "setpriv", "ip"):
        if not shutil.which(program):
            return f"there is no {program}"
    trial = run("unshare", *NAMESPACES, "mount", "-t", "tmpfs", "tmpfs", "/mnt")
    return f"no namespaces are to be had: {trial.stderr.strip()}" if trial.returncode else None


def build(folder, *programs):
    """Makes the image of these programs, whose paths are the folder's, or of those under test; its two
    archives, by format."""
    done = run(
        BUILD, *(programs or (ECHOLINED, ECHOLINE)), seconds=200, cwd=folder,
        env={**os.environ, "OUTPUT": "archives", "SOURCE_DATE_EPOCH": "1700000000"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    archives = {path.name.split(".")[-2]: path for path in (folder / "archives").iterdir()}
    assert sorted(done.stdout.split()) == sorted(map(str, archives.values()))
    return archives


class OciArchive:
    """Reads an archive as an image of OCI; every digest in it is checked."""

    def __init__(self, path):
        with tarfile.open(path) as archive:
            read = {item.name: archive.extractfile(item).read() for item in archive if item.isfile()}
        self._files = {name.removeprefix("./"): data for name, data in read.items()}
        [self.descriptor] = json.loads(self._files["index.json"])["manifests"]
        self.manifest = json.loads(self.blob(self.descriptor))
        self.config = json.loads(self.blob(self.manifest["config"]))

    def blob(self, descriptor):
        kind, _, digest = descriptor["digest"].partition(":")
        data = self._files[f"blobs/{kind}/{digest}"]
        assert (len(data), hashlib.new(kind, data).hexdigest()) == (descriptor["size"], digest)
        return data


def docker_config(path):
    """What an archive in Docker's format says of how it is run."""
    with tarfile.open(path) as archive:
        [image] = json.load(archive.extractfile("manifest.json"))
        return json.load(archive.extractfile(image["Config"]))["config"]


class Container:
    """A running one, of a root that was unpacked into a folder; a `with` block ends it."""

    def __init__(self, root, config):
        self._root = root
        self._config = config
        self.log = root.with_name(f"log-{time.monotonic_ns()}")
        # The places and the file that a runtime brings.
        for name in ("proc", "dev"):
            (root / name).mkdir(exist_ok=True)
        (root / "etc/hosts").write_text("127.0.0.1 localhost echoline\n::1 localhost\n")

    def __enter__(self):
        command = ["unshare", *NAMESPACES, "--fork", "--kill-child", "sh", "-e", "-c", ENTER, "sh"]
        command += [self._root, self._config["User"]]
        with open(self.log, "wb") as log:
            self._outer = subprocess.Popen(
                [*command, *self._config["Entrypoint"], *self._config["Cmd"]],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            until(self._is_ready, 30, "the container")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        # The first process ends all others with it; --kill-child is lost where it changes its user.
        for child in self._children():
            os.kill(child, signal.SIGKILL)
        self._outer.kill()
        self._outer.wait(10)

    def _is_ready(self):
        assert self._outer.poll() is None, self.log.read_text()
        return " ready " in self.log.read_text()

    @property
    def pid(self):
        """Of its first process, in this machine's numbers."""
        [child] = self._children()
        return child

    def _children(self):
        if self._outer.poll() is not None:
            return []
        children = pathlib.Path(f"/proc/{self._outer.pid}/task/{self._outer.pid}/children")
        return [int(child) for child in children.read_text().split()]

    def run(self, *command, **options):
        """Runs a command in it, as `docker exec` does."""
        user, _, group = self._config["User"].partition(":")
        enter = ["nsenter", f"--target={self.pid}", *NAMESPACES, "--root", "--wd"]
        return run(*enter, "--setuid", user, "--setgid", group, "--", *command, **options)

    def stop(self):
        """As a runtime stops it; its exit code."""
        os.kill(self.pid, getattr(signal, self._config["StopSignal"]))
        return self._outer.wait(20)
