"""forward behind upstreams that drop, delay, truncate, lie and die.

What must hold whatever they do: every client has an answer or SERVFAIL within 6 seconds, no false
answer is accepted, and nothing is left over when the server stops (it then reports leaks).

The upstreams here work on octets, so that they can do what no library would.
"""

import random
import select
import socket
import struct
import threading
import time

import dns.message
import dns.rcode
import pytest

from harness.client import is_set, rcode, texts

SECONDS = 6
TRUE, FALSE = "192.0.2.1", "203.0.113.66"


def question_end(wire):
    at = 12
    while wire[at]:
        at += 1 + wire[at]
    return at + 5


def label(wire):
    """The first label of the name that is asked for."""
    return wire[13 : 13 + wire[12]].decode()


def answer(wire, address=TRUE, *, flags=0x8180, id_xor=0):
    end = question_end(wire)
    head = struct.pack("!HHHHHH", struct.unpack("!H", wire[:2])[0] ^ id_xor, flags, 1, 1, 0, 0)
    record = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4) + socket.inet_aton(address)
    return head + wire[12:end] + record


def other_question(wire):
    name = b"\5other\7example\0"
    return answer(wire[:12] + name + b"\0\1\0\1", FALSE)


def other_type(wire):
    end = question_end(wire)
    return answer(wire[: end - 4] + b"\0\x1c" + wire[end - 2 :], FALSE)


def other_class(wire):
    end = question_end(wire)
    return answer(wire[: end - 2] + b"\0\3" + wire[end:], FALSE)


def no_question(wire):
    false = answer(wire, FALSE)
    end = question_end(wire)
    return false[:4] + b"\0\0" + false[6:12] + b"\1x\0" + false[end + 2 :]


def two_questions(wire):
    false = answer(wire, FALSE)
    end = question_end(wire)
    return false[:4] + b"\0\2" + false[6:end] + false[12:end] + false[end:]


# Messages that are no answers, each sent before the true one.
LIES = {
    "id": lambda wire: answer(wire, FALSE, id_xor=0x5A5A),
    "question": other_question,
    "type": other_type,
    "class": other_class,
    "noquestion": no_question,
    "twoquestions": two_questions,
    "query": lambda wire: answer(wire, FALSE, flags=0x0180),
    "opcode": lambda wire: answer(wire, FALSE, flags=0xA180),
    "echo": lambda wire: wire,
    "header": lambda wire: answer(wire, FALSE)[:12],
    "nxheader": lambda wire: wire[:2] + b"\x81\x83" + b"\0" * 8,
    "half": lambda wire: answer(wire, FALSE)[: question_end(wire) - 3],
    "short": lambda wire: wire[:5],
    "zeros": lambda wire: bytes(100),
    "noise": lambda wire: bytes((i * 151 + 7) % 256 for i in range(300)),
}


class Hostile:
    """Answers by UDP and TCP as the first label of the question says."""

    def __init__(self, port, faulty=True):
        self.faulty = faulty
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self.udp.bind(("127.0.0.1", port))
        self.tcp = socket.create_server(("127.0.0.1", port), backlog=512)
        self.other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.other.bind(("127.0.0.1", 0))
        self.lock = threading.Lock()
        self.seen = {}
        self.timers = []
        self.open = True
        self.threads = [
            threading.Thread(target=target, daemon=True) for target in (self._serve, self._accept)
        ]
        for thread in self.threads:
            thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.open = False
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", self.udp.getsockname())
        self.tcp.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join(10)
        for timer in self.timers:
            timer.cancel()
        for sock in (self.udp, self.tcp, self.other):
            sock.close()

    def later(self, seconds, function, *arguments):
        def run():
            try:
                function(*arguments)
            except OSError:
                pass  # it is too late

        timer = threading.Timer(seconds, run)
        timer.daemon = True
        self.timers.append(timer)
        timer.start()

    def count(self, name):
        with self.lock:
            self.seen[name] = self.seen.get(name, 0) + 1
            return self.seen[name]

    # ---- UDP ----

    def _serve(self):
        while self.open:
            wire, peer = self.udp.recvfrom(65535)
            if len(wire) > 16:
                self.datagram(wire, peer, lambda data, to=peer: self.udp.sendto(data, to))

    def datagram(self, wire, peer, send):
        what = label(wire).split("-")[0] if self.faulty else ""
        if what in LIES:
            send(LIES[what](wire))
            send(answer(wire))
        elif what == "drop":
            pass
        elif what == "late":  # after the query was given up, or asked again
            self.later(2.2, send, answer(wire))
        elif what == "slow":
            self.later(0.5, send, answer(wire))
        elif what == "port":
            self.other.sendto(answer(wire, FALSE), peer)
            send(answer(wire))
        elif what == "onlyport":
            self.other.sendto(answer(wire, FALSE), peer)
        elif what == "guess":  # many ids, hoping for the right one
            for guess in range(1, 100):
                send(answer(wire, FALSE, id_xor=guess))
            send(answer(wire))
        elif what == "twice":
            send(answer(wire))
            send(answer(wire, FALSE))
        elif what == "tc":
            send(answer(wire, TRUE, flags=0x8380)[: question_end(wire)])
        elif what == "cut":
            send(answer(wire)[:-3])
        elif what == "garbage":  # the right question, and then no records that make sense
            send(answer(wire)[: question_end(wire)] + b"\xff" * 60)
        elif what == "loop":  # a compression pointer to itself
            end = question_end(wire)
            send(answer(wire)[:end] + struct.pack("!H", 0xC000 | end) + answer(wire)[end + 2 :])
        elif what == "servfail":
            send(answer(wire, flags=0x8182)[: question_end(wire)].replace(b"\0\1\0\1", b"\0\1\0\0", 1))
        elif what == "second" and self.count(wire[12:]) == 1:
            pass
        else:
            send(answer(wire))

    # ---- TCP ----

    def _accept(self):
        while self.open:
            try:
                connection, _ = self.tcp.accept()
            except OSError:
                return
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection):
        with connection:
            connection.settimeout(10)
            try:
                while self.open and self._exchange(connection):
                    pass
            except OSError:
                pass

    def _exchange(self, connection):
        head = connection.recv(2, socket.MSG_WAITALL)
        if len(head) < 2:
            return False
        wire = connection.recv(struct.unpack("!H", head)[0], socket.MSG_WAITALL)
        what = label(wire).split("-")[0] if self.faulty and len(wire) > 16 else ""

        def send(data):
            connection.sendall(struct.pack("!H", len(data)) + data)

        if what == "close":
            return False
        if what == "middle":  # in the midst of the message
            connection.sendall(struct.pack("!H", 100) + answer(wire)[:30])
            return False
        if what == "length":  # of a message that is no message
            connection.sendall(b"\0\3abc")
            return True
        if what == "nolength":
            connection.sendall(b"\0")
            return True
        if what == "long":  # never to be filled
            connection.sendall(b"\xff\xff" + answer(wire))
            return True
        if what == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        self.datagram(wire, self.other.getsockname(), send)
        return True


DATAGRAMS = ["drop", "late", "slow", "port", "onlyport", "guess", "twice", "tc", "cut", "garbage"]
DATAGRAMS += ["loop", "servfail", "second", "fine"]
STREAMS = ["close", "middle", "length", "nolength", "long", "reset"]
BEHAVIOURS = [*LIES, *DATAGRAMS, *STREAMS]


def judge(name, reply, seconds):
    """What every reply must be, whatever the upstream did."""
    assert reply is not None, f"{name}: no reply"
    assert seconds < SECONDS, f"{name}: {seconds} s"
    assert rcode(reply) in ("NOERROR", "SERVFAIL"), f"{name}: {rcode(reply)}"
    if rcode(reply) == "NOERROR" and not is_set(reply, "TC"):
        assert texts(reply) == [TRUE], f"{name}: {texts(reply)}"


def ask_all(server, names, tcp):
    """Asks for all names at the same time; {name: (reply, seconds)}."""
    replies = {}

    def run(name):
        begin = time.monotonic()
        try:
            reply = server.query(name, tcp=tcp, seconds=SECONDS + 4)
        except Exception as failure:  # judged by the caller
            reply, failure = None, failure
        replies[name] = (reply, time.monotonic() - begin)

    threads = [threading.Thread(target=run, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return replies


ALONE = ".:@PORT@ {\n forward . 127.0.0.1:@PORT:bad@ {\n  max_fails 0\n }\n}\n"
BACKED = (
    ".:@PORT@ {\n forward . 127.0.0.1:@PORT:bad@ 127.0.0.1:@PORT:good@ {\n"
    "  policy sequential\n  max_fails 0\n  failover SERVFAIL\n }\n}\n"
)


@pytest.mark.threads
def test_one_hostile_upstream(serve, ports):
    with Hostile(ports("bad")):
        server = serve(ALONE)
        for tcp in (False, True):
            for name, (reply, seconds) in ask_all(server, BEHAVIOURS, tcp).items():
                judge(name, reply, seconds)
        # What is true comes through although lies came first.
        for name in [*LIES, "port", "guess", "twice", "slow", "fine"]:
            assert texts(server.query(name)) == [TRUE], name
        # Over TCP as well, where the address cannot lie.
        for name in LIES:
            if name not in ("short",):
                assert texts(server.query(name, tcp=True)) == [TRUE], name


@pytest.mark.threads
def test_a_good_upstream_behind_a_hostile_one(serve, ports):
    with Hostile(ports("bad")), Hostile(ports("good"), faulty=False):
        server = serve(BACKED)
        for tcp in (False, True):
            for name, (reply, seconds) in ask_all(server, BEHAVIOURS, tcp).items():
                judge(name, reply, seconds)
                # What is cut off over UDP becomes TC: the client comes again over TCP.
                if name != "tc" and (tcp or name not in ("cut", "garbage")):
                    assert texts(reply) == [TRUE], f"{name}: {reply}"


def test_only_udp_answers(serve, ports):
    """TCP is refused: a truncated answer has no better one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", ports("bad")))

        def run():
            while True:
                wire, peer = udp.recvfrom(4096)
                if not wire:
                    return
                udp.sendto(answer(wire, flags=0x8380)[: question_end(wire)], peer)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        server = serve(
            ".:@PORT@ {\n forward . 127.0.0.1:@PORT:bad@ {\n  prefer_udp\n  max_fails 0\n }\n}\n"
        )
        assert rcode(server.query("example.org")) == "SERVFAIL"
        assert rcode(server.query("example.org", tcp=True)) == "SERVFAIL"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", udp.getsockname())
        thread.join(10)


def test_nobody_is_there(serve, ports):
    """Refused connections and datagrams are noticed at once."""
    ports("bad")
    server = serve(ALONE)
    begin = time.monotonic()
    assert rcode(server.query("example.org")) == "SERVFAIL"
    assert rcode(server.query("example.org", tcp=True)) == "SERVFAIL"
    assert time.monotonic() - begin < SECONDS


def test_upstream_that_dies_and_comes_back(serve, ports):
    port = ports("bad")
    server_text = ALONE.replace("max_fails 0", "max_fails 2\n  health_check 50ms")
    with Hostile(port):
        server = serve(server_text)
        assert texts(server.query("fine-1")) == [TRUE]
    for i in range(5):
        assert rcode(server.query(f"fine-dead-{i}")) == "SERVFAIL"
    with Hostile(port):
        deadline = time.monotonic() + 10
        while rcode(server.query("fine-2")) != "NOERROR":
            assert time.monotonic() < deadline
            time.sleep(0.02)


def blast(server, names, seconds):
    """Sends all questions from a few sockets; {id within socket: reply's octets}."""
    sockets = []
    for i in range(0, len(names), 500):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        sock.connect(("127.0.0.1", server.port))
        sockets.append((sock, names[i : i + 500]))
    replies = {}
    sent = 0
    for sock, chunk in sockets:
        for number, name in enumerate(chunk):
            query = dns.message.make_query(name, "A", id=number)
            sock.send(query.to_wire())
            sent += 1
            if sent % 50 == 0:
                time.sleep(0.002)
    deadline = time.monotonic() + seconds
    while len(replies) < len(names) and time.monotonic() < deadline:
        ready, _, _ = select.select([sock for sock, _ in sockets], [], [], 0.1)
        for sock in ready:
            wire = sock.recv(65535)
            chunk = next(chunk for known, chunk in sockets if known is sock)
            replies[chunk[struct.unpack("!H", wire[:2])[0]]] = wire
    for sock, _ in sockets:
        sock.close()
    return replies


@pytest.mark.threads
def test_thousands_at_a_time(serve, ports):
    """Most of them must wait for time-outs, all together."""
    chance = random.Random(4711)
    kinds = ["drop", "late", "slow", "id", "question", "port", "fine", "garbage", "second", "twice"]
    names = [f"{chance.choice(kinds)}-{i}" for i in range(2500)]
    with Hostile(ports("bad")), Hostile(ports("good"), faulty=False):
        server = serve(BACKED.replace("{\n", "{\n multisocket 4\n", 1))
        replies = blast(server, names, SECONDS)
        assert len(replies) == len(names), f"{len(names) - len(replies)} without a reply"
        answered = 0
        for name, wire in replies.items():
            message = dns.message.from_wire(wire)
            judge(name, message, 0)
            answered += rcode(message) == "NOERROR"
        assert answered > len(names) * 0.9
        assert texts(server.query("fine-after")) == [TRUE]


def test_stopping_with_queries_that_wait(serve, ports):
    """They are forgotten without a leak: stop() looks for reports."""
    with Hostile(ports("bad")):
        server = serve(ALONE.replace("max_fails 0", "max_fails 0\n  read_timeout 30s"))
        sockets = []
        for i in range(200):
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.sendto(
                dns.message.make_query(f"drop-{i}", "A").to_wire(), ("127.0.0.1", server.port)
            )
            sockets.append(sock)
        assert texts(server.query("fine")) == [TRUE]
        with server.connect() as connection:
            connection.send(dns.message.make_query("drop-tcp", "A"))
            server.stop()
        for sock in sockets:
            sock.close()
