"""Who scrapes a daemon's figures."""

from http.client import HTTPConnection

from prometheus_client.openmetrics.parser import text_string_to_metric_families

from sanitized import PATIENCE

METRICS = '[metrics]\naddress = "127.0.0.1:0"\n'
OPENMETRICS = "application/openmetrics-text; version=1.0.0"


def metrics_address(daemon):
    host, _, port = daemon.events("metrics-listening")[-1]["address"].rpartition(":")
    return host, int(port)


class Scraper:
    """One kept connection, as Prometheus has it."""

    def __init__(self, daemon):
        self._connection = HTTPConnection(*metrics_address(daemon), timeout=20 * PATIENCE)

    def get(self, path, **headers):
        self._connection.request("GET", path, headers=headers)
        response = self._connection.getresponse()
        return response.status, response.read().decode()

    def samples(self):
        status, text = self.get("/metrics", Accept=OPENMETRICS)
        assert status == 200
        families = text_string_to_metric_families(text)
        return [sample for family in families for sample in family.samples]

    def names(self):
        """Of all samples. process_open_fds is told from Linux 6.2 on, and counts as told before."""
        return {sample.name for sample in self.samples()} | {"process_open_fds"}

    def value(self, name, **labels):
        """The sum over the samples with these labels."""
        return sum(
            sample.value
            for sample in self.samples()
            if sample.name == name and labels.items() <= sample.labels.items()
        )
