"""A headless Chromium, driven over the two pipes of its DevTools protocol."""

import base64
import json
import os
import select
import shutil
import subprocess
import time

# Of Debian, of other houses.
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"))),
    None,
)


class Browser:
    """One page of it. What the page complained of is in `complaints`, what it asked for in `asked`."""

    def __init__(self, folder, seconds=60):
        self.deadline = time.monotonic() + seconds
        self.complaints, self.asked = [], []
        self.number, self.unread, self.events = 0, b"", []
        to_it, self.write_to = os.pipe()
        self.read_from, from_it = os.pipe()
        # The protocol is on the descriptors 3 and 4.
        command = f'exec "$@" 3<&{to_it} 4>&{from_it}'
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
        flags += ["--disable-background-networking", "--disable-extensions", "--remote-debugging-pipe"]
        self.popen = subprocess.Popen(
            ["bash", "-c", command, "bash", CHROMIUM, *flags, f"--user-data-dir={folder}", "about:blank"],
            pass_fds=(to_it, from_it),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_it)
        os.close(from_it)
        self.session = None
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.session = None
            self.ask("Browser.close")
            self.popen.wait(10)
        finally:
            os.close(self.write_to)
            os.close(self.read_from)
            self.popen.kill()
            self.popen.wait()

    def ask(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write_to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.next_message()
            if answer.get("id") == self.number:
                assert "error" not in answer, (method, answer)
                return answer["result"]

    def next_message(self):
        while b"\0" not in self.unread:
            left = self.deadline - time.monotonic()
            assert left > 0 and select.select([self.read_from], [], [], left)[0], "Chromium is silent"
            piece = os.read(self.read_from, 1 << 20)
            assert piece, "Chromium has gone"
            self.unread += piece
        text, self.unread = self.unread.split(b"\0", 1)
        message = json.loads(text)
        self.note(message.get("method"), message.get("params"))
        return message

    def note(self, event, told):
        self.events.append(event)
        if event in ("Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled"):
            self.complaints.append(told)
        if event == "Network.requestWillBeSent":
            self.asked.append(told["request"]["url"])

    def view(self, width, scheme):
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def open(self, path):
        self.events.clear()
        self.ask("Page.navigate", url=f"file://{path}")
        while "Page.loadEventFired" not in self.events:
            self.next_message()

    def value(self, script):
        done = self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def screenshot(self):
        return base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"])
