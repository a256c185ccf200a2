#!/usr/bin/python3
"""Runs doc/silent-mistakes.md and the pages of doc/rules: each shows a Corefile that its rule is about, exactly what is said about it,
and a Corefile about which nothing is said.

A page has fenced blocks, in this order (all but the first kind at most once before the output):

    ```text NAME         a file that the Corefiles need
    ```corefile          the Corefile with the fault
    ```sh                the command, where it is not `corefile-lint Corefile`
    ```console           what it prints on standard error
    ```corefile          (after the output) the Corefile that is right

    pages.py [--update]

In doc/silent-mistakes.md a ```txt Corefile is followed by the ```console output about it, and a ```corefile about which nothing is said.

Rules about the machine have no Corefile: some golden or end-to-end test must expect a report of theirs.

--update rewrites the outputs, and the list of rules in doc/rules/README.md.  Prints the number of rules and tests, and `N passed, N failed` last.
COREFILEC names the compiler under test.
"""

import concurrent.futures
import difflib
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = ROOT / "doc" / "rules"
FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROW = re.compile(r'\{ "(CF\d{4})", ([EWI]),\s*((?:"(?:[^"\\]|\\.)*"\s*)+),')
SIZE = re.compile(r"\d+ bytes")  # of a plugin: follows from the C compiler
SEVERITIES = {"E": "error", "W": "warning", "I": "advice"}
BUILDING = "CF9"  # rules about the machine: no Corefile shows them


def table():
    """{id: (severity, summary)} of compiler/checks/rules.c."""
    rows = {}
    for match in ROW.finditer((ROOT / "compiler" / "checks" / "rules.c").read_text()):
        text = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', match[3]))
        rows[match[1]] = SEVERITIES[match[2]], re.sub(r"\\(.)", r"\1", text)
    return rows


class Page:
    def __init__(self, path):
        self.path = path
        self.id = path.stem
        self.text = path.read_text()
        self.files = {}
        self.command = "corefile-lint Corefile"
        self.wrong = self.right = self.output = None
        for match in FENCE.finditer(self.text):
            kind, name, body = match.groups()
            if kind == "text" and name:
                self.files[name] = body
            elif kind == "corefile" and self.output is None:
                self.wrong = body
            elif kind == "corefile":
                self.right = body
            elif kind == "sh":
                self.command = body.strip()
            elif kind == "console":
                self.output = match

    def run(self, compiler, corefile):
        """What the page's command says about a Corefile."""
        words = shlex.split(self.command)
        environment = {**os.environ, "LC_ALL": "C"}
        while "=" in words[0]:
            name, _, value = words.pop(0).partition("=")
            environment[name] = value
        program = {"corefilec": [compiler], "corefile-lint": [compiler, "lint"]}[words.pop(0)]
        with tempfile.TemporaryDirectory(prefix="page-") as scratch:
            for name, body in self.files.items():
                file = pathlib.Path(scratch) / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(body)
                file.chmod(0o600)
            if corefile is not None:
                (pathlib.Path(scratch) / "Corefile").write_text(corefile)
            done = subprocess.run(
                [*program, *words], cwd=scratch, env=environment, capture_output=True, text=True,
                timeout=60,
            )
        return done.stderr

    def faults(self, compiler, row, update):
        """Yields what is wrong, a text for each of its tests (empty: passed)."""
        severity, summary = row
        head = f"# {self.id}: {summary}\n\nSeverity: {severity}\n\n"
        yield "" if self.text.startswith(head) else f"{self.path}: does not begin with\n{head}"
        yield "" if "\nCure: " in self.text else f"{self.path}: has no cure\n"
        if self.id.startswith(BUILDING):
            return
        yield self.fault_of_wrong(compiler, update)
        yield self.fault_of_right(compiler)

    def fault_of_wrong(self, compiler, update):
        if self.output is None:
            return f"{self.path}: has no output\n"
        said = self.run(compiler, self.wrong)
        if SIZE.sub("N bytes", said) == SIZE.sub("N bytes", self.output[3]):
            said = self.output[3]
        if update and said != self.output[3]:
            self.text = self.text[: self.output.start(3)] + said + self.text[self.output.end(3) :]
            self.path.write_text(self.text)
        elif said != self.output[3]:
            return "".join(
                difflib.unified_diff(
                    self.output[3].splitlines(True), said.splitlines(True), str(self.path), "now"
                )
            )
        return "" if f"[{self.id}]" in said else f"{self.path}: its rule does not fire\n"

    def fault_of_right(self, compiler):
        if self.right is None:
            return f"{self.path}: has no Corefile that is right\n"
        command, self.command = self.command, re.sub(r"^corefilec build.*", "corefile-lint Corefile", self.command)
        if self.wrong is None:
            self.command = "corefile-lint Corefile"
        said = self.run(compiler, self.right)
        self.command = command
        return f"{self.path}: not silent about what is right:\n{said}" if said else ""


def mistakes(compiler, update):
    """Yields what is wrong with each example of doc/silent-mistakes.md (empty: passed)."""
    page = Page(ROOT / "doc" / "silent-mistakes.md")
    corefile = None
    position = 0
    while match := FENCE.search(page.text, position):
        position = match.end()
        if match[1] == "txt" and match[2] == "Corefile":
            corefile = match[3]
        elif match[1] == "console":
            said = page.run(compiler, corefile)
            if update and said != match[3]:
                page.text = page.text[: match.start(3)] + said + page.text[match.end(3) :]
                position = match.start(3) + len(said)
                page.path.write_text(page.text)
            elif said != match[3]:
                yield "".join(
                    difflib.unified_diff(
                        match[3].splitlines(True), said.splitlines(True), str(page.path), "now"
                    )
                )
                continue
            yield "" if "warning: " in said else f"{page.path}: nothing is said about\n{corefile}"
        elif match[1] == "corefile":
            said = page.run(compiler, match[3])
            yield f"{page.path}: not silent about what was meant:\n{said}" if said else ""


def index(rows):
    """The list in doc/rules/README.md."""
    lines = [f"| [{name}]({name}.md) | {row[0]} | {row[1]} |\n" for name, row in rows.items()]
    return "| Rule | Severity | Finds |\n|---|---|---|\n" + "".join(lines)


def fault_of_index(rows, update):
    path = RULES / "README.md"
    text = path.read_text()
    head = text[: text.index("| Rule |")]
    if update:
        path.write_text(head + index(rows))
        return ""
    return "" if text == head + index(rows) else f"{path}: is not the list of the rules\n"


def expected_elsewhere():
    """The ids that tests other than those of the pages expect to see reported."""
    files = [path for path in (ROOT / "tests" / "golden").rglob("*.err")]
    files += (ROOT / "tests" / "e2e").rglob("*.py")
    return set(re.findall(r"\bCF9\d{3}\b", "".join(path.read_text(errors="replace") for path in files)))


def main():
    compiler = os.path.abspath(os.environ.get("COREFILEC", "build/corefilec"))
    update = sys.argv[1:] == ["--update"]
    rows = table()
    pages = [Page(path) for path in sorted(RULES.glob("CF*.md"))]
    names = {page.id for page in pages}
    results = [f"{name}: has no page in doc/rules\n" for name in rows if name not in names]
    results += [f"{name}: has a page and no row\n" for name in names if name not in rows]
    pages = [page for page in pages if page.id in rows]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(lambda p: list(p.faults(compiler, rows[p.id], update)), pages):
            results += found
    results += [fault_of_index(rows, update), *mistakes(compiler, update)]
    machine = [name for name in rows if name.startswith(BUILDING)]
    elsewhere = expected_elsewhere()
    results += [
        "" if name in elsewhere else f"{name}: no test expects a report of it\n" for name in machine
    ]
    if len(re.findall(r'^\t\{ "CF', (ROOT / "compiler/checks/rules.c").read_text(), re.M)) != len(rows):
        results.append("compiler/checks/rules.c: has rows that are not read as such\n")
    sys.stdout.write("".join(results))
    failed = sum(1 for result in results if result)
    shown = len(rows) - len(machine)
    print(f"{len(rows)} rules: {shown} speak and are silent on their pages, {len(machine)} speak in other tests")
    print(f"{len(results)} tests of their pages and of silent mistakes")
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
