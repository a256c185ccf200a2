"""health: /health, the server's look at itself, and lameduck."""

import resource
import signal
import time

import pytest

SERVER = ".:@PORT@ {\n health 127.0.0.1:@PORT:health@ %s\n prometheus 127.0.0.1:@PORT:metrics@\n whoami\n}\n"


def test_answer(serve):
    server = serve(SERVER % "")
    assert server.http("/health", "health") == (200, "OK")
    assert server.http("/healthz", "health")[0] == 404


def test_everywhere(serve):
    server = serve(".:@PORT@ {\n health :@PORT:health@\n whoami\n}\n")
    assert server.http("/health", "health") == (200, "OK")


def test_default_address_of_localhost(serve):
    server = serve(".:@PORT@ {\n health localhost:@PORT:health@\n whoami\n}\n")
    assert server.http("/health", "health") == (200, "OK")


def wait_looks(server, n):
    deadline = time.monotonic() + 10
    while server.metrics().value("coredns_health_request_duration_seconds_count") < n:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_looks_at_itself(serve):
    server = serve(SERVER % "")
    name = "coredns_health_request_duration_seconds"
    wait_looks(server, 2)
    metrics = server.metrics()
    assert [labels["le"] for labels, _ in metrics.select(f"{name}_bucket")] == [
        "0.00025", "0.0025", "0.025", "0.25", "2.5", "+Inf",
    ]
    assert 0 < metrics.value(f"{name}_sum") < 5
    assert metrics.value("coredns_health_request_failures_total") == 0
    assert "Local health request" not in server.output


def test_looks_that_fail(serve):
    server = serve(SERVER % "")
    wait_looks(server, 1)  # by then everything that start opens is open
    pid = server.process.pid
    soft, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    # No further descriptor: a look cannot even begin.
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, hard))
    url = f"http://127\\.0\\.0\\.1:{server.ports['health']}/health"
    server.wait_output(
        rf'^\[WARNING\] plugin/health: Local health request to "{url}" failed: connection (closed|failed)$')
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (soft, hard))
    assert server.metrics().value("coredns_health_request_failures_total") >= 1
    assert server.http("/health", "health") == (200, "OK")


def test_stops_at_once_without_lameduck(serve):
    server = serve(SERVER % "")
    server.stop()
    assert "lameduck" not in server.output


@pytest.mark.parametrize("blocks", [1, 2])
def test_lameduck(serve, blocks):
    other = "test:@PORT@ {\n health 127.0.0.1:@PORT:health@ {\n  lameduck 1ms\n }\n whoami\n}\n"
    server = serve(SERVER % "{\n  lameduck 1500ms\n }" + other * (blocks - 1))
    begin = time.monotonic()
    server.signal(signal.SIGTERM)
    server.wait_output(r"^\[INFO\] plugin/health: Going into lameduck mode for 1\.5s$")
    # Alive and answering all the while.
    assert server.http("/health", "health") == (200, "OK")
    assert server.query("a.test").additional
    assert server.query("a.test", tcp=True).additional
    assert server.wait() == 0
    assert time.monotonic() - begin > 1.4


def test_two_at_one_address(serve):
    block = "%s:@PORT@ {\n health 127.0.0.1:@PORT:health@\n ready 127.0.0.1:@PORT:health@\n whoami\n}\n"
    server = serve(block % "test" + block % "example.org")
    assert server.http("/health", "health") == (200, "OK")
    assert server.http("/ready", "health") == (200, "OK")


def test_bad_host(serve):
    server = serve(".:@PORT@ {\n health nowhere.invalid:@PORT:health@\n whoami\n}\n", wait=False)
    assert server.wait() != 0
    assert "nowhere.invalid" in server.output
