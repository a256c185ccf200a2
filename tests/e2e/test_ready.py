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


def moods(server, *names):
    for name in names:
        assert server.query(f"{name}.test").rcode() == 0


@pytest.mark.threads
@pytest.mark.parametrize(
    "mode, after_the_fall",
    [("", (200, "OK")), ("{\n  monitor continuously\n }", (503, "moody"))],
)
def test_plugin_that_is_not_ready(serve, moody, mode, after_the_fall):
    server = serve(SERVER.replace("whoami", "moody\n whoami") % mode, flags=moody)
    assert server.http("/ready", "ready") == (503, "moody")
    server.wait_output(r'^\[INFO\] plugin/ready: Plugins not ready: "moody"$')
    moods(server, "up")
    assert server.http("/ready", "ready") == (200, "OK")
    moods(server, "down")
    assert server.http("/ready", "ready") == after_the_fall


def test_a_plugin_in_two_blocks_is_named_once(serve, moody):
    block = "%s:@PORT@ {\n ready 127.0.0.1:@PORT:ready@\n moody\n whoami\n}\n"
    server = serve(block % "test" + block % "example.org", flags=moody)
    assert server.http("/ready", "ready") == (503, "moody")
    moods(server, "up")  # one of the two is not enough
    assert server.http("/ready", "ready") == (503, "moody")
    assert server.query("up.example.org").rcode() == 0
    assert server.http("/ready", "ready") == (200, "OK")


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
