"""100,000 mutated requests over UDP and TCP: no crash, no sanitizer report, and the server answers
afterwards.  The seed is fixed; a failure is repeated by running the test again."""

import random
import socket
import struct

import dns.edns
import dns.flags
import dns.message
import dns.opcode

COUNT = 50_000  # by each protocol
BURST = 16  # datagrams that surely fit into the buffers of both sockets


def originals():
    names = (
        "www", "wait-0", "late-0", "chase-3", "wchase-2", "big-30", "ahead-www", "ahead-wait-0", "loop",
        "fail", "panic", "next", "snap", "drop", "prefetch", "a.b.c.d.e.f.g.h.i",
    )
    options = [dns.edns.GenericOption(code, bytes(range(code % 200))) for code in (3, 8, 10, 12, 65001)]
    wires = []
    for i, name in enumerate(names):
        for rdtype in ("A", "TXT", "DS"):
            message = dns.message.make_query(f"{name}.example.org", rdtype)
            wires.append(message.to_wire())
            message.use_edns(0, 0, 1232, options=options[: i % 6])
            wires.append(message.to_wire())
    notify = dns.message.make_query("example.org", "SOA")
    notify.set_opcode(dns.opcode.NOTIFY)
    wires.append(notify.to_wire())
    return wires


def mutate(rng, wires):
    data = bytearray(rng.choice(wires))
    for _ in range(rng.choice((0, 1, 1, 1, 2, 3, 8))):
        if not data:
            break
        at = rng.randrange(len(data))
        kind = rng.randrange(8)
        if kind == 0:
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            data[at] = rng.choice((0, 1, 0x3F, 0x40, 0xC0, 0xFF, rng.randrange(256)))
        elif kind == 2:
            del data[at:]
        elif kind == 3:
            del data[at : at + rng.randrange(1, 5)]
        elif kind == 4:
            data[at:at] = rng.randbytes(rng.randrange(1, 9))
        elif kind == 5:
            data += rng.choice(wires)[rng.randrange(12) :]
        elif kind == 6:
            word = 2 * rng.randrange(6)  # of the header
            if word + 2 <= len(data):
                struct.pack_into("!H", data, word, rng.randrange(65536))
        else:
            start = rng.randrange(len(data))
            data[at:at] = data[start : start + rng.randrange(40)]
    return bytes(data[:60000])


def check_reply(reply):
    assert 12 <= len(reply) <= 65535 and reply[2] & 0x80


def alive(server):
    for tcp in (False, True):
        assert server.query("www.example.org", tcp=tcp).rcode() == 0


def test_udp(sample):
    rng = random.Random(1)
    wires = originals()
    replies = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(6)
        udp.connect(("127.0.0.1", sample.port))
        for _ in range(COUNT // BURST):
            for _ in range(BURST):
                udp.send(mutate(rng, wires)[:4096])
            # A good one behind them: what was sent before has been read when it is answered.
            marker = sample.make("marker.example.org", "AAAA").to_wire()
            udp.send(marker)
            reply = udp.recv(65535)
            while reply[:2] != marker[:2] or b"\x06marker" not in reply:
                check_reply(reply)
                replies += 1
                reply = udp.recv(65535)
    assert replies > COUNT // 20
    alive(sample)


def test_tcp(sample):
    rng = random.Random(2)
    wires = originals()
    sent = 0
    replies = 0
    while sent < COUNT:
        batch = [mutate(rng, wires) for _ in range(rng.randrange(1, 120))]
        sent += len(batch)
        data = b"".join(
            struct.pack("!H", rng.randrange(65536) if rng.random() < 0.004 else len(wire)) + wire
            for wire in batch
        )
        with sample.connect() as connection:
            try:
                connection.send_bytes(data)
                if rng.random() < 0.3:
                    continue  # leaves without reading
                connection.socket.shutdown(socket.SHUT_WR)
                while (reply := connection.receive_wire()) is not None:
                    check_reply(reply)
                    replies += 1
            except OSError as error:
                assert not isinstance(error, socket.timeout)
    assert replies > COUNT // 20
    alive(sample)
