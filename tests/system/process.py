"""What the kernel knows of a running process: its memory, CPU time and descriptors."""

import os
import time

TICK = os.sysconf("SC_CLK_TCK")


class Process:
    def __init__(self, pid):
        self.pid = pid

    def resident(self):
        """Its resident memory, in bytes. Counted page by page: VmRSS may be late by many."""
        with open(f"/proc/{self.pid}/smaps_rollup") as rollup:
            for line in rollup:
                if line.startswith("Rss:"):
                    return int(line.split()[1]) * 1024
        raise AssertionError("the process has no resident memory")

    def cpu_seconds(self):
        """The time its threads have spent, in user and system mode."""
        with open(f"/proc/{self.pid}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def cpu_share(self, seconds):
        """The share of one processor that it takes over the next `seconds`."""
        before, start = self.cpu_seconds(), time.monotonic()
        time.sleep(seconds)
        return (self.cpu_seconds() - before) / (time.monotonic() - start)

    def waits(self):
        """How often its main thread has waited for something."""
        with open(f"/proc/{self.pid}/status") as status:
            [waits] = [line.split()[1] for line in status if line.startswith("voluntary_ctxt")]
        return int(waits)

    def catches(self, number):
        """Whether it has a handler for that signal."""
        return self._mask_has("SigCgt:", number)

    def blocks(self, number):
        """Whether its main thread has that signal blocked."""
        return self._mask_has("SigBlk:", number)

    def has_pending(self, number):
        """Whether that signal was sent to it and has not reached it yet."""
        return self._mask_has("ShdPnd:", number)

    def _mask_has(self, name, number):
        with open(f"/proc/{self.pid}/status") as status:
            [mask] = [line.split()[1] for line in status if line.startswith(name)]
        return bool(int(mask, 16) >> (number - 1) & 1)

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def sockets(self):
        """How many of its descriptors are sockets."""
        return sum(link.startswith("socket:") for link in self._links())

    def _links(self):
        for name in os.listdir(f"/proc/{self.pid}/fd"):
            try:
                yield os.readlink(f"/proc/{self.pid}/fd/{name}")
            except FileNotFoundError:
                pass  # closed since

    def table_of_descriptors(self):
        """How many the kernel's table for it has room for."""
        with open(f"/proc/{self.pid}/status") as status:
            [size] = [line.split()[1] for line in status if line.startswith("FDSize:")]
        return int(size)

    def lowest_free_descriptor(self):
        """The number that its next descriptor would have."""
        taken = {int(name) for name in os.listdir(f"/proc/{self.pid}/fd")}
        return next(number for number in range(len(taken) + 1) if number not in taken)
