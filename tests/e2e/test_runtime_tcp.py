"""TCP: pipelining, order, limits, time-outs, clients that misbehave.  See tests/support/rt_sample.c
for what the names do; its time-outs are 0.4 s to send a message, 0.8 s to take a reply, 1.2 s idle."""

import random
import resource
import socket
import struct
import time

import dns.flags
import dns.message
import dns.rcode
import pytest


def framed(message):
    wire = message.to_wire() if hasattr(message, "to_wire") else message
    return struct.pack("!H", len(wire)) + wire


def is_closed(connection):
    """Waits for the end of the connection (it fails after the socket's time-out)."""
    return connection.receive_wire() is None


@pytest.mark.threads
def test_pipelined_in_one_segment(sample):
    queries = [sample.make(f"n{i}.example.org", id=i) for i in range(500)]
    with sample.connect() as connection:
        connection.send_bytes(b"".join(map(framed, queries)))
        for query in queries:
            reply = connection.receive()
            assert query.is_response(reply) and reply.rcode() == 0


def test_answers_overtake_those_that_wait(sample):
    with sample.connect() as connection:
        connection.send(sample.make("hold-1.example.org", id=1))
        connection.send(sample.make("www.example.org", id=2))
        assert connection.receive().id == 2
        connection.send(sample.make("free-1.example.org", id=3))
        assert {connection.receive().id, connection.receive().id} == {1, 3}


def test_octet_by_octet(sample):
    data = framed(sample.make("www.example.org", id=7)) * 2
    with sample.connect() as connection:
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for octet in data:
            connection.send_bytes(bytes([octet]))
        assert connection.receive().id == 7 and connection.receive().id == 7


def test_random_pieces(sample):
    rng = random.Random(20240501)
    queries = [sample.make(f"n{i}.example.org", id=i) for i in range(300)]
    data = b"".join(map(framed, queries))
    with sample.connect() as connection:
        at = 0
        while at < len(data):
            size = rng.choice((1, 2, 3, 30, 33, 500, 4000))
            connection.send_bytes(data[at : at + size])
            at += size
        assert [connection.receive().id for _ in queries] == list(range(300))


@pytest.mark.parametrize("length", [0, 1, 11])
def test_short_messages_end_the_connection(sample, length):
    with sample.connect() as connection:
        good = framed(sample.make("wait-5.example.org", id=1))
        connection.send_bytes(good + struct.pack("!H", length) + bytes(length) + good)
        assert connection.receive().id == 1  # what came before is answered
        assert is_closed(connection)


def test_ignored_messages_do_not_end_it(sample):
    response = sample.make("www.example.org")
    response.flags |= dns.flags.QR
    with sample.connect() as connection:
        connection.send(response)
        connection.send(sample.make("drop.example.org"))
        connection.send(sample.make("www.example.org", id=9))
        assert connection.receive().id == 9


def test_half_closed_clients_get_their_answers(sample):
    with sample.connect() as connection:
        for i in range(20):
            connection.send(sample.make(f"wait-{i}.example.org", id=i))
        connection.socket.shutdown(socket.SHUT_WR)
        assert {connection.receive().id for _ in range(20)} == set(range(20))
        assert is_closed(connection)


@pytest.mark.threads
def test_clients_that_leave_while_queries_wait(sample):
    for i in range(60):
        with sample.connect() as connection:
            for name in ("wait-3", "wchase-4", "ahead-wait-2", "late-1", "big-200"):
                connection.send(sample.make(f"{name}.example.org", "TXT", id=i))
            if i % 3 == 0:  # reset instead of an orderly end
                connection.socket.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                )
    assert sample.query("www.example.org", tcp=True).rcode() == 0


def test_more_waiting_queries_than_a_connection_may_have(sample):
    count = 1000
    queries = [sample.make("wait-20.example.org", id=i) for i in range(count)]
    with sample.connect() as connection:
        connection.send_bytes(b"".join(map(framed, queries)))
        assert {connection.receive().id for _ in range(count)} == set(range(count))


def test_large_answers_to_a_client_that_reads_late(sample):
    count = 40  # 2 MB: more than is kept for a client, and than a socket takes at once
    with sample.connect() as connection:
        connection.send_bytes(
            b"".join(framed(sample.make("big-450.example.org", "TXT", id=i)) for i in range(count))
        )
        got = [dns.message.from_wire(connection.receive_wire()) for _ in range(count)]
    assert [reply.id for reply in got] == list(range(count))
    assert all(sum(map(len, reply.answer)) == 450 for reply in got)


def test_a_client_that_never_reads(sample):
    query = framed(sample.make("big-500.example.org", "TXT"))
    with sample.connect() as connection:
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            while True:  # until the server has closed it; a time-out fails the test
                connection.send_bytes(query * 50)
    assert sample.query("www.example.org", tcp=True).rcode() == 0


def test_silent_clients(sample):
    start = time.monotonic()
    with sample.connect() as silent, sample.connect() as half, sample.connect() as idle:
        half.send_bytes(framed(sample.make("www.example.org"))[:20])
        idle.send(sample.make("www.example.org"))
        assert idle.receive().rcode() == 0
        assert is_closed(silent) and is_closed(half) and is_closed(idle)
        assert time.monotonic() - start >= 1.2  # the idle one was not closed before its time


def test_waiting_is_not_idleness(sample):
    with sample.connect() as connection:
        connection.send(sample.make("wait-2500.example.org", id=3))
        assert connection.receive().id == 3


def limit_descriptors(count):
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (count, count))


def test_more_clients_than_descriptors(start_sample):
    server = start_sample(before=limit_descriptors(80))
    connections = []
    try:
        for i in range(150):
            connection = server.connect()
            connections.append(connection)
            connection.send(server.make("www.example.org", id=i))
            assert connection.receive().id == i
        with server.connect() as last:
            last.send(server.make("wait-1.example.org", id=4))
            assert last.receive().id == 4
    finally:
        for connection in connections:
            connection.socket.close()


def test_clients_that_wait_are_not_pushed_out(start_sample):
    server = start_sample(before=limit_descriptors(80))
    connections = [server.connect() for _ in range(200)]
    refused = 0
    try:
        for i, connection in enumerate(connections):
            connection.send(server.make("wait-700.example.org", id=i))
        for i, connection in enumerate(connections):
            reply = connection.receive_wire()
            if reply is None:
                refused += 1
            else:
                assert dns.message.from_wire(reply).id == i
    finally:
        for connection in connections:
            connection.socket.close()
    assert 100 < refused < 190
    assert server.query("www.example.org", tcp=True).rcode() == 0
    assert server.query("www.example.org").rcode() == 0
