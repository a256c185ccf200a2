"""Corefiles in Kubernetes manifests: what the golden tests cannot show."""

import subprocess

import pytest
import yaml

HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: coredns\ndata:\n"
FAULTY = HEAD + "  Corefile: |\n    . {\n        cahce 30\n        forward . 192.0.2.53\n    }\n  z: 1 # kept\n"


@pytest.fixture
def manifest(tmp_path):
    path = tmp_path / "coredns.yaml"
    path.write_text(FAULTY)
    return path


def test_fix_writes_the_yaml(compiler, manifest):
    manifest.chmod(0o640)
    done = compiler.run("lint", "--fix", manifest)
    assert (done.returncode, done.stderr) == (0, "")
    assert manifest.read_text() == FAULTY.replace("cahce", "cache")
    assert manifest.stat().st_mode & 0o777 == 0o640


def test_pipe_without_a_name(compiler, manifest):
    """Process substitution: /dev/fd/63 tells nothing, the text does."""
    script = f"{compiler.path} lint -f gcc <(cat {manifest})"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60)
    assert ":8:9: error: unknown directive 'cahce' [CF1005]" in done.stdout


def test_folder_with_project_file(compiler, tmp_path, manifest):
    (tmp_path / ".corefile-lint").write_text("exclude = *.yaml\n")
    done = compiler.run("lint", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    done = compiler.run("lint", manifest)
    assert done.returncode == 1


def test_build_and_serve(compiler, tmp_path):
    """A server from a manifest, with what it imports from the other ConfigMap."""
    path = tmp_path / "coredns.yaml"
    path.write_text(
        HEAD
        + "  Corefile: |\n    import custom/*.server\n---\n"
        + HEAD.replace("coredns", "coredns-custom")
        + '  a.server: ".:1053 {\\n\\twhoami\\n}\\n"\n'
    )
    out = tmp_path / "dns"
    done = compiler.run("build", "-o", out, path)
    assert (done.returncode, done.stderr) == (0, "")
    shown = subprocess.run([out, "-corefile"], capture_output=True, text=True, timeout=60)
    assert shown.stdout == "import custom/*.server\n"
    text = compiler.run("build", "-C", path).stdout
    assert '#line 14 "coredns.yaml"' in text and '\t.file = "coredns.yaml",\n\t.line = 14,' in text


@pytest.mark.parametrize("name", ["aks", "k3s", "kubeadm", "nodelocal", "openshift", "small"])
def test_formatting_keeps_the_plan(compiler, root, tmp_path, name):
    path = tmp_path / "coredns.yaml"
    before = (root / "tests" / "golden" / "manifests" / f"{name}.yaml").read_text()
    path.write_text(before)
    old = tmp_path / "old.yaml"
    old.write_text(before)
    assert compiler.run("fmt", "-w", path).returncode == 0
    assert compiler.run("fmt", "--check", path).returncode == 0
    objects = [list(yaml.safe_load_all(text)) for text in (before, path.read_text())]
    for documents in objects:
        for document in documents:
            for item in document.get("items", [document]):
                for key in list(item.get("data", {})):
                    if key == "Corefile" or key.endswith(".server"):
                        del item["data"][key]
    assert objects[0] == objects[1]
    done = compiler.run("diff", old, path)
    assert (done.returncode, done.stdout) == (0, "")


def limits():
    yield "[" * 1_000_000, "values are nested deeper than 100 levels"
    yield "\n  " + "- " * 200_000, "values are nested deeper than 100 levels"
    yield "[" + "x," * 5_000_000 + "]", "has more than 4000000 values"
    bomb = "\n".join(f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]" for i in range(20))
    yield "&a [x]\n" + bomb, None


@pytest.mark.parametrize("number", range(4))
def test_hostile_yaml_is_bounded(compiler, tmp_path, number):
    text, fault = list(limits())[number]
    path = tmp_path / "coredns.yaml"
    path.write_text(f"a: {text}\n{FAULTY}")
    done = compiler.run("lint", path)
    if fault is None:
        assert "unknown directive 'cahce'" in done.stderr
    else:
        assert done.returncode == 2 and fault in done.stderr


def test_many_corefiles(compiler, tmp_path):
    path = tmp_path / "coredns.yaml"
    one = HEAD.replace("coredns", "coredns{}") + "  Corefile: |\n    . {{\n        whoami\n    }}\n"
    path.write_text("---\n".join(one.format(i) for i in range(1000)))
    assert compiler.run("lint", path).returncode == 0
    path.write_text("---\n".join(one.format(i) for i in range(1001)))
    done = compiler.run("lint", path)
    assert done.returncode == 2 and "holds more than 1000 Corefiles" in done.stderr


@pytest.mark.parametrize("style", ["|", "'", '"', ">", None])
def test_places_with_another_writer(compiler, tmp_path, style):
    """What PyYAML writes in any style: each report stands at its word."""
    corefile = ". {\n\tcahce 30\n\n    \terorrs # it's \"quoted\" \\ here: é\n\tforward . 192.0.2.53\n}\n"
    path = tmp_path / "coredns.yaml"
    data = {"kind": "ConfigMap", "metadata": {"name": "coredns"}, "data": {"Corefile": corefile}}
    text = yaml.dump(data, default_style=style, allow_unicode=style == "|", width=40)
    path.write_text(text)
    done = compiler.run("lint", "-f", "gcc", path)
    places = [line.split(":")[1:3] for line in done.stdout.splitlines() if "unknown directive" in line]
    assert len(places) == 2
    lines = path.read_bytes().split(b"\n")
    for (line, column), word in zip(places, (b"cahce", b"erorrs")):
        assert lines[int(line) - 1][int(column) - 1 :].startswith(word)
