"""What servers listen on: addresses, interfaces, the same address from two server blocks."""

import socket

import dns.rcode
import pytest


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.9"])
def test_all_addresses_of_one_family(serve, address):
    server = serve(".:@PORT@ {\n bind 0.0.0.0\n whoami\n}\n")
    for tcp in (False, True):
        assert server.query("example.org", tcp=tcp, address=address).rcode() == 0


@pytest.mark.ipv6
def test_all_addresses_of_both_families(serve):
    server = serve(".:@PORT@ {\n bind ::\n whoami\n}\n")
    for address in ("127.0.0.1", "::1"):
        for tcp in (False, True):
            assert server.query("example.org", tcp=tcp, address=address).rcode() == 0


def test_an_interface_shared_with_an_address(serve):
    """`lo` has 127.0.0.1, so both blocks meet there: zones of both are served."""
    server = serve(
        ".:@PORT@ {\n bind lo\n whoami\n}\n"
        "example.org:@PORT@ {\n bind 127.0.0.1\n hosts {\n 192.0.2.1 www.example.org\n }\n}\n"
    )
    assert f".:{server.port} on 127.0.0.1\nexample.org.:{server.port} on 127.0.0.1\n" in server.output
    for _ in range(20):  # whichever socket the kernel picks
        reply = server.query("www.example.org")
        assert [rr.to_text() for rrset in reply.answer for rr in rrset] == ["192.0.2.1"]
        assert server.query("example.net").rcode() == 0


def test_exceptions(serve):
    server = serve(
        ".:@PORT@ {\n bind lo 127.0.0.3 {\n except 127.0.0.1\n }\n whoami\n}\n",
        address="127.0.0.3",
    )
    assert server.query("example.org").rcode() == dns.rcode.NOERROR
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), timeout=6)


@pytest.mark.parametrize(
    "bind, text",
    [
        ("nonexist0", "'nonexist0' is neither an IP address nor a network interface"),
        ("192.0.2.77", "cannot listen on 192.0.2.77:{port} (udp): bind: Cannot assign requested"),
    ],
)
def test_addresses_that_this_machine_lacks(serve, bind, text):
    server = serve(f".:@PORT@ {{\n bind {bind}\n whoami\n}}\n", wait=False)
    assert server.wait() == 1
    assert text.format(port=server.port) in server.output
    assert bind[0] != "n" or server.output.startswith("Corefile:1: plugin/bind: ")
