"""`corefilec build` and `run`: what comes out, and what is said when nothing can."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

from harness.lsp import Client

QUICK = ".:@PORT@ {\n\twhoami\n}\n"


def plain(compiler):
    """Whether the tree under test is one without sanitizers, whose servers can be static."""
    return "sanitize" not in (compiler.path.parent / "runtime" / "toolchain.conf").read_text()


def write(folder, text=".:1053 {\n\twhoami\n}\n", name="Corefile"):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize("flags", [(), ("--release",)], ids=["default", "release"])
def test_same_input_same_bytes(compiler, tmp_path, flags):
    one, two = write(tmp_path / "one"), write(tmp_path / "another" / "deeper")
    for folder in (one, two):
        done = compiler.run("build", *flags, "-o", "dns", "Corefile", cwd=folder)
        assert done.returncode == 0, done.stderr
    assert (one / "dns").read_bytes() == (two / "dns").read_bytes()


def test_generated_c_is_the_same_everywhere(compiler, tmp_path):
    one, two = write(tmp_path / "one"), write(tmp_path / "two")
    texts = [compiler.run("build", "-C", "Corefile", cwd=f).stdout for f in (one, two)]
    texts.append(compiler.run("build", "-C", one / "Corefile", cwd=two).stdout)
    assert texts[0] == texts[1] == texts[2]
    assert str(tmp_path) not in texts[0]


def test_every_line_directive_is_right(compiler, tmp_path):
    """A reset to the generated file names the line it stands before."""
    folder = write(tmp_path / "f", "a.example b.example {\n\twhoami\n}\n. {\n\twhoami\n}\n")
    lines = compiler.run("build", "-C", cwd=folder).stdout.split("\n")
    resets = [
        (number, int(line.split()[1]))
        for number, line in enumerate(lines, 1)
        if line.startswith("#line") and "Corefile.gen.c" in line
    ]
    assert len(resets) >= 2
    assert all(named == number + 1 for number, named in resets)


def test_generated_c_is_clean(compiler, tmp_path):
    """It compiles without a warning under our own set of them."""
    folder = write(tmp_path / "f")
    done = compiler.run("build", "-C", "-o", "x.c", "Corefile", cwd=folder)
    assert done.returncode == 0, done.stderr
    include = compiler.path.parent / "stage" / "lib" / "corefilec" / "include"
    flags = "-std=c11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes " \
        "-Wcast-qual -Wwrite-strings -Wconversion -Wimplicit-fallthrough -Werror".split()
    subprocess.run(["cc", *flags, f"-I{include}", "-c", "x.c", "-o", "x.o"], cwd=folder, check=True)


def test_static_release_answers_in_an_empty_root(compiler, serve, tmp_path, ports):
    if not plain(compiler):
        pytest.skip("sanitizers cannot be linked statically")
    port = ports("")
    folder = write(tmp_path / "build", f".:{port} {{\n\twhoami\n}}\n")
    done = compiler.run("build", "--static", "--release", "-o", "dns", cwd=folder)
    assert done.returncode == 0, done.stderr
    root = tmp_path / "root"
    root.mkdir()
    shutil.copy2(folder / "dns", root / "dns")
    assert os.listdir(root) == ["dns"]
    assert (root / "dns").stat().st_size <= 6 << 20
    command = ["unshare", "--map-root-user", "--root", str(root), "/dns"]
    if os.geteuid() == 0:
        command = ["chroot", str(root), "/dns"]
    from harness.client import Client
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        for line in process.stdout:
            if line.startswith((b"CoreDNS-", b"corefilec-")):
                break
        assert Client(port).query("example.org").additional
    finally:
        process.terminate()
        process.stdout.read()
    assert process.wait(20) == 0


def test_the_binary_knows_what_it_is(compiler, tmp_path):
    folder = write(tmp_path / "f", ". {\n\twhoami # a comment\n}\n")
    binary = compiler.build(folder)
    run = lambda *flags: subprocess.run(  # noqa: E731
        [binary, *flags], capture_output=True, text=True, timeout=20)
    assert run("-corefile").stdout == ". {\n\twhoami # a comment\n}\n"
    assert "whoami" in run("-plugins").stdout
    assert run("-version").returncode == 0


def test_costs(compiler, tmp_path):
    folder = write(tmp_path, ". {\n\tbind 127.0.0.1\n\tcache\n\tfile db\n\tfile db2 a.test\n}\n")
    command = [compiler.path, "build", "-C", "-o", os.devnull, folder / "Corefile"]
    assert subprocess.run(command, capture_output=True, text=True).stderr == ""
    command.insert(2, "--costs")
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    costs = dict(re.findall(r"info: '(\w+)' adds (\d+) bytes to the program \[CF4017\]", said))
    # Each once; nothing is known of what has no part in the program.
    assert set(costs) == {"cache", "file"} and said.count("CF4017") == 2
    assert all(1000 < int(size) < 10_000_000 for size in costs.values())
    assert "and needs -lcrypto" in said and "only this server block" not in said


def test_no_c_compiler(compiler, tmp_path):
    folder = write(tmp_path / "f")
    done = compiler.run("build", cwd=folder, env={"CC": "no-such-compiler"})
    assert done.returncode == 4
    assert "no C compiler: 'no-such-compiler' is not installed [CF9002]" in done.stderr
    assert "apt-get install" in done.stderr
    assert os.listdir(folder) == ["Corefile"]


def test_compiler_that_fails_is_our_fault(compiler, tmp_path):
    folder = write(tmp_path / "f")
    done = compiler.run("build", cwd=folder, env={"CC": "false"})
    assert done.returncode == 4
    assert "CF9003" in done.stderr and "please report" in done.stderr
    assert os.listdir(folder) == ["Corefile"]


def test_output_that_cannot_be_written(compiler, tmp_path):
    folder = write(tmp_path / "f")
    done = compiler.run("build", "-o", "no/such/folder/dns", cwd=folder)
    assert done.returncode == 4
    assert "no/such/folder" in done.stderr


def test_keep_leaves_the_c(compiler, tmp_path):
    folder = write(tmp_path / "f")
    done = compiler.run("build", "--keep", "kept", cwd=folder)
    assert done.returncode == 0, done.stderr
    kept = (folder / "kept" / "Corefile.gen.c").read_text()
    assert kept == compiler.run("build", "-C", cwd=folder).stdout


def test_errors_stop_the_build(compiler, tmp_path):
    folder = write(tmp_path / "f", ". {\n\twhoam\n}\n")
    done = compiler.run("build", cwd=folder)
    assert done.returncode == 1
    assert "did you mean 'whoami'?" in done.stderr
    assert os.listdir(folder) == ["Corefile"]


def test_run_builds_once(compiler, tmp_path, ports):
    folder = write(tmp_path / "f", f".:{ports('')} {{\n\twhoami\n}}\n")
    env = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    for _ in range(2):
        done = compiler.run("run", "Corefile", "--", "-version", cwd=folder, env=env)
        assert done.returncode == 0, done.stderr
        built = list((tmp_path / "cache" / "corefilec").iterdir())
        assert len(built) == 1
    # With a compiler that fails, a second run still starts from the cache.
    done = compiler.run("run", "Corefile", "--", "-plugins", cwd=folder, env={**env, "CC": "false"})
    assert done.returncode == 0 and "whoami" in done.stdout


# ---- plugins outside the tree ----


def test_plugin_outside_the_tree(serve, root, tmp_path):
    hello = shutil.copytree(root / "examples" / "plugin" / "hello", tmp_path / "far" / "hello")
    server = serve(
        ".:@PORT@ {\n\twhoami\n\thello \"good morning\" {\n\t\tttl 5\n\t}\n}\n",
        flags=("--plugin", hello),
    )
    reply = server.query("example.org", "TXT")
    assert reply.answer[0].ttl == 5
    assert reply.answer[0][0].strings == (b"good morning",)
    # Another type goes on to whoami, which runs after it.
    assert not server.query("example.org", "A").answer


def test_plugin_outside_the_tree_is_checked(compiler, root, tmp_path):
    hello = root / "examples" / "plugin" / "hello"
    folder = write(tmp_path / "f", f". {{\n\thello {'x' * 256} {{\n\t\ttll 5\n\t}}\n}}\n")
    done = compiler.run("build", "--plugin", hello, cwd=folder)
    assert done.returncode == 1
    assert "unknown option 'tll' of 'hello' [CF2004]" in done.stderr
    assert "did you mean 'ttl'?" in done.stderr
    write(folder, f". {{\n\thello {'x' * 256}\n}}\n")
    done = compiler.run("build", "--plugin", hello, cwd=folder)
    assert "has 256 octets, at most 255 fit" in done.stderr


def test_plugin_folder_that_is_none(compiler, tmp_path):
    folder = write(tmp_path / "f")
    for name, why in (("nowhere", "No such file"), ("f", "it has no f_setup.c")):
        done = compiler.run("build", "--plugin", tmp_path / name, cwd=folder)
        assert done.returncode == 4
        assert why in done.stderr and "CF9005" in done.stderr


@pytest.mark.parametrize("half", ["hello_setup.c", "hello.c"])
def test_plugin_that_does_not_compile(compiler, root, tmp_path, half):
    hello = shutil.copytree(root / "examples" / "plugin" / "hello", tmp_path / "far" / "hello")
    with open(hello / half, "a") as file:
        file.write("int unfinished =\n")
    folder = write(tmp_path / "f", '. {\n\thello "good morning"\n}\n')
    done = compiler.run("build", "--plugin", hello, cwd=folder)
    assert done.returncode == 4
    assert "refused a plugin of '--plugin'" in done.stderr and half in done.stderr
    assert "fault of corefilec" not in done.stderr
    assert not (folder / "dns").exists()


def test_plugins_lists_it(compiler, root):
    done = compiler.run("plugins", "--plugin", root / "examples" / "plugin" / "hello")
    names = [line.split()[0] for line in done.stdout.splitlines()]
    assert names.index("hello") == names.index("whoami") - 1


@pytest.mark.parametrize("command", [("lint",), ("explain", "-f"), ("diff", "Corefile")])
def test_every_command_knows_it(compiler, root, tmp_path, command):
    folder = write(tmp_path / "f", '. {\n\thello "good morning"\n}\n')
    hello = root / "examples" / "plugin" / "hello"
    with_it = compiler.run(command[0], "--plugin", hello, *command[1:], "Corefile", cwd=folder)
    assert (with_it.returncode, with_it.stderr) == (0, "")
    without = compiler.run(*command, "Corefile", cwd=folder)
    assert without.returncode != 0 and "unknown directive 'hello'" in without.stderr


def test_an_editor_knows_it(compiler, root, tmp_path):
    folder = write(tmp_path / "f")
    client = Client(compiler.path, folder, "--plugin", root / "examples" / "plugin" / "hello")
    try:
        client.initialize(["utf-8"])
        uri = client.open("Corefile", 'a.test {\n\thello "good morning"\n}\nb.test {\n\thel\n}\n')
        assert ["hel" in d["message"] for d in client.diagnostics(uri)] == [True]
        found = client.at("textDocument/completion", uri, 4, 4)["items"]
        (hello,) = [item for item in found if item["label"] == "hello"]
        resolved = client.request("completionItem/resolve", hello)
        assert "hello" in resolved["documentation"]["value"]
    finally:
        client.kill()


def test_installed_compiler_is_relocatable(compiler, tmp_path):
    """corefilec finds its runtime next to itself, wherever it is put."""
    prefix = tmp_path / "usr"
    (prefix / "bin").mkdir(parents=True)
    shutil.copy2(pathlib.Path(compiler.path), prefix / "bin" / "corefilec")
    shutil.copytree(compiler.path.parent / "stage" / "lib", prefix / "lib")
    folder = write(tmp_path / "f")
    done = subprocess.run([prefix / "bin" / "corefilec", "build"], cwd=folder,
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    shutil.rmtree(prefix / "lib")
    done = subprocess.run([prefix / "bin" / "corefilec", "build"], cwd=folder,
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 4
    assert "CF9001" in done.stderr and "COREFILEC_RUNTIME" in done.stderr


def test_what_is_no_file_stays(compiler, tmp_path):
    """A pipe, /dev/null and the like are never replaced: C is written to them, a program is refused."""
    (tmp_path / "Corefile").write_text(". {\n\twhoami\n}\n")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    done = compiler.run("build", "-o", "pipe", cwd=tmp_path)
    assert done.returncode == 4
    assert "pipe': it is no file [CF9004]" in done.stderr
    expected = compiler.run("build", "-C", cwd=tmp_path).stdout
    assert len(expected) < 65536, "more than a pipe takes"
    assert compiler.run("build", "-C", "-o", "pipe", cwd=tmp_path).returncode == 0
    assert os.read(reader, 65536).decode() == expected
    assert pipe.is_fifo()
    os.close(reader)
