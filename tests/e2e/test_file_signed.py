"""Signed zones of the file plugin: what they answer convinces a validator (BIND's delv).

The zones are signed here, by ldns-signzone, with NSEC, with NSEC3, and with NSEC3 and opt-out.
"""

import re
import shutil
import subprocess

import dns.rdatatype
import pytest

from harness.client import is_set, rcode

TOOLS = ("ldns-keygen", "ldns-signzone", "delv")

ZONE = """\
$ORIGIN vault.test.
$TTL 60
@         IN SOA ns root 1 2 3 4 5
@         IN NS  ns
@         IN MX  10 www
ns        IN A   127.0.0.1
www       IN A   192.0.2.1
*.star    IN TXT "hello"
*.cstar   IN CNAME www
*.away    IN CNAME nothing
*.tocut   IN CNAME x.open
alias     IN CNAME www
dangling  IN CNAME nothing.star2
tostar    IN CNAME a.star
a.b.ent   IN A   192.0.2.2
open      IN NS  ns.open
ns.open   IN A   192.0.2.3
open2     IN NS  ns.elsewhere.test.
safe      IN NS  ns.safe
ns.safe   IN A   192.0.2.3
safe      IN DS  1 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
old       IN DNAME new
h.new     IN A   192.0.2.9
leaf.*.branch IN A 192.0.2.5
"""

SIGNERS = {
    "nsec": [],
    "nsec3": ["-n", "-s", "beef", "-t", "3"],
    "optout": ["-n", "-p", "-t", "1", "-s", "00"],
}


def run(*command, **options):
    done = subprocess.run(
        list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
    )
    return done.returncode, done.stdout


class Vault:
    def __init__(self, server, folder, kind):
        self.server = server
        self.kind = kind
        self.anchor = folder / "anchor"

    def delv(self, name, rdtype):
        """What the validator says: 'yes', 'no data', 'no name', 'insecure', or its complaint."""
        _, text = run(
            "delv", "@127.0.0.1", "-p", self.server.port, "-a", self.anchor, "+root=vault.test",
            name, rdtype,
        )
        if text.startswith("; unsigned answer"):
            return "insecure"
        if "fully validated" not in text:
            return text
        if "ncache nxdomain" in text:
            return "no name"
        return "no data" if "ncache nxrrset" in text else "yes"


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    for tool in TOOLS:
        if shutil.which(tool) is None:
            pytest.fail(f"{tool} is missing: apt-get install ldnsutils bind9-dnsutils")
    folder = tmp_path_factory.mktemp("keys")
    status, text = run("ldns-keygen", "-a", "ECDSAP256SHA256", "-k", "vault.test", cwd=folder)
    assert status == 0, text
    return folder / text.strip()


@pytest.fixture(params=SIGNERS)
def vault(request, key, serve, tmp_path):
    (tmp_path / "db").write_text(ZONE)
    status, text = run(
        "ldns-signzone", *SIGNERS[request.param], "-o", "vault.test", "-f", "signed", "db", key,
        cwd=tmp_path,
    )
    assert status == 0, text
    text = (key.parent / (key.name + ".key")).read_text()
    found = re.search(r"DNSKEY\s+(\d+ \d+ \d+) (\S+)", text)
    (tmp_path / "anchor").write_text(
        f'trust-anchors {{ vault.test. static-key {found[1]} "{found[2]}"; }};\n'
    )
    server = serve("vault.test:@PORT@ {\n file " + str(tmp_path / "signed") + "\n}\n")
    assert "WARNING" not in server.output
    return Vault(server, tmp_path, request.param)


QUESTIONS = [
    ("vault.test", "SOA", "yes"),
    ("vault.test", "MX", "yes"),
    ("vault.test", "NS", "yes"),
    ("vault.test", "DNSKEY", "yes"),
    ("vault.test", "TXT", "no data"),
    ("www.vault.test", "A", "yes"),
    ("WWW.vault.test", "AAAA", "no data"),
    ("no.vault.test", "A", "no name"),
    ("aaa.vault.test", "A", "no name"),
    ("zzz.vault.test", "A", "no name"),
    ("x.y.no.vault.test", "A", "no name"),
    ("x.www.vault.test", "A", "no name"),
    ("a.star.vault.test", "TXT", "yes"),
    ("p.q.a.star.vault.test", "TXT", "yes"),
    ("a.star.vault.test", "A", "no data"),
    ("star.vault.test", "A", "no data"),
    ("*.star.vault.test", "TXT", "yes"),
    ("x.cstar.vault.test", "A", "yes"),
    ("x.cstar.vault.test", "TXT", "no data"),
    ("x.cstar.vault.test", "CNAME", "yes"),
    ("x.away.vault.test", "A", "no name"),
    ("alias.vault.test", "A", "yes"),
    ("alias.vault.test", "TXT", "no data"),
    ("dangling.vault.test", "A", "no name"),
    ("tostar.vault.test", "TXT", "yes"),
    ("tostar.vault.test", "A", "no data"),
    ("ent.vault.test", "A", "no data"),
    ("b.ent.vault.test", "TXT", "no data"),
    ("x.ent.vault.test", "A", "no name"),
    ("open.vault.test", "DS", "no data"),
    ("open2.vault.test", "DS", "no data"),
    ("safe.vault.test", "DS", "yes"),
    ("old.vault.test", "DNAME", "yes"),
    ("old.vault.test", "A", "no data"),
    ("h.old.vault.test", "A", "yes"),
    ("q.old.vault.test", "A", "no name"),
    ("x.branch.vault.test", "A", "no data"),
]

# Answers made by a wildcard.
EXPANSIONS = {
    ("a.star.vault.test", "TXT"),
    ("p.q.a.star.vault.test", "TXT"),
    ("x.cstar.vault.test", "A"),
    ("x.cstar.vault.test", "CNAME"),
}


def test_validates(vault):
    wrong = []
    for name, rdtype, expected in QUESTIONS:
        if (name, rdtype) in EXPANSIONS and vault.kind == "optout":
            # The span that proves it may hide unsigned delegations: RFC 5155 section 9.2.
            expected = "insecure"
        got = vault.delv(name, rdtype)
        if got != expected:
            wrong.append(f"{name} {rdtype}: {got} instead of {expected}")
    assert not wrong, "\n".join(wrong)


def kinds(reply, section):
    return sorted({dns.rdatatype.to_text(rrset.rdtype) for rrset in getattr(reply, section)})


def test_referrals(vault):
    """delv does not follow these; the records must be there."""
    nsec = {"NSEC", "NSEC3"}
    reply = vault.server.query("x.open.vault.test", do=True)
    assert not is_set(reply, "AA") and nsec & set(kinds(reply, "authority"))
    reply = vault.server.query("x.safe.vault.test", do=True)
    assert kinds(reply, "authority") == ["DS", "NS", "RRSIG"]
    assert [str(rrset.name) for rrset in reply.additional] == ["ns.safe.vault.test."]
    # An alias made by a wildcard, and the delegation that it leads into: both proven.
    reply = vault.server.query("a.tocut.vault.test", do=True)
    assert is_set(reply, "AA") and kinds(reply, "answer") == ["CNAME", "RRSIG"]
    owners = {rrset.name for rrset in reply.authority if dns.rdatatype.to_text(rrset.rdtype) in nsec}
    assert len(owners) >= 2


def test_nothing_of_it_without_do(vault):
    for name, rdtype, _ in QUESTIONS:
        if rdtype in ("DNSKEY", "DS"):
            continue
        reply = vault.server.query(name, rdtype)
        found = set(kinds(reply, "answer") + kinds(reply, "authority") + kinds(reply, "additional"))
        assert not found & {"RRSIG", "NSEC", "NSEC3"}, f"{name} {rdtype}: {found}"


def test_asking_for_the_proofs_themselves(vault):
    reply = vault.server.query("www.vault.test", "RRSIG", tcp=True)
    assert rcode(reply) == "NOERROR" and kinds(reply, "answer") == ["RRSIG"]
    reply = vault.server.query("vault.test", "NSEC3PARAM")
    zone_has = kinds(reply, "answer") == ["NSEC3PARAM"]
    reply = vault.server.query("alias.vault.test", "NSEC")
    assert kinds(reply, "answer") == ([] if zone_has else ["NSEC"])
