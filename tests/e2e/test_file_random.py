"""The file plugin against a slow and simple model of it: random zones, thousands of questions.

The model works on sets of names and walks from the apex down, label by label; it shares no idea with
the hash table of the plugin but the documents: RFC 1034 section 4.3.2, RFC 4592, RFC 6672, and the
plugin's README.
"""

import random

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import pytest

ORIGIN = ("rnd", "test")
QUESTIONS = 2500
DEPTH_MAX = 8  # sub-queries within each other
LINKS_MAX = 10  # CNAME records of one zone in an answer
TYPES = ("A", "TXT", "MX", "SRV", "CNAME", "DNAME", "NS", "DS", "SOA", "AAAA", "ANY")
HOST_AT = {"MX": 1, "SRV": 3, "NS": 0}  # the word of the data that is a host
SOA = "ns.rnd.test. root.rnd.test. 1 2 3 4 5"
REFUSED, SERVFAIL, NXDOMAIN, NOERROR, YXDOMAIN = "REFUSED", "SERVFAIL", "NXDOMAIN", "NOERROR", "YXDOMAIN"


def text(name):
    return ".".join(name) + "."


def labels(word):
    return tuple(word.lower().rstrip(".").split("."))


class Reply:
    def __init__(self, rcode=NOERROR, aa=True, answer=(), authority=(), additional=()):
        self.rcode, self.aa = rcode, aa
        self.answer, self.authority, self.additional = list(answer), list(authority), list(additional)

    def key(self):
        return (self.rcode, self.aa, sorted(set(self.answer)), sorted(set(self.authority)),
                sorted(set(self.additional)))


class Model:
    def __init__(self, records):
        """records: {name: {type: [data]}}, names as tuples of labels."""
        self.records = records
        self.exists = {name[i:] for name in records for i in range(len(name)) if self.inside(name[i:])}

    @staticmethod
    def inside(name):
        return name[-len(ORIGIN):] == ORIGIN

    def get(self, name, rdtype):
        return self.records.get(name, {}).get(rdtype, [])

    def rrs(self, name, rdtype, owner=None):
        return [(text(owner or name), rdtype, data) for data in self.get(name, rdtype)]

    def addresses(self, host):
        return self.rrs(host, "A") + self.rrs(host, "AAAA")

    def apex_ns(self):
        return self.rrs(ORIGIN, "NS")

    def soa(self):
        return self.rrs(ORIGIN, "SOA")

    def additional(self, answer):
        hosts = [labels(data.split()[HOST_AT[rdtype]]) for _, rdtype, data in answer if rdtype in HOST_AT]
        return [rr for host in hosts if self.inside(host) for rr in self.addresses(host)]

    def barrier(self, name, rdtype):
        """The first delegation or DNAME on the way down: (kind, its name), or None."""
        for i in range(len(name) - len(ORIGIN), -1, -1):
            at = name[i:]
            if at != name and self.get(at, "DNAME"):
                return "DNAME", at
            if at != ORIGIN and self.get(at, "NS") and not (at == name and rdtype == "DS"):
                return "NS", at
        return None

    def referral(self, cut, answer):
        hosts = [labels(data) for data in self.get(cut, "NS")]
        glue = [rr for host in hosts if host[-len(cut):] == cut for rr in self.addresses(host)]
        return Reply(NOERROR, bool(answer), answer, self.rrs(cut, "NS"), glue)

    def positive(self, answer, rcode=NOERROR):
        ns = [] if any(rr in answer for rr in self.apex_ns()) else self.apex_ns()
        return Reply(rcode, True, answer, ns, self.additional(answer))

    def ask(self, name, rdtype, depth=0):
        """The server's answer to a question."""
        if not self.inside(name):
            return Reply(REFUSED, False)
        found = self.barrier(name, rdtype)
        if found and found[0] == "DNAME":
            return self.redirect(name, rdtype, found[1], depth)
        if found:
            return self.referral(found[1], [])
        if name in self.exists:
            return self.at(name, name, rdtype, [], depth)
        encloser = next(name[i:] for i in range(1, len(name)) if name[i:] in self.exists)
        star = ("*",) + encloser
        if star in self.exists:
            return self.at(star, name, rdtype, [], depth)
        return Reply(NXDOMAIN, True, [], self.soa())

    def at(self, node, name, rdtype, answer, depth, seen=()):
        """Answers from a node for a name (that a wildcard may stand for)."""
        if self.get(node, "CNAME") and rdtype not in ("CNAME", "ANY"):
            if len(seen) == LINKS_MAX:
                return self.positive(answer)
            answer = answer + self.rrs(node, "CNAME", name)
            return self.follow(labels(self.get(node, "CNAME")[0]), rdtype, answer, depth, (*seen, node))
        if rdtype == "ANY":
            own = [rr for kind in self.records.get(node, {}) for rr in self.rrs(node, kind, name)]
        else:
            own = self.rrs(node, rdtype, name)
        if own:
            return self.positive(answer + own)
        return Reply(NOERROR, True, answer, self.soa())

    def follow(self, target, rdtype, answer, depth, seen):
        if self.inside(target):
            found = self.barrier(target, rdtype)
            if found and found[0] == "NS":
                return self.referral(found[1], answer)
            if not found and target in self.exists:
                if target in seen:
                    return self.positive(answer)
                return self.at(target, target, rdtype, answer, depth, seen)
        if depth == DEPTH_MAX:
            return self.positive(answer, SERVFAIL)
        sub = self.ask(target, rdtype, depth + 1)
        answer = answer + sub.answer
        if sub.rcode == NXDOMAIN or (sub.rcode == NOERROR and not sub.answer):
            additional = [] if any(rr[1] == "SOA" for rr in sub.authority) else sub.additional
            return Reply(sub.rcode, True, answer, sub.authority, additional)
        return self.positive(answer, SERVFAIL if sub.rcode == SERVFAIL else NOERROR)

    def redirect(self, name, rdtype, owner, depth):
        target = name[:-len(owner)] + labels(self.get(owner, "DNAME")[0])
        if target == name:
            return Reply(SERVFAIL, False)
        answer = self.rrs(owner, "DNAME")
        if sum(len(label) + 1 for label in target) + 1 > 255:
            return Reply(YXDOMAIN, True, answer)
        answer = answer + [(text(name), "CNAME", text(target))]
        if rdtype in ("CNAME", "ANY"):
            return self.positive(answer)
        return self.follow(target, rdtype, answer, depth, (owner,))


# ---- random zones ----


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.records = {}

    def name(self, depth=4):
        own = self.random.choices("aabbcd", k=self.random.randint(1, depth))
        if self.random.random() < 0.25:
            own[self.random.randrange(len(own))] = "*"
        return tuple(own) + ORIGIN

    def target(self):
        if self.random.random() < 0.15:
            return "x.outside.test."
        return text(self.name())

    def add(self, name, rdtype, data):
        types = self.records.setdefault(name, {})
        if ("CNAME" in types and rdtype != "CNAME") or (rdtype in ("CNAME", "DNAME") and types):
            return
        if data not in types.setdefault(rdtype, []):
            types[rdtype].append(data)

    def data(self, rdtype):
        number = self.random.randint(1, 250)
        return {
            "A": f"192.0.2.{number}",
            "AAAA": f"2001:db8::{number:x}",
            "TXT": f'"t{number}"',
            "MX": f"{number} {self.target()}",
            "SRV": f"1 2 {number} {self.target()}",
            "DS": f"{number} 13 2 " + "ab" * 32,
        }.get(rdtype) or self.target()

    def zone(self):
        self.records[ORIGIN] = {"SOA": [SOA], "NS": ["ns.rnd.test.", "a.rnd.test."], "MX": ["1 b.rnd.test."]}
        kinds = ("A", "A", "AAAA", "TXT", "MX", "SRV", "CNAME", "CNAME", "DNAME", "NS", "DS")
        for _ in range(self.random.randint(40, 90)):
            name = self.name()
            rdtype = self.random.choice(kinds)
            # A star that delegates or redirects means nothing in particular (RFC 4592 section 4).
            if not (name[0] == "*" and rdtype in ("NS", "DNAME")):
                self.add(name, rdtype, self.data(rdtype))
        return self.records


def master_file(records, shuffle):
    lines = [
        f"{text(name)} 60 IN {rdtype} {data}"
        for name, types in records.items()
        for rdtype, datas in types.items()
        for data in datas
    ]
    shuffle(lines)
    return "\n".join(lines) + "\n"


def of_message(message):
    def section(rrsets):
        return [
            (rrset.name.to_text().lower(), dns.rdatatype.to_text(rrset.rdtype),
             rdata.to_text().replace(" " * 2, " "))
            for rrset in rrsets
            for rdata in rrset
        ]

    return Reply(
        dns.rcode.to_text(message.rcode()),
        bool(message.flags & dns.flags.AA),
        section(message.answer),
        section(message.authority),
        section(message.additional),
    )


def normal(reply):
    """Data in the words that dnspython prints."""

    def word(rr):
        owner, rdtype, data = rr
        return owner, rdtype, dns.rdata.from_text("IN", rdtype, data).to_text()

    for section in ("answer", "authority", "additional"):
        setattr(reply, section, [word(rr) for rr in getattr(reply, section)])
    return reply.key()


@pytest.mark.parametrize("seed", range(8))
def test_agrees_with_the_model(serve, seed):
    maker = Maker(seed)
    records = maker.zone()
    model = Model(records)
    server = serve(
        "rnd.test:@PORT@ {\n file db {\n  reload 0\n }\n}\n",
        files={"db": master_file(records, maker.random.shuffle)},
    )
    asked = []
    with server.connect(seconds=20) as connection:
        for _ in range(QUESTIONS // 50):
            batch = [(maker.name(5), maker.random.choice(TYPES)) for _ in range(49)]
            batch.append((ORIGIN, maker.random.choice(TYPES)))
            for number, (name, rdtype) in enumerate(batch):
                connection.send(dns.message.make_query(text(name), rdtype, id=number))
            for _ in batch:
                reply = connection.receive()
                asked.append((*batch[reply.id], reply))
    assert len(asked) == QUESTIONS
    seen = set()
    for name, rdtype, reply in asked:
        expected = normal(model.ask(name, rdtype))
        seen.add((expected[0], expected[1], bool(expected[2])))
        got = of_message(reply).key()
        assert got == expected, f"{text(name)} {rdtype}:\n{got}\ninstead of\n{expected}"
    # The questions are no good if they only find one kind of answer.
    assert len(seen) >= 5, seen
