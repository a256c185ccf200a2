"""forward in front of name servers that others wrote."""

import os
import shutil
import subprocess
import time

import dns.exception
import dns.flags
import dns.message
import dns.query
import pytest

from harness.client import is_set, rcode, texts

ZONE = """\
$ORIGIN peer.test.
$TTL 300
@	SOA ns hostmaster 1 7200 3600 1209600 60
@	NS ns
ns	A 192.0.2.53
www	A 192.0.2.80
www	AAAA 2001:db8::80
alias	CNAME www
big	TXT {big}
*.wild	A 192.0.2.99
"""
BIG = " ".join('"' + f"{i:03}" * 60 + '"' for i in range(16))

NSD = """\
server:
	ip-address: 127.0.0.1
	port: {port}
	username: ""
	chroot: ""
	database: ""
	logfile: "{folder}/nsd.log"
	pidfile: "{folder}/nsd.pid"
	xfrdfile: "{folder}/xfrd.state"
	zonelistfile: "{folder}/zone.list"
	zonesdir: "{folder}"
	server-count: 1
remote-control:
	control-enable: no
zone:
	name: "peer.test"
	zonefile: "peer.zone"
"""

UNBOUND = """\
server:
	interface: 127.0.0.1
	port: {port}
	username: ""
	chroot: ""
	directory: "{folder}"
	pidfile: "{folder}/unbound.pid"
	use-syslog: no
	do-daemonize: no
	module-config: "iterator"
	local-zone: "peer.test." static
	local-data: "peer.test. 300 SOA ns.peer.test. hostmaster.peer.test. 1 7200 3600 1209600 60"
	local-data: "www.peer.test. 300 A 192.0.2.80"
	local-data: "www.peer.test. 300 AAAA 2001:db8::80"
	local-data: 'big.peer.test. 300 TXT {big}'
"""


def run_peer(program, arguments, port, folder):
    """Starts a peer and waits until it answers."""
    with open(folder / f"{program}.out", "wb") as output:
        process = subprocess.Popen(
            [shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin"), *arguments],
            cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
        )
    question = dns.message.make_query("peer.test", "SOA")
    deadline = time.monotonic() + 20
    while True:
        try:
            dns.query.udp(question, "127.0.0.1", port=port, timeout=0.2)
            return process
        except (dns.exception.Timeout, OSError):
            text = (folder / f"{program}.out").read_text()
            assert process.poll() is None, text
            assert time.monotonic() < deadline, text


def nsd(port, folder):
    (folder / "peer.zone").write_text(ZONE.format(big=BIG))
    (folder / "nsd.conf").write_text(NSD.format(port=port, folder=folder))
    return run_peer("nsd", ["-d", "-c", folder / "nsd.conf"], port, folder)


def unbound(port, folder):
    (folder / "unbound.conf").write_text(UNBOUND.format(port=port, folder=folder, big=BIG))
    return run_peer("unbound", ["-d", "-c", folder / "unbound.conf"], port, folder)


PEERS = {"nsd": nsd, "unbound": unbound}


@pytest.fixture(params=sorted(PEERS))
def peer(request, ports, tmp_path):
    if shutil.which(request.param, path=os.environ["PATH"] + ":/usr/sbin") is None:
        pytest.skip(f"{request.param} is not installed")
    process = PEERS[request.param](ports("peer"), tmp_path)
    yield request.param
    process.terminate()
    process.wait(20)


@pytest.mark.parametrize("options", ["", "force_tcp", "prefer_udp"])
def test_peers(serve, peer, options):
    server = serve(f".:@PORT@ {{\n forward . 127.0.0.1:@PORT:peer@ {{\n  {options}\n }}\n}}\n")
    for tcp in (False, True):
        for edns in (None, 1232):
            assert texts(server.query("www.peer.test", tcp=tcp, edns=edns)) == ["192.0.2.80"]
            reply = server.query("none.peer.test", tcp=tcp, edns=edns)
            assert rcode(reply) == "NXDOMAIN"
            assert texts(reply, "SOA", "authority")
        assert texts(server.query("WWW.peer.test", "AAAA", tcp=tcp), "AAAA") == ["2001:db8::80"]
        assert not server.query("www.peer.test", "MX", tcp=tcp).answer
    assert len(server.query("big.peer.test", "TXT", tcp=True).to_wire()) > 2900
    # Over UDP it does not fit: the client is told, whoever noticed.
    assert is_set(server.query("big.peer.test", "TXT", edns=1232), "TC")
    if peer == "nsd":
        assert texts(server.query("alias.peer.test"), "CNAME") == ["www.peer.test."]
        assert texts(server.query("a.b.wild.peer.test")) == ["192.0.2.99"]
