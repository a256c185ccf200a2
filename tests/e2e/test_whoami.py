"""whoami: who asks, from where, over what."""

import socket

import dns.message
import dns.rdatatype
import pytest

from harness.client import is_set, rcode, texts

COREFILE = ".:@PORT@ {\n\twhoami\n}\n"


@pytest.mark.parametrize("tcp", [False, True], ids=["udp", "tcp"])
def test_address_and_port(serve, tcp):
    server = serve(COREFILE)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
        sock.connect(("127.0.0.1", server.port))
        message = server.make("Www.Example.org", "TXT")
        wire = message.to_wire()
        sock.send(len(wire).to_bytes(2, "big") + wire if tcp else wire)
        reply = sock.recv(4096)
    reply = dns.message.from_wire(reply[2:] if tcp else reply)
    assert rcode(reply) == "NOERROR" and is_set(reply, "AA") and not reply.answer
    assert texts(reply, section="additional") == ["127.0.0.1"]
    assert texts(reply, "SRV", "additional") == [f"0 0 {port} ."]
    names = [rrset.name.to_text() for rrset in reply.additional]
    assert names == ["Www.Example.org.", f"_{'tcp' if tcp else 'udp'}.Www.Example.org."]
    assert all(rrset.ttl == 0 for rrset in reply.additional)


@pytest.mark.ipv6
def test_ipv6(serve):
    reply = serve(COREFILE).query("example.org", address="::1")
    assert texts(reply, "AAAA", "additional") == ["::1"]
    assert not texts(reply, "A", "additional")


def test_name_without_room_for_a_prefix(serve):
    name = ".".join(["a" * 63] * 3 + ["a" * 59])  # 253 octets in wire form: "_udp." does not fit
    reply = serve(COREFILE).query(name)
    assert [rrset.rdtype for rrset in reply.additional] == [dns.rdatatype.A]


def test_root_name(serve):
    names = [r.name.to_text() for r in serve(COREFILE).query(".").additional]
    assert names == [".", "_udp."]
