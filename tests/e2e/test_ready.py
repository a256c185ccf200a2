"""ready: /ready."""

import signal

import pytest

SERVER = ".:@PORT@ {\n ready 127.0.0.1:@PORT:ready@ %s\n health 127.0.0.1:@PORT:health@ {\n  lameduck 2s\n }\n whoami\n}\n"


@pytest.mark.parametrize("mode", ["", "{\n  monitor until-ready\n }", "{\n  monitor continuously\n }"])
def test_ready(serve, mode):
    server = serve(SERVER % mode)
    for _ in range(3):
        assert server.http("/ready", "ready") == (200, "OK")
    assert server.http("/", "ready")[0] == 404


def test_not_while_stopping(serve):
    server = serve(SERVER % "")
    server.signal(signal.SIGTERM)
    server.wait_output("lameduck")
    assert server.http("/ready", "ready") == (503, "Shutting down")
    assert server.http("/health", "health") == (200, "OK")


def test_shared_by_server_blocks(serve):
    block = "%s:@PORT@ {\n ready 127.0.0.1:@PORT:ready@\n whoami\n}\n"
    server = serve(block % "test" + block % "example.org")
    assert server.http("/ready", "ready") == (200, "OK")
