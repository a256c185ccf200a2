"""Batches of UDP queries.  The server is stopped while they are sent, so that it finds them all at
once; what becomes of each must not depend on what stands beside it."""

import collections
import pathlib
import signal
import struct

import pytest

from harness.senders import Senders

BATCH = 64  # runtime/udp.c
QUESTION = struct.pack("!2H", 1, 1)


def request(number, first_label, flags=0x0100):
    label = first_label.encode()
    return (struct.pack("!6H", number, flags, 1, 0, 0, 0) + bytes([len(label)]) + label
            + b"\x07example\x03org\x00" + QUESTION)


def dropped(port):
    """Packets to the port that no buffer had room for: the kernel counts them."""
    total = 0
    for line in pathlib.Path("/proc/net/udp").read_text().splitlines()[1:]:
        fields = line.split()
        if int(fields[1].split(":")[1], 16) == port:
            total += int(fields[-1])
    return total


def local(server, n):
    """n sockets; none is sent more than its buffer can hold of replies."""
    return Senders(server.port, ["127.0.0.1"] * n)


def rcode(message):
    return message[3] & 15


def counts(message):
    return struct.unpack("!4H", message[4:12])


@pytest.fixture
def hosts(serve):
    return serve(".:@PORT@ {\n\tbind 127.0.0.1\n\tmultisocket 1\n\thosts {\n"
                 "\t\t192.0.2.1 www.example.org\n\t}\n}\n")


@pytest.mark.threads
@pytest.mark.parametrize("n", [BATCH - 1, 2 * BATCH - 1, 2 * BATCH, 3 * BATCH + 1, 10 * BATCH])
def test_floods_are_answered_and_what_follows_too(hosts, n):
    with local(hosts, 5) as senders:
        before = dropped(hosts.port)
        hosts.signal(signal.SIGSTOP)
        senders.send([request(i + 1, "www") for i in range(n)])
        lost = dropped(hosts.port) - before
        hosts.signal(signal.SIGCONT)
        assert n - lost >= min(n, 2 * BATCH)
        replies = senders.receive(n - lost)
        assert all(rcode(m) == 0 and counts(m) == (1, 1, 0, 0) for m, _ in replies.values())
        for i in range(3):  # the socket is listened to again
            senders.send([request(40000 + i, "www")])
            assert list(senders.receive(1)) == [40000 + i]


KINDS = {
    # first label, flags: rcode and records of the reply
    "plain": ("www", 0x0100, (0, 1)),
    "error": ("fail", 0x0100, (4, 0)),
    "dropped": ("drop", 0x0100, None),
    "suspended": ("wait-1", 0x0100, (0, 1)),
    "grown": ("big-45", 0x0100, None),  # more than a slot holds: cut, and looked at below
    "sub-query": ("chase-3", 0x0100, (0, None)),
    "response": ("www", 0x8100, None),
    "not implemented": ("www", 0x1900, (4, 0)),
}


@pytest.mark.threads
@pytest.mark.parametrize("seed", range(4))
def test_mixed_batches(sample, seed):
    """Every slot is used several times, by all kinds of queries."""
    kinds = list(KINDS)
    with local(sample, 6) as senders:
        for turn in range(5):
            sent = {}
            messages = []
            for i in range(3 * BATCH):
                kind = kinds[(i * (2 * seed + 3) + turn + i // BATCH) % len(kinds)]
                label, flags, _ = KINDS[kind]
                number = turn * 1000 + i + 1
                sent[number] = kind
                messages.append(request(number, label, flags))
            sample.signal(signal.SIGSTOP)
            senders.send(messages)
            sample.signal(signal.SIGCONT)
            silent = ("dropped", "response")
            replies = senders.receive(sum(kind not in silent for kind in sent.values()))
            for number, (message, _) in replies.items():
                kind = sent[number]
                assert kind not in silent
                if kind == "grown":
                    assert message[2] & 0x02 and len(message) <= 512 and counts(message)[1] > 0
                    continue
                wanted_rcode, wanted_answers = KINDS[kind][2]
                assert rcode(message) == wanted_rcode, kind
                if wanted_answers is not None:
                    assert counts(message)[1] == wanted_answers, kind
            seen = collections.Counter(sent[number] for number in replies)
            assert all(seen[kind] > 0 for kind in kinds if kind not in silent)
