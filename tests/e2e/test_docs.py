"""The documentation is true: every Corefile in it is linted and built, its links lead somewhere, and
its commands exist.

A fenced block that begins with ```corefile is a whole Corefile (also without braces).
Anything else that looks like one is marked ```txt.
"""

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "examples" / "README.md",
    *sorted(ROOT.glob("doc/*.md")),
    *sorted(ROOT.glob("plugins/*/README.md")),
]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMANDS = [
    path.stem.removeprefix("cmd_") for path in sorted(ROOT.glob("compiler/command/cmd_*.c"))
]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def blocks(kind):
    for page in PAGES:
        text = page.read_text()
        for match in FENCE.finditer(text):
            if match[1] == kind:
                line = text.count("\n", 0, match.start()) + 1
                yield pytest.param(match[2], id=f"{page.relative_to(ROOT)}:{line}")


def commands():
    """The lines of shell blocks, without comments."""
    for block in blocks("sh"):
        for line in block.values[0].splitlines():
            line = re.sub(r"\s*#.*", "", line).strip()
            if line:
                yield pytest.param(line, id=f"{block.id} {line[:40]}")


def test_the_quick_start_is_there():
    assert any(param.values[0] == "./dev run" for param in commands())
    assert any(param.values[0] == "./dev check" for param in commands())


def checked_only(compiler):
    """The directives that lint knows and build refuses."""
    lines = compiler.run("plugins").stdout.splitlines()
    return {line.split()[0] for line in lines if line.split()[1] == "checked"}


@pytest.mark.parametrize("text", blocks("corefile"))
def test_corefile(compiler, tmp_path, text):
    (tmp_path / "Corefile").write_text(text)
    lint = compiler.run("lint", "Corefile", cwd=tmp_path)
    assert (lint.returncode, lint.stderr) == (0, "")
    build = compiler.run("build", "-o", "dns", "Corefile", cwd=tmp_path)
    if build.returncode == 0:
        assert build.stderr == ""
        return
    # Otherwise the only fault is that this build does not serve what it checks.
    assert build.returncode == 1
    errors = [line for line in build.stderr.splitlines() if ": error: " in line]
    assert errors
    for error in errors:
        if error.endswith("[CF2022]"):  # upstreams that it cannot ask
            continue
        match = re.search(r"checks '([a-z0-9_]+)(://)?' but cannot serve it \[CF301[57]\]$", error)
        assert match, error
        assert match[2] or match[1] in checked_only(compiler), error


@pytest.mark.parametrize("line", commands())
def test_command_exists(compiler, line):
    """A subcommand of ./dev or corefilec that the documentation mentions is one."""
    words = line.split()
    if words[0] == "./dev":
        # Its own list of commands, as `./dev` alone prints it, is a comment at its top.
        assert f"#\t./dev {words[1]}" in (ROOT / "dev").read_text()
    elif words[0] == "corefilec" and not words[1].startswith("-"):
        usage = compiler.run(words[1], "--help")
        assert usage.returncode == 0, usage.stderr
        for option in (word for word in words[2:] if word.startswith("-")):
            assert option in usage.stdout, f"{option} is not in its --help"


def man_text(name):
    """What mdoc and man readers show, without the marks for typefaces."""
    source = (ROOT / "doc" / "man" / name).read_text()
    return re.sub(r'\\f[BIR]|"', "", source.replace("\\-", "-"))


@pytest.mark.parametrize("command", COMMANDS)
def test_manual_page_has_every_option(compiler, command):
    page = man_text("corefile-lint.1" if command == "lint" else "corefilec.1")
    usage = compiler.run(command, "--help").stdout
    for option in re.findall(r"^ +(?:-\w, )?(--?[\w-]+)", usage, re.MULTILINE):
        assert re.search(rf"(?<![\w-]){option}(?![\w-])", page), f"{command} {option}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links(page):
    for target in LINK.findall(page.read_text()):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), f"{target} is missing"


@pytest.mark.parametrize(
    "name", sorted(p.parent.name for p in ROOT.glob("plugins/*/Makefile.inc"))
)
def test_every_plugin_has_a_readme(name):
    text = (ROOT / "plugins" / name / "README.md").read_text()
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    for heading in ("Description", "Syntax", "Examples", "Differences from CoreDNS"):
        assert heading in headings, f"no '## {heading}'"
    assert re.search(r"^```corefile$", text, re.MULTILINE), "no example"
