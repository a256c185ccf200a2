"""A strict reader of the text exposition format 0.0.4: what it accepts, Prometheus accepts."""

import math
import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
HELP = re.compile(rf"# HELP ({NAME}) ((?:[^\\\n]|\\\\|\\n)*)")
TYPE = re.compile(rf"# TYPE ({NAME}) (counter|gauge|histogram|summary|untyped)")
SAMPLE = re.compile(rf"({NAME})(?:\{{(.*)\}})? (\S+)")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(?:,|$)')
NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]Inf|NaN")


class Family:
    def __init__(self, name, text, kind):
        self.name, self.help, self.kind = name, text, kind
        self.samples = {}  # (suffix, labels as a tuple of pairs): value

    def add(self, name, labels, value):
        suffix = name[len(self.name):]
        allowed = {"histogram": ("_bucket", "_sum", "_count")}.get(self.kind, ("",))
        assert suffix in allowed, f"{name} is no sample of {self.kind} {self.name}"
        assert ("le" in dict(labels)) == (suffix == "_bucket"), f"label le of {name}"
        assert (suffix, labels) not in self.samples, f"{name}{labels} appears twice"
        assert self.kind == "gauge" or value >= 0, f"{name} is negative"
        self.samples[suffix, labels] = value

    def check(self):
        assert self.samples, f"{self.name} has no samples"
        if self.kind == "histogram":
            series = {tuple(p for p in labels if p[0] != "le") for _, labels in self.samples}
            for labels in series:
                self._check_histogram(labels)

    def _check_histogram(self, labels):
        buckets = [
            (float(dict(have)["le"]), value)
            for (suffix, have), value in self.samples.items()
            if suffix == "_bucket" and tuple(p for p in have if p[0] != "le") == labels
        ]
        bounds = [bound for bound, _ in buckets]
        counts = [count for _, count in buckets]
        assert bounds == sorted(set(bounds)), f"bounds of {self.name}: {bounds}"
        assert counts == sorted(counts), f"buckets of {self.name} are not cumulative: {counts}"
        assert bounds[-1] == math.inf
        assert counts[-1] == self.samples["_count", labels]
        assert ("_sum", labels) in self.samples


def parse_labels(text):
    pairs, at = [], 0
    while at < len(text):
        match = LABEL.match(text, at)
        assert match, f"bad labels: {text!r}"
        pairs.append((match[1], re.sub(r"\\(.)", lambda m: {"n": "\n"}.get(m[1], m[1]), match[2])))
        at = match.end()
    assert len({name for name, _ in pairs}) == len(pairs), f"a label twice: {text!r}"
    return tuple(pairs)


def parse(text):
    """{name: Family}; an AssertionError for whatever is not as it must be."""
    assert text.endswith("\n")
    families, current, pending = {}, None, None
    for line in text[:-1].split("\n"):
        if match := HELP.fullmatch(line):
            assert pending is None and match[1] not in families, line
            pending = match
        elif match := TYPE.fullmatch(line):
            assert pending is not None and pending[1] == match[1], f"no HELP before {line!r}"
            current = families[match[1]] = Family(match[1], pending[2], match[2])
            pending = None
        else:
            match = SAMPLE.fullmatch(line)
            assert match and pending is None, f"no sample: {line!r}"
            assert current and match[1].startswith(current.name), f"{line!r} outside its family"
            assert NUMBER.fullmatch(match[3]), f"no number: {line!r}"
            current.add(match[1], parse_labels(match[2] or ""), float(match[3]))
    assert pending is None
    for family in families.values():
        family.check()
    return families
