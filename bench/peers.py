"""The servers that are compared: how each is configured, started and recognised as ready.

A peer gets a folder, a port and the data of a scenario, writes its configuration there, and is one
process with one worker thread, as far as it can be told so.  Nothing is installed here; a
peer whose program is not on the machine is left out, and the table says so.
"""

import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import time

START_SECONDS = 60


def ask(port, name, seconds=0.2, qtype=1):
    """Whether something on the port answers a question about name."""
    labels = b"".join(bytes([len(x)]) + x.encode() for x in name.strip(".").split("."))
    query = struct.pack("!6H", 4242, 0x100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", qtype, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(seconds)
        try:
            sock.connect(("127.0.0.1", port))
            sock.send(query)
            reply = sock.recv(4096)
        except OSError:
            return False
    return len(reply) >= 12 and reply[:2] == query[:2] and reply[3] & 15 in (0, 3)


class Peer:
    """name: as in tables.  program: what must be installed."""

    name = program = ""

    def __init__(self, folder, port, zone=None, upstream=None):
        self.folder = pathlib.Path(folder)
        self.port = port
        self.zone = zone  # path of a master file for example.org.
        self.upstream = upstream  # port of a server to forward to
        self.process = None
        self.start_seconds = None

    @classmethod
    def installed(cls):
        return shutil.which(cls.program, path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")

    def write(self, name, text):
        (self.folder / name).write_text(text)
        return self.folder / name

    def command(self):
        raise NotImplementedError

    def start(self, core, probe):
        """Starts it on a core and waits until it answers for the name `probe`."""
        self.folder.mkdir(parents=True)
        command = ["taskset", "-c", str(core), *map(str, self.command())]
        began = time.monotonic()
        with open(self.folder / "output", "wb") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)
        while not ask(self.port, probe):
            if self.process.poll() is not None or time.monotonic() - began > START_SECONDS:
                raise RuntimeError(f"{self.name}: " + (self.folder / "output").read_text()[-2000:])
            time.sleep(0.002)
        self.start_seconds = time.monotonic() - began
        return self

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def processes(self):
        """Ids of the process and of those that it started."""
        out, todo = [], [self.process.pid]
        while todo:
            parent = todo.pop()
            try:
                children = pathlib.Path(f"/proc/{parent}/task/{parent}/children").read_text()
            except OSError:
                continue  # it has just ended
            out.append(parent)
            todo += [int(x) for x in children.split()]
        return out

    def memory_kib(self):
        """Of all its processes; what they share counts once (PSS)."""
        total = 0
        for pid in self.processes():
            for line in open(f"/proc/{pid}/smaps_rollup"):
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        return total


class Echo(Peer):
    name = "echo"
    program = "true"
    path = None

    def command(self):
        return [self.path, self.port]


class Corefilec(Peer):
    """A server that corefilec built from self.corefile."""

    name = "corefilec"
    program = "true"
    compiler = None
    flags = ("--release",)
    corefile = ""

    def command(self):
        text = self.corefile.format(port=self.port, zone=self.zone, upstream=self.upstream,
                                    metrics=self.port + 1)
        self.write("Corefile", text)
        subprocess.run([self.compiler, "build", *self.flags, "-o", "dns", "Corefile"],
                       cwd=self.folder, check=True)
        return ["./dns"]


class CorefilecPair(Corefilec):
    """Two servers of one worker on one port, one on each core: what two workers may cost at most."""

    name = "corefilec, two processes, two cores"
    second = None

    def start(self, core, probe):
        super().start(core, probe)
        with open(self.folder / "second", "wb") as log:
            self.second = subprocess.Popen(["taskset", "-c", str(1 - core), "./dns"], cwd=self.folder,
                                           stdout=subprocess.PIPE, stderr=log)
        self.second.stdout.readline()  # the banner: it serves
        return self

    def stop(self):
        super().stop()
        if self.second is not None:
            self.second.terminate()
            self.second.communicate()

    def processes(self):
        return super().processes() + [self.second.pid]


class CoreDNS(Peer):
    name = "CoreDNS"
    program = os.environ.get("COREDNS", "coredns")
    corefile = ""

    def command(self):
        text = self.corefile.format(port=self.port, zone=self.zone, upstream=self.upstream,
                                    metrics=self.port + 1)
        return ["env", "GOMAXPROCS=1", self.program, "-conf", self.write("Corefile", text)]


class Knot(Peer):
    name = "Knot DNS"
    program = "knotd"

    def command(self):
        run = self.folder
        return ["knotd", "-c", self.write("knot.conf", f"""
server:
    rundir: "{run}"
    user: root:root
    listen: 127.0.0.1@{self.port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
    tcp-max-clients: 1000
database:
    storage: "{run}"
log:
  - target: stdout
    any: error
zone:
  - domain: example.org
    file: "{self.zone}"
    zonefile-sync: -1
    journal-content: none
""")]


class Nsd(Peer):
    name = "NSD"
    program = "nsd"

    def command(self):
        run = self.folder
        return ["nsd", "-d", "-c", self.write("nsd.conf", f"""
server:
    server-count: 1
    ip-address: 127.0.0.1@{self.port}
    username: ""
    zonesdir: "{run}"
    pidfile: "{run}/pid"
    xfrdfile: "{run}/xfrd"
    zonelistfile: "{run}/zones"
    logfile: "{run}/log"
    database: ""
    tcp-count: 1000
    rrl-ratelimit: 0
remote-control:
    control-enable: no
zone:
    name: example.org
    zonefile: "{self.zone}"
""")]


class Bind(Peer):
    name = "BIND 9"
    program = "named"

    def command(self):
        run = self.folder
        return ["named", "-g", "-n", "1", "-c", self.write("named.conf", f"""
options {{
    directory "{run}";
    pid-file "{run}/pid";
    session-keyfile "{run}/key";
    listen-on port {self.port} {{ 127.0.0.1; }};
    listen-on-v6 {{ none; }};
    recursion no;
    minimal-responses yes;
    tcp-clients 1000;
}};
controls {{ }};
zone "example.org" {{ type primary; file "{self.zone}"; }};
""")]


class Unbound(Peer):
    name = "Unbound"
    program = "unbound"

    def command(self):
        run = self.folder
        return ["unbound", "-d", "-c", self.write("unbound.conf", f"""
server:
    interface: 127.0.0.1@{self.port}
    do-daemonize: no
    chroot: ""
    username: ""
    directory: "{run}"
    pidfile: "{run}/pid"
    num-threads: 1
    so-reuseport: yes
    do-not-query-localhost: no
    module-config: "iterator"
    use-syslog: no
    verbosity: 0
    rrset-roundrobin: yes
    outgoing-range: 4096
    num-queries-per-thread: 2048
    local-zone: "example.org." nodefault
remote-control:
    control-enable: no
forward-zone:
    name: "."
    forward-addr: 127.0.0.1@{self.upstream}
""")]


class Dnsdist(Peer):
    name = "dnsdist"
    program = "dnsdist"
    cached = True

    def command(self):
        cache = """
pc = newPacketCache(100000, {maxTTL=86400})
getPool(""):setCache(pc)
""" if self.cached else ""
        return ["dnsdist", "--supervised", "-C", self.write("dnsdist.conf", f"""
setLocal("127.0.0.1:{self.port}")
newServer({{address="127.0.0.1:{self.upstream}", healthCheckMode="up"}})
setMaxUDPOutstanding(65535)
{cache}
""")]


class Recursor(Peer):
    name = "PowerDNS Recursor"
    program = "pdns_recursor"

    def command(self):
        run = self.folder
        self.write("recursor.conf", f"""
local-address=127.0.0.1
local-port={self.port}
socket-dir={run}
threads=1
pdns-distributes-queries=no
forward-zones-recurse=.=127.0.0.1:{self.upstream}
dnssec=off
dont-query=
disable-syslog=yes
loglevel=3
query-local-address=127.0.0.1
write-pid=no
packetcache-ttl=86400
""")
        return ["pdns_recursor", f"--config-dir={run}", "--daemon=no"]


class Dnsmasq(Peer):
    name = "dnsmasq"
    program = "dnsmasq"
    hosts = None

    def command(self):
        return ["dnsmasq", "-k", "-C", "/dev/null", f"--port={self.port}", "--bind-interfaces",
                "--listen-address=127.0.0.1", "--no-resolv", "--no-hosts", "--user=root",
                f"--addn-hosts={self.hosts}", f"--pid-file={self.folder}/pid", "--local=/example.org/"]
