"""The package's units, by what they are for in these tests."""

OWN_PORTS = "echoline.service"
ACTIVATED = "echoline-activated.service"
SERVICES = (OWN_PORTS, ACTIVATED)
SOCKETS = ("echoline-echo.socket", "echoline-line.socket")
METRICS = "echoline-metrics.socket"
INSTANCES = "echoline@*.service"
