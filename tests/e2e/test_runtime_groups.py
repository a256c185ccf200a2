"""Several replies in one message to the kernel (runtime/udp_group.h): each client gets its own, and all of
them, whatever the kernel thinks of such messages."""

import pathlib
import struct
import subprocess
import time

import pytest

from harness.senders import Senders
from harness.upstream import Answer, Drop

NAMES = 40
APART = 1024  # runtime/udp.c, UDP_APART
HOSTS = "".join(f"192.0.2.{i} {'x' * i}.example.org\n" for i in range(1, NAMES + 1))
HOSTS += "".join(f"198.51.100.{i} long.example.org\n" for i in range(100))
DROPPED = "corefilec_udp_replies_dropped_total"
OPT = b"\0" + struct.pack("!HHIH", 41, 4096, 0, 0)


@pytest.fixture(scope="session")
def preload(tmp_path_factory):
    """The library of preload/groups.c."""
    out = tmp_path_factory.mktemp("preload") / "groups.so"
    source = pathlib.Path(__file__).parent / "preload" / "groups.c"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", out, source, "-ldl"], check=True)
    return out


class Groups:
    """Starts servers whose groups are watched; sizes() are those that were sent."""

    def __init__(self, serve, library, log):
        self.serve = serve
        self.library = library
        self.log = log

    def __call__(self, corefile, mode="pass", **arguments):
        env = {"LD_PRELOAD": str(self.library), "GROUPS": mode, "GROUPS_LOG": str(self.log)}
        return self.serve(corefile, env=env, files={"hosts": HOSTS}, **arguments)

    def sizes(self):
        return [int(line) for line in self.log.read_text().split()] if self.log.exists() else []


@pytest.fixture
def groups(serve, preload, tmp_path, monkeypatch):
    monkeypatch.setenv("ASAN_OPTIONS", "verify_asan_link_order=0")
    return Groups(serve, preload, tmp_path / "groups")


def corefile(address, more=""):
    return (f".:@PORT@ {{\n\tbind {address}\n\tmultisocket 1\n{more}"
            "\thosts hosts {\n\t\treload 0s\n\t}\n}\n")


def request(number, label):
    return (struct.pack("!6H", number, 0x0100, 1, 0, 0, 1) + bytes([len(label)]) + label.encode()
            + b"\x07example\x03org\0" + struct.pack("!2H", 1, 1) + OPT)


def label_of(number):
    return "long" if number % 50 == 0 else "x" * (number * 7 % NAMES + 1)


def requests(numbers):
    return [request(number, label_of(number)) for number in numbers]


def check(number, message):
    """That it is the answer to the question with this id."""
    label = label_of(number)
    asked = request(number, label)
    assert message[3] & 15 == 0 and message[12:-len(OPT)].startswith(asked[12:-len(OPT)])
    if label == "long":
        assert message[6:8] == struct.pack("!H", 100) and len(message) > 1600
    else:
        assert message[6:8] == b"\0\1" and bytes([192, 0, 2, len(label)]) in message


def send_stopped(server, senders, numbers):
    """Sends all while the server stands still, so that it finds them in one batch."""
    server.pause()
    senders.send_in_turn(requests(numbers))
    server.go_on()


def burst(server, senders, numbers):
    send_stopped(server, senders, numbers)
    replies = senders.receive(len(numbers))
    for i, number in enumerate(numbers):
        message, sock = replies[number]
        assert sock is senders.sockets[i % len(senders.sockets)]
        check(number, message)


LISTENERS = [
    # bind, addresses asked
    ("127.0.0.1", ["127.0.0.1"]),
    ("0.0.0.0", ["127.0.0.1", "127.0.0.9"]),
    pytest.param("::1", ["::1"], marks=pytest.mark.ipv6),
    pytest.param("::", ["127.0.0.1", "127.0.0.9", "::1"], marks=pytest.mark.ipv6),
]


@pytest.mark.threads
@pytest.mark.parametrize("each", [1, 3])
@pytest.mark.parametrize("bind, addresses", LISTENERS)
def test_bursts(groups, bind, addresses, each):
    server = groups(corefile(bind), address=addresses[0])
    with Senders(server.port, addresses * each) as senders:
        for turn in range(3):
            burst(server, senders, range(turn * 1000 + 1, turn * 1000 + 127))
        sizes = groups.sizes()
        # All but two long ones of each burst, and one of each client in each batch.
        assert 3 * 124 - 12 * len(senders.sockets) <= sum(sizes) <= 3 * 124
        assert min(sizes) >= 2 and max(sizes) <= 64


@pytest.mark.parametrize("bind, addresses", LISTENERS)
def test_a_kernel_without(groups, bind, addresses):
    server = groups(corefile(bind), "unknown", address=addresses[0])
    with Senders(server.port, addresses) as senders:
        burst(server, senders, range(1, 150))
    assert groups.sizes() == []


@pytest.mark.parametrize("bind, addresses", LISTENERS)
def test_refused(groups, bind, addresses):
    """What the message was made of is sent one by one, and grouping rests for a while."""
    server = groups(corefile(bind), "refuse", address=addresses[0])
    with Senders(server.port, addresses) as senders:
        burst(server, senders, range(1, 60))
        first = groups.sizes()
        assert first and sum(first) <= 59
        burst(server, senders, range(1001, 1060))
        assert groups.sizes() == first
        for _ in range(APART):
            senders.send(requests([2001]))
            check(2001, senders.sockets[0].recv(4096))
        burst(server, senders, range(3001, 3060))
        assert len(groups.sizes()) > len(first)


def wait_dropped(server, wanted):
    deadline = time.monotonic() + 10
    while server.metrics().value(DROPPED) < wanted and time.monotonic() < deadline:
        time.sleep(0.01)
    assert server.metrics().value(DROPPED) == wanted


def test_denied(groups):
    """A client that must not be answered does not end grouping for others."""
    server = groups(corefile("127.0.0.1", "\tprometheus 127.0.0.1:@PORT:metrics@\n"), "deny")
    with Senders(server.port, ["127.0.0.1"]) as senders:
        for turn in (1, 2, 3):
            send_stopped(server, senders, range(1, 41))
            wait_dropped(server, turn * 40)
            assert senders.silent()
            assert len(groups.sizes()) >= turn * 10


def test_no_room(groups):
    """Every reply of a message counts as dropped."""
    server = groups(corefile("127.0.0.1", "\tprometheus 127.0.0.1:@PORT:metrics@\n"), "full")
    with Senders(server.port, ["127.0.0.1"]) as senders:
        send_stopped(server, senders, range(1, 41))
        wait_dropped(server, 40)
        assert senders.silent()


FORWARD = (".:@PORT@ {\n\tbind 127.0.0.1\n\tmultisocket 1\n"
           "\tforward . 127.0.0.1:@PORT:upstream@\n}\n")


def test_replies_of_queries_that_waited(groups, upstream):
    """They leave together at the end of the turn in which the upstream's answers came."""
    fake = upstream(behave=lambda query: Drop())
    server = groups(FORWARD)
    with Senders(server.port, ["127.0.0.1"] * 2) as senders:
        senders.send_in_turn(requests(range(1, 49)))
        waiting = fake.wait_queries(48)
        server.pause()
        for query in waiting:
            Answer(f"192.0.2.{len(query.question.name.labels[0])}").do(query)
        server.go_on()
        for number, (message, _) in senders.receive(48).items():
            check(number, message)
    assert sum(groups.sizes()) > 24


@pytest.mark.parametrize("mode, wanted", [("pass", [40]), ("refuse", [40]), ("unknown", [])])
def test_questions_to_an_upstream(groups, upstream, mode, wanted):
    """Those of one turn leave by one socket, together if they may."""
    fake = upstream(behave=lambda query: Drop())
    server = groups(FORWARD, mode)
    numbers = range(1, 40 * NAMES, NAMES)  # of the same name
    with Senders(server.port, ["127.0.0.1"]) as senders:
        send_stopped(server, senders, numbers)
        waiting = fake.wait_queries(40)
        assert groups.sizes() == wanted
        assert len({query.message.id for query in waiting}) == 40
        for query in waiting:
            Answer(f"192.0.2.{len(label_of(1))}").do(query)
        for number, (message, _) in senders.receive(40).items():
            check(number, message)


def test_questions_of_several_lengths(groups, upstream):
    fake = upstream(behave=lambda query: Answer(f"192.0.2.{len(query.question.name.labels[0])}"))
    server = groups(FORWARD)
    numbers = [number for number in range(1, 120) if number % 50 != 0]
    with Senders(server.port, ["127.0.0.1"]) as senders:
        burst(server, senders, numbers)
    assert sorted(len(query.question.name.labels[0]) for query in fake.queries) == sorted(
        len(label_of(number)) for number in numbers)
