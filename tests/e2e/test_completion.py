"""Completion of command lines: the scripts in the shells that they are for."""

import os
import pty
import re
import select
import shutil
import subprocess
import time

import pytest

CASES = [
    ("corefilec f", {"fmt"}),
    ("corefilec ", {"lint", "build", "run", "fmt", "diff", "explain", "migrate", "plugins", "lsp", "completion"}),
    ("corefilec lint --form", {"--format"}),
    ("corefilec lint --format j", {"json", "junit"}),
    ("corefilec lint --fail-on ", {"error", "warning", "info"}),
    ("corefilec lint --explain CF100", {f"CF100{n}" for n in range(10)}),
    ("corefile-lint --profile e", {"edge"}),
    ("corefile-lint --color a", {"auto", "always"}),
    ("corefilec plugins loa", {"loadbalance"}),
    ("corefilec completion z", {"zsh"}),
    ("corefilec build --ke", {"--keep"}),
    ("corefilec fmt some", {"somefile"}),
    ("corefile-lint some", {"somefile"}),
]


@pytest.fixture
def script(compiler, tmp_path):
    (tmp_path / "somefile").write_text("")

    def of(shell):
        done = compiler.run("completion", shell, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        path = tmp_path / f"completion.{shell}"
        path.write_text(done.stdout)
        return path

    return of


def run(*command, cwd):
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_usage(compiler, tmp_path):
    for arguments, message in (
        ([], "the name of a shell is wanted"),
        (["bash", "zsh"], "the name of a shell is wanted"),
        (["csh"], "no completion for 'csh'"),
    ):
        done = compiler.run("completion", *arguments, cwd=tmp_path)
        assert done.returncode == 3
        assert done.stderr.startswith(f"corefilec: {message}\n")


@pytest.mark.parametrize("line, expected", CASES)
def test_bash(script, tmp_path, line, expected):
    words = line.split(" ")
    program = f"""
        source {script("bash")}
        COMP_WORDS=({" ".join(f"'{w}'" for w in words)})
        COMP_CWORD={len(words) - 1}
        _corefilec
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    found = run("bash", "--norc", "-c", program, cwd=tmp_path).split()
    assert expected == set(found) - {"-version", "--help"}
    assert run("bash", "-c", f"source {script('bash')}; complete -p corefilec corefile-lint", cwd=tmp_path)


def test_bash_with_equals_sign(script, tmp_path):
    for words, number in ("corefilec lint --format = s", 4), ("corefilec lint --format =", 3):
        program = f"""
            source {script("bash")}
            COMP_WORDS=({words}) COMP_CWORD={number}
            _corefilec
            echo "${{COMPREPLY[@]}}"
        """
        assert "sarif" in run("bash", "--norc", "-c", program, cwd=tmp_path).split()


@pytest.mark.skipif(shutil.which("fish") is None, reason="no fish here")
@pytest.mark.parametrize("line, expected", CASES)
def test_fish(script, tmp_path, line, expected):
    program = f"source {script('fish')}; complete -C '{line}'"
    env = {**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    done = subprocess.run(
        ["fish", "--no-config", "-c", program], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60
    )
    found = {text.split("\t")[0] for text in done.stdout.splitlines()}
    assert expected <= found
    if not line.endswith("some"):
        assert expected == found


class Terminal:
    """An interactive shell on a terminal of its own."""

    def __init__(self, cwd):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(cwd)
            os.execvpe("zsh", ["zsh", "-f", "-i"], {**os.environ, "TERM": "dumb", "HOME": str(cwd), "PS1": ""})
        self.seen = ""

    def type(self, text):
        os.write(self.fd, text.encode())

    def wait(self, pattern):
        end = time.monotonic() + 60
        while not re.search(pattern, self.seen):
            ready, _, _ = select.select([self.fd], [], [], max(0, end - time.monotonic()))
            assert ready, f"nothing like {pattern!r} in {self.seen!r}"
            self.seen += os.read(self.fd, 4096).decode(errors="replace")

    def close(self):
        os.close(self.fd)
        os.waitpid(self.pid, 0)


@pytest.mark.skipif(shutil.which("zsh") is None, reason="no zsh here")
def test_zsh(script, tmp_path):
    path = script("zsh")
    run("zsh", "-n", str(path), cwd=tmp_path)
    shell = Terminal(tmp_path)
    try:
        shell.type(f"unsetopt beep; autoload -Uz compinit; compinit -u -D; source {path}\n")
        # A key that inserts everything that could stand in the place of what was typed.
        shell.type("zle -C insert-all complete-word _generic; bindkey '^X' insert-all\n")
        shell.type("zstyle ':completion:insert-all:*' completer _all_matches _complete\n")
        shell.type("zstyle ':completion:insert-all:*' insert true; echo rea''dy\n")
        shell.wait("ready")
        for line, expected in CASES:
            # Complete at the end of the line, then put echo before it and run that.
            shell.seen = ""
            shell.type(f"{line}\x18\x01echo '<' \x05 '>'\n")
            shell.wait(r"\n?<[^\n]*>\r?\n")
            found = re.findall(r"<([^\n]*)>", shell.seen)[-1].split()
            assert expected <= set(found), (line, shell.seen)
    finally:
        shell.close()
