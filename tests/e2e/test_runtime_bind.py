"""What servers listen on: addresses, interfaces, the same address from two server blocks."""

import socket

import dns.rcode
import pytest

from harness.ports import has_ipv6


@pytest.mark.parametrize("bind", ["0.0.0.0", "::", "0.0.0.0 ::"])
def test_all_addresses(serve, bind):
    """Each of the two stands for both families."""
    server = serve(f".:@PORT@ {{\n bind {bind}\n whoami\n}}\n")
    assert f".:{server.port} on {bind.split()[0]}\n" in server.output
    for address in ["127.0.0.1", "127.0.0.9"] + (["::1"] if has_ipv6() else []):
        for tcp in (False, True):
            assert server.query("example.org", tcp=tcp, address=address).rcode() == 0


def test_label_of_all_addresses(serve):
    """It is the address as it is written."""
    server = serve(".:@PORT@ {\n bind 0.0.0.0\n prometheus 127.0.0.1:@PORT:metrics@\n whoami\n}\n")
    server.query("example.org")
    server_label = f"dns://0.0.0.0:{server.port}"
    assert f'server="{server_label}"' in server.http("/metrics", "metrics")[1]


@pytest.mark.ipv6
def test_http_on_all_addresses(serve):
    server = serve(
        ".:@PORT@ {\n health 0.0.0.0:@PORT:health@\n ready :@PORT:ready@\n whoami\n}\n"
    )
    for name in "health", "ready":
        for address in "127.0.0.1", "::1":
            socket.create_connection((address, server.ports[name]), timeout=6).close()


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
