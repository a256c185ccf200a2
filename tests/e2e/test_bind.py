"""bind: which addresses a server listens on."""

import socket

import dns.exception
import pytest

from harness.client import texts
from harness.ports import has_ipv6

HOSTS = """
    hosts none {
        %s who.test
    }
"""


def refused(server, address):
    """Nobody listens there: the kernel says so at once, since it is loopback."""
    try:
        socket.create_connection((address, server.port), timeout=2).close()
    except ConnectionRefusedError:
        return True
    return False


@pytest.mark.parametrize("tcp", [False, True])
def test_addresses(serve, tcp):
    server = serve(".:@PORT@ {\n bind 127.0.0.2 127.0.0.3\n bind 127.0.0.4\n whoami\n}\n")
    for address in ("127.0.0.2", "127.0.0.3", "127.0.0.4"):
        assert server.query("a.test", tcp=tcp, address=address).id is not None
    assert refused(server, "127.0.0.1")


def test_each_address_has_its_own_zone(serve):
    blocks = [
        f".:@PORT@ {{\n bind 127.0.0.{n}\n{HOSTS % f'10.0.0.{n}'}}}\n" for n in (2, 3)
    ]
    server = serve("".join(blocks), wait=False)
    server.wait_output(r"^corefilec-\d")
    for n in (2, 3):
        assert texts(server.query("who.test", address=f"127.0.0.{n}")) == [f"10.0.0.{n}"]


def test_interface(serve):
    server = serve(".:@PORT@ {\n bind lo\n whoami\n}\n")
    assert server.query("a.test", address="127.0.0.1").additional
    assert refused(server, "127.0.0.9")
    if has_ipv6():
        assert server.query("a.test", address="::1").additional


@pytest.mark.ipv6
def test_except(serve):
    server = serve(
        ".:@PORT@ {\n bind lo {\n  except ::1\n }\n bind 127.0.0.5\n whoami\n}\n"
    )
    assert server.query("a.test", address="127.0.0.1").additional
    assert server.query("a.test", address="127.0.0.5").additional
    assert refused(server, "::1")


@pytest.mark.ipv6
def test_except_counts_for_its_own_bind_only(serve):
    server = serve(".:@PORT@ {\n bind ::1\n bind lo {\n  except ::1\n }\n whoami\n}\n")
    assert server.query("a.test", address="::1").additional


def test_banner_names_addresses(serve):
    server = serve("example.org:@PORT@ {\n bind 127.0.0.2 127.0.0.3\n whoami\n}\n")
    assert f"example.org.:{server.port} on 127.0.0.2" in server.output
    assert f"example.org.:{server.port} on 127.0.0.3" in server.output


def test_missing_interface(serve):
    server = serve(".:@PORT@ {\n bind no-such-if0\n whoami\n}\n", wait=False)
    assert server.wait() != 0
    assert "no-such-if0" in server.output


def test_address_of_somebody_else(serve):
    server = serve(".:@PORT@ {\n bind 192.0.2.1\n whoami\n}\n", wait=False)
    assert server.wait() != 0
    assert "192.0.2.1" in server.output


def test_address_in_use(serve):
    with socket.socket() as taken:
        taken.bind(("127.0.0.6", 0))
        taken.listen()
        port = taken.getsockname()[1]
        server = serve(f".:{port} {{\n bind 127.0.0.6\n whoami\n}}\n", wait=False)
        assert server.wait() != 0
        assert f"127.0.0.6:{port}" in server.output
        assert "in use" in server.output


def test_answer_comes_from_the_address_asked(serve):
    server = serve(".:@PORT@ {\n whoami\n}\n")
    # dnspython refuses a reply from another address.
    for address in ("127.0.0.1", "127.0.0.7", "127.8.8.8"):
        try:
            assert server.query("a.test", address=address, seconds=3).additional
        except dns.exception.Timeout:
            pytest.fail(f"no answer from {address}")
