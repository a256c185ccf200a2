"""examples/: each deployment is linted as it stands, then built with ports and upstreams of this
machine in the places of its own, started, and asked what its users would ask."""

import pathlib
import re
import urllib.request

import dns.rdatatype
import pytest

from harness import metrics
from harness.client import is_set, rcode, texts
from harness.upstream import Answer, Refuse

ROOT = pathlib.Path(__file__).resolve().parents[2] / "examples"
DEPLOYMENTS = sorted(p.parent.name for p in ROOT.glob("*/Corefile") if p.parent.name != "plugin")


def folder_files(name):
    folder = ROOT / name
    return {
        str(p.relative_to(folder)): p.read_text()
        for p in folder.rglob("*")
        if p.is_file() and p.name != "Corefile"
    }


def adapted(name, *replacements):
    """The example's Corefile with each (old, new) replaced; every old one must be there."""
    text = (ROOT / name / "Corefile").read_text()
    for old, new in replacements:
        assert old in text, f"'{old}' is not in {name}"
        text = text.replace(old, new)
    return text


@pytest.fixture
def deploy(serve):
    return lambda name, *replacements: serve(adapted(name, *replacements), files=folder_files(name))


def get(server, name, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{server.ports[name]}{path}", timeout=6) as page:
        return page.status, page.read().decode()


def test_there_are_enough_of_them():
    assert len(DEPLOYMENTS) >= 7


@pytest.mark.parametrize("name", sorted(p.name for p in ROOT.iterdir() if p.is_dir()))
def test_readme_has_it(name):
    assert f"| [{name}](" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_lint(compiler, name):
    done = compiler.run("lint", "--strict", "Corefile", cwd=ROOT / name)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_format(compiler, name):
    done = compiler.run("fmt", "--check", "--diff", "Corefile", cwd=ROOT / name)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_generated_c_has_no_surprises(compiler, name):
    """Readable: no line beyond reason but for data, fixed sections, one external object."""
    text = compiler.run("build", "-C", "Corefile", cwd=ROOT / name).stdout
    assert text.count("/* ---- program ---- */") == 1
    external = [line for line in text.split("\n") if re.match(r"^(const|struct|int|void)\b.*=", line)]
    assert external == ["const struct rt_program rt_program = {"]


def test_quickstart(deploy):
    server = deploy("quickstart", (":1053", ":@PORT@"))
    assert texts(server.query("hello.example.org")) == ["127.0.0.1"]
    assert texts(server.query("hello.example.org", "AAAA"), "AAAA") == ["::1"]
    other = server.query("other.example.org")
    assert not other.answer and texts(other, section="additional") == ["127.0.0.1"]
    server.wait_output(r'\[INFO\] 127\.0\.0\.1:\d+ - \d+ "A IN hello\.example\.org\. udp')


def test_home_resolver(deploy, upstream):
    fake = upstream("up", lambda query: Answer("192.0.2.7"))
    server = deploy(
        "home-resolver",
        ("home.arpa 168.192.in-addr.arpa {", "home.arpa:@PORT@ 168.192.in-addr.arpa:@PORT@ {"),
        ("\n. {", "\n.:@PORT@ {"),
        ("9.9.9.9 149.112.112.112", "127.0.0.1:@PORT:up@"),
    )
    assert texts(server.query("nas.home.arpa")) == ["192.168.1.10"]
    assert texts(server.query("10.1.168.192.in-addr.arpa", "PTR"), "PTR") == ["nas.home.arpa."]
    assert rcode(server.query("unknown.home.arpa")) == "SERVFAIL"
    for _ in range(3):
        assert texts(server.query("www.example.com")) == ["192.0.2.7"]
    assert [q.name for q in fake.queries] == ["www.example.com."]


def test_office_split(deploy, upstream):
    inside = upstream("inside", lambda query: Answer("10.1.2.3"))
    outside = upstream("outside", lambda query: Answer("192.0.2.80"))
    server = deploy(
        "office-split",
        ("corp.example.com 10.in-addr.arpa {", "corp.example.com:@PORT@ 10.in-addr.arpa:@PORT@ {"),
        ("\n. {", "\n.:@PORT@ {"),
        ("10.0.0.53 10.1.0.53", "127.0.0.1:@PORT:inside@"),
        ("192.0.2.53 198.51.100.53", "127.0.0.1:@PORT:outside@"),
        (":9153", "127.0.0.1:@PORT:metrics@"),
        (":8080", "127.0.0.1:@PORT:health@"),
        (":8181", "127.0.0.1:@PORT:ready@"),
        ("lameduck 5s", "lameduck 10ms"),
    )
    assert texts(server.query("wiki.corp.example.com")) == ["10.1.2.3"]
    assert texts(server.query("www.example.com")) == ["192.0.2.80"]
    assert [q.name for q in inside.queries] == ["wiki.corp.example.com."]
    assert [q.name for q in outside.queries] == ["www.example.com."]
    assert get(server, "health", "/health") == (200, "OK")
    assert get(server, "ready", "/ready") == (200, "OK")
    page = metrics.scrape(server.ports["metrics"])
    assert page.value("coredns_dns_requests_total", zone="corp.example.com.", type="A") == 1


def test_authoritative_edge(deploy):
    server = deploy(
        "authoritative-edge",
        ("\nexample.org {", "\nexample.org:@PORT@ {"),
        (":9153", "127.0.0.1:@PORT:metrics@"),
    )
    reply = server.query("www.example.org")
    assert is_set(reply, "AA") and texts(reply) == ["192.0.2.80"]
    assert texts(reply, "CNAME") == ["example.org."]
    assert texts(server.query("api.example.org")) == ["192.0.2.81", "192.0.2.82", "192.0.2.83"]
    assert texts(server.query("anything.apps.example.org")) == ["192.0.2.90"]
    assert texts(server.query("node-7.example.org")) == ["10.20.0.7"]
    missing = server.query("nothing.example.org")
    assert rcode(missing) == "NXDOMAIN" and missing.authority[0].rdtype == dns.rdatatype.SOA
    cut = server.query("host.sub.example.org")
    assert not is_set(cut, "AA") and texts(cut, "NS", "authority") == ["ns.sub.example.org."]
    assert rcode(server.query("example.com")) == "REFUSED"


def test_ci_names(deploy):
    server = deploy("ci-names", (":1053", ":@PORT@"))
    assert texts(server.query("db.ci.internal")) == ["127.0.0.1"]
    assert texts(server.query("pr-42.preview.ci.internal")) == ["127.0.0.3"]
    assert rcode(server.query("www.example.com")) == "SERVFAIL"


def test_cloud_cache(deploy, upstream):
    fake = upstream("cloud", lambda query: Answer("192.0.2.9", ttl=300))
    server = deploy(
        "cloud-cache",
        (".:53 {", ".:@PORT@ {"),
        ("127.0.0.1:9153", "127.0.0.1:@PORT:metrics@"),
        ("169.254.169.253", "127.0.0.1:@PORT:cloud@"),
    )
    for _ in range(5):
        assert texts(server.query("db.internal.example", tcp=True)) == ["192.0.2.9"]
    assert [q.transport for q in fake.queries] == ["udp"]
    page = metrics.scrape(server.ports["metrics"])
    assert page.value("coredns_cache_hits_total", type="success") == 4


def test_sidecar(deploy, upstream):
    upstream("up", lambda query: Refuse("NXDOMAIN"))
    server = deploy(
        "sidecar",
        (".:1053 {", ".:@PORT@ {"),
        ("127.0.0.1:8080", "127.0.0.1:@PORT:health@"),
        ("127.0.0.1:8181", "127.0.0.1:@PORT:ready@"),
        ("127.0.0.1:9153", "127.0.0.1:@PORT:metrics@"),
        ("lameduck 2s", "lameduck 10ms"),
        ("/etc/resolv.conf", "127.0.0.1:@PORT:up@"),
    )
    assert texts(server.query("app.local")) == ["127.0.0.1"]
    assert rcode(server.query("nothing.example")) == "NXDOMAIN"
    assert rcode(server.query("excepted.example.internal")) == "SERVFAIL"
    assert get(server, "ready", "/ready") == (200, "OK")
