"""Reads the text that Prometheus scrapes."""

import re
import urllib.request

SAMPLE = re.compile(r"^([A-Za-z_:][A-Za-z0-9_:]*)(?:\{(.*)\})? (\S+)$")
LABEL = re.compile(r'([A-Za-z_][A-Za-z0-9_]*)="((?:[^"\\]|\\.)*)"(?:,|$)')
SECONDS = 6


class Metrics:
    """The samples of one scrape: a list of (name, labels, value)."""

    def __init__(self, text):
        self.text = text
        self.samples = []
        for line in text.splitlines():
            if line.startswith("#") or not line.strip():
                continue
            match = SAMPLE.match(line)
            assert match, f"not a sample: {line!r}"
            self.samples.append((match[1], self._labels(match[2] or ""), float(match[3])))

    @staticmethod
    def _labels(text):
        labels = dict(LABEL.findall(text))
        assert LABEL.sub("", text) == "", f"not a list of labels: {text!r}"
        return labels

    def select(self, name, **labels):
        return [
            (have, value)
            for sample, have, value in self.samples
            if sample == name and all(have.get(k) == v for k, v in labels.items())
        ]

    def value(self, name, **labels):
        """The sum over the samples with these labels; 0 when there is none."""
        return sum(value for _, value in self.select(name, **labels))


def scrape(port, address="127.0.0.1", path="/metrics"):
    host = f"[{address}]" if ":" in address else address
    with urllib.request.urlopen(f"http://{host}:{port}{path}", timeout=SECONDS) as reply:
        return Metrics(reply.read().decode())
