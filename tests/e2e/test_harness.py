"""The tools of these tests work: what they cannot see, no test can."""

import threading

import dns.exception
import dns.message
import dns.query
import pytest

from harness import metrics
from harness.client import Client, is_set, rcode, texts
from harness.ports import PortBlock
from harness.server import Server, substitute
from harness.upstream import (
    Answer,
    Close,
    Drop,
    FakeUpstream,
    Hold,
    Refuse,
    Truncate,
    WrongId,
    WrongPort,
    WrongQuestion,
)


@pytest.fixture
def fake():
    with FakeUpstream() as upstream:
        yield upstream


@pytest.fixture
def client(fake):
    return Client(fake.port)


@pytest.mark.parametrize("tcp", [False, True])
def test_answers(fake, client, tcp):
    fake.behave = lambda query: Answer("192.0.2.7", "www.example.org. 5 TXT hello")
    reply = client.query("WWW.example.org", tcp=tcp)
    assert texts(reply) == ["192.0.2.7"]
    assert texts(reply, "TXT") == ['"hello"']
    assert [query.transport for query in fake.queries] == ["tcp" if tcp else "udp"]


def test_refuses_and_truncates(fake, client):
    fake.behave = lambda query: Refuse("SERVFAIL")
    assert rcode(client.query("a.example")) == "SERVFAIL"
    fake.behave = lambda query: Truncate()
    assert is_set(client.query("a.example"), "TC")


@pytest.mark.parametrize("action", [Drop, WrongPort])
def test_no_answer(fake, client, action):
    fake.behave = lambda query: action()
    wire = client.make("a.example").to_wire()
    assert client.raw_udp(wire, seconds=0.2) is None


@pytest.mark.parametrize("action", [WrongId, WrongQuestion])
def test_false_answers(fake, client, action):
    fake.behave = lambda query: action("192.0.2.7")
    with pytest.raises(dns.exception.DNSException):
        client.query("a.example", tcp=True)


def test_closes(fake, client):
    fake.behave = lambda query: Close()
    with client.connect() as connection:
        connection.send(client.make("a.example"))
        assert connection.receive() is None


def test_holds_until_told(fake, client):
    go = threading.Event()
    first = threading.Event()

    def behave(query):
        first.set()
        return Hold(go, Answer("192.0.2.9"))

    fake.behave = behave
    with client.connect() as connection:
        connection.send(client.make("a.example"))
        assert first.wait(5)
        go.set()
        assert texts(connection.receive()) == ["192.0.2.9"]


def test_goes_down_and_up(fake, client):
    fake.down()
    with pytest.raises(OSError):
        client.connect()
    fake.up()
    assert texts(client.query("a.example")) == ["192.0.2.1"]


def test_ports_are_put_into_text(ports):
    text = substitute(".:@PORT@ {\n forward . 127.0.0.1:@PORT:up@\n}", ports)
    assert text == f".:{ports()} {{\n forward . 127.0.0.1:{ports('up')}\n}}"
    assert ports() != ports("up")


def test_processes_never_share_ports(port_block):
    other = PortBlock()
    try:
        assert other.take() not in port_block.numbers
    finally:
        other.close()


def test_metrics_are_read():
    scraped = metrics.Metrics('# HELP x y\nx{a="1",b="q\\"}"} 2\nx{a="2"} 3.5\ny 1e3\n')
    assert scraped.value("x") == 5.5
    assert scraped.value("x", a="2") == 3.5
    assert scraped.value("y") == 1000
    assert scraped.value("z") == 0


def script(folder, text):
    file = folder / "program"
    file.write_text("#!/bin/sh\n" + text)
    file.chmod(0o755)
    return file


def test_a_bad_exit_status_is_noticed(tmp_path):
    server = Server(script(tmp_path, "echo corefilec-1; exit 3"), tmp_path, {})
    server.wait_ready()
    assert server.wait() == 3
    with pytest.raises(AssertionError, match="exit status 3"):
        server.stop()


def test_a_sanitizer_report_is_noticed(tmp_path):
    text = 'log=${ASAN_OPTIONS#*log_path=}\necho "heap-use" >"${log%%:*}.$$"\n'
    server = Server(script(tmp_path, text), tmp_path, {})
    assert server.wait() == 0
    with pytest.raises(AssertionError, match="heap-use"):
        server.stop()


def test_a_server_that_never_gets_ready_is_noticed(tmp_path):
    server = Server(script(tmp_path, "echo starting; exit 0"), tmp_path, {})
    with pytest.raises(AssertionError, match="starting"):
        server.wait_ready()
    server.kill()
