"""forward: connections to upstreams over TCP, how they are shared, kept and lost."""

import socket
import struct
import threading

import dns.message
import dns.rrset
import pytest

from harness.client import in_threads, rcode, texts
from harness.upstream import Answer

def forward(options=""):
    return f".:@PORT@ {{\n forward . 127.0.0.1:@PORT:upstream@ {{\n  force_tcp\n{options}\n }}\n}}\n"


@pytest.mark.threads
def test_tcp_is_pipelined_and_out_of_order(serve, upstream):
    """All queries wait for the last one, and are answered in reverse order."""
    count = 60
    order = []
    turn = threading.Condition()

    class InTurn(Answer):
        def do(self, query):
            def later():
                with turn:
                    turn.wait_for(lambda: len(order) == count and order[-1] == query.name, 10)
                    super(InTurn, self).do(query)
                    order.pop()
                    order.insert(0, None)
                    turn.notify_all()

            with turn:
                order.append(query.name)
                turn.notify_all()
            query.upstream.spawn(later)

    def behave(query):
        return InTurn(f"10.0.0.{query.name.split('.')[0][1:]}")

    fake = upstream(behave=behave)
    server = serve(forward("  read_timeout 5s\n  max_fails 0"))
    replies = in_threads(server.query, [f"n{i}.test" for i in range(count)])
    assert [texts(reply) for reply in replies] == [[f"10.0.0.{i}"] for i in range(count)]
    assert len({query.peer for query in fake.queries}) < count


def test_tcp_connections_are_kept(serve, upstream):
    fake = upstream()
    server = serve(".:@PORT@ {\n multisocket 1\n forward . 127.0.0.1:@PORT:upstream@ {\n  force_tcp\n }\n}\n")
    for i in range(5):
        assert texts(server.query(f"n{i}.test")) == ["192.0.2.1"]
    assert len({query.peer for query in fake.queries}) == 1


class TcpServer:
    """A TCP server whose every connection is a call of converse(connection, number)."""

    def __init__(self, port, converse):
        self.listener = socket.create_server(("127.0.0.1", port))
        self.converse = converse
        self.count = 0
        self.threads = []
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.count += 1
            thread = threading.Thread(target=self._run, args=(connection, self.count), daemon=True)
            thread.start()
            self.threads.append(thread)

    def _run(self, connection, number):
        with connection:
            connection.settimeout(10)
            try:
                self.converse(connection, number)
            except OSError:
                pass

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def read_query(connection):
    head = connection.recv(2, socket.MSG_WAITALL)
    if len(head) < 2:
        return None
    return connection.recv(struct.unpack("!H", head)[0], socket.MSG_WAITALL)


def answer_to(wire, address="192.0.2.1"):
    reply = dns.message.make_response(dns.message.from_wire(wire))
    question = reply.question[0]
    reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", "A", address))
    data = reply.to_wire()
    return struct.pack("!H", len(data)) + data


def test_idle_connections_are_closed(serve, ports):
    closed = threading.Event()

    def converse(connection, number):
        connection.sendall(answer_to(read_query(connection)))
        if connection.recv(1) == b"":
            closed.set()

    with TcpServer(ports("upstream"), converse):
        server = serve(forward("  expire 300ms"))
        assert texts(server.query("example.org")) == ["192.0.2.1"]
        assert closed.wait(10)
        assert texts(server.query("example.org")) == ["192.0.2.1"]


def test_servers_that_close_after_each_answer(serve, ports):
    """A lost connection that had worked before is no failure of the upstream."""

    def converse(connection, number):
        connection.sendall(answer_to(read_query(connection)))

    with TcpServer(ports("upstream"), converse):
        server = serve(forward("  max_connect_attempts 1\n  max_fails 0"))
        replies = in_threads(server.query, [f"n{i}.test" for i in range(30)])
        assert [texts(reply) for reply in replies] == [["192.0.2.1"]] * 30


@pytest.mark.parametrize("last_words", [b"", b"\0\3xyz"], ids=["closes", "garbage"])
def test_a_question_that_the_upstream_cannot_stand(serve, ports, last_words):
    """Those that share a connection with it are answered all the same."""

    def converse(connection, number):
        wires = [read_query(connection)]
        if number == 1:
            wires.append(read_query(connection))
        names = {dns.message.from_wire(wire).question[0].name.labels[0] for wire in wires}
        if b"bad" not in names:
            connection.sendall(answer_to(wires[0]))
        elif last_words:
            connection.sendall(last_words)
            connection.recv(1)

    with TcpServer(ports("upstream"), converse):
        server = serve(
            ".:@PORT@ {\n multisocket 1\n forward . 127.0.0.1:@PORT:upstream@ {\n"
            "  force_tcp\n  max_connect_attempts 1\n  max_fails 0\n  read_timeout 5s\n }\n}\n"
        )
        replies = in_threads(server.query, ["bad.test", "good.test"])
        assert [rcode(reply) for reply in replies] == ["SERVFAIL", "NOERROR"]


def test_messages_in_small_pieces(serve, ports):
    def converse(connection, number):
        while True:
            wire = read_query(connection)
            if wire is None:
                return
            for octet in answer_to(wire):
                connection.sendall(bytes([octet]))

    with TcpServer(ports("upstream"), converse):
        server = serve(forward())
        for i in range(3):
            assert texts(server.query(f"n{i}.test")) == ["192.0.2.1"]


def test_several_messages_in_one_piece(serve, ports):
    def converse(connection, number):
        answers = b"".join(answer_to(read_query(connection)) for _ in range(4))
        connection.sendall(answers)
        connection.recv(1)

    with TcpServer(ports("upstream"), converse):
        server = serve(
            ".:@PORT@ {\n multisocket 1\n"
            " forward . 127.0.0.1:@PORT:upstream@ {\n  force_tcp\n  read_timeout 5s\n }\n}\n"
        )
        replies = in_threads(server.query, [f"n{i}.test" for i in range(4)])
        assert [texts(reply) for reply in replies] == [["192.0.2.1"]] * 4
