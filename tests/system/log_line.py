"""A line of the daemon's log, text or JSON, as a value."""

import json
import re
from dataclasses import dataclass

TEXT = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (?P<level>debug|info|warning|error) "
    r"(?P<event>[a-z-]+)(?P<fields>(?: [a-z_]+=(?:\"(?:[^\"\\]|\\.)*\"|[^\" ]+))*)"
)
FIELD = re.compile(r" ([a-z_]+)=(\"(?:[^\"\\]|\\.)*\"|[^\" ]+)")


@dataclass
class LogLine:
    time: str
    level: str
    event: str
    fields: dict

    def __getitem__(self, name):
        return self.fields[name]


def parse(text):
    """The LogLine, or None where `text` is none."""
    if text.startswith("{"):
        try:
            values = json.loads(text)
            if values.pop("schema", None) != "echolined.log/2":
                return None
            return LogLine(values.pop("time"), values.pop("level"), values.pop("event"), values)
        except (ValueError, KeyError):
            return None
    match = TEXT.fullmatch(text)
    if match is None:
        return None
    fields = {name: value.strip('"') for name, value in FIELD.findall(match["fields"])}
    return LogLine(match["time"], match["level"], match["event"], fields)
