"""An Asterisk, AMI and SIPp phones for record.py. The tests have their own of each in Rust: tests/integration/asterisk."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PATIENCE = 10  # seconds that anything awaited may take

next_port = 10000 + os.getpid() % 1000 * 16


def free_ports(count):
    """The first of so many ports in a row that nobody has, UDP or TCP; below those that the kernel gives to clients, as a
    client of a port where nobody listens may be given that very port and talk to itself."""
    global next_port
    while True:
        first = next_port
        next_port = 10000 if next_port + 2 * count > 32000 else next_port + count + count % 2
        try:
            for port in range(first, first + count):
                for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                    with socket.socket(socket.AF_INET, kind) as one:
                        one.bind(("127.0.0.1", port))
            return first
        except OSError:
            pass


class Asterisk:
    """One instance in the root, with folders and ports of its own."""

    def __init__(self, root, boot=True):
        self.root = root
        self.dir = Path(tempfile.mkdtemp(prefix="switchboard-asterisk-"))
        self.dir.chmod(0o755)
        for name in ("etc", "lib/moh", "spool", "run", "log"):
            (self.dir / name).mkdir(parents=True)
        self.ami = free_ports(4)
        self.tls, self.sip = self.ami + 1, self.ami + 2
        rtp = free_ports(64)
        words = {"@DIR@": "/mnt", "@AMI_PORT@": self.ami, "@AMI_TLS_PORT@": self.tls, "@SIP_PORT@": self.sip,
                 "@RTP_FIRST@": rtp, "@RTP_LAST@": rtp + 63}
        for source in (HERE / "config").iterdir():
            text = source.read_text()
            for word, value in words.items():
                text = text.replace(word, str(value))
            (self.dir / "etc" / source.name).write_text(text)
        self.start(boot)

    def start(self, boot=True):
        script = 'mount --bind "$1" "$2/mnt" && mount -t proc proc "$2/proc" && exec chroot "$2" asterisk -f -C /mnt/etc/asterisk.conf'
        self.process = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script, "sh", str(self.dir), self.root],
            stdout=open(self.dir / "log/out", "a"), stderr=subprocess.STDOUT, start_new_session=True)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.ami)).close()
                if not boot:
                    return
                ami = Ami(self.ami, "tester")
                ami.wait("Event: FullyBooted")
                ami.close()
                return
            except OSError:
                time.sleep(0.02)
        raise SystemExit((self.dir / "log/out").read_text())

    def kill(self):
        self.process.kill()
        self.process.wait()

    def close(self):
        self.kill()
        shutil.rmtree(self.dir, ignore_errors=True)


class Ami:
    """A connection that keeps every byte."""

    def __init__(self, port, user="everything", secret=None, login=True, events="on"):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.bytes, self.closed = b"", False
        self.changed = threading.Condition()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()
        self.number = 0
        if login:
            answer = self.ask("Login", Username=user, Secret=secret or f"{user}-secret", Events=events)
            assert "Success" in answer, answer

    def _read(self):
        while True:
            try:
                data = self.socket.recv(65536)
            except OSError:
                data = b""
            with self.changed:
                self.bytes += data
                self.closed = not data
                self.changed.notify_all()
            if not data:
                return

    def wait(self, pattern, after=0, patience=PATIENCE):
        """Waits for a message that has the pattern (dot matches line ends within a message)."""
        wanted = re.compile(pattern if isinstance(pattern, bytes) else pattern.encode(), re.S)
        end = time.monotonic() + patience
        with self.changed:
            while True:
                place = after
                for message in self.bytes[after:].split(b"\r\n\r\n")[:-1]:
                    place += len(message) + 4
                    if wanted.search(message):
                        return message.decode(errors="replace"), place
                left = end - time.monotonic()
                if left <= 0 or self.closed:
                    raise TimeoutError(f"no {pattern}; closed={self.closed}\n" + self.bytes[after:].decode(errors="replace")[-6000:])
                self.changed.wait(left)

    def send(self, text):
        self.socket.sendall(text if isinstance(text, bytes) else text.encode())

    def ask(self, action, patience=PATIENCE, extra="", **headers):
        """Sends an action, answers the response (and the list that follows it, when there is one)."""
        self.number += 1
        id = f"{action.lower()}-{self.number}"
        with self.changed:
            start = len(self.bytes)
        lines = [f"Action: {action}", f"ActionID: {id}"] + [f"{k.replace('_', '-')}: {v}" for k, v in headers.items()]
        self.send("\r\n".join(lines) + "\r\n" + extra + "\r\n")
        answer, place = self.wait(rf"(^|\n)Response:.*ActionID: {re.escape(id)}(\r|$)|(^|\n)Response: Goodbye", start, patience)
        if "EventList: start" in answer:
            self.wait(rf"ActionID: {re.escape(id)}\r.*EventList: [Cc]", start, patience)
        return answer

    def close(self):
        self.socket.close()


HEADER = r"(?im)^%s\s*:\s*(.*?)\r?$"


def header(message, name):
    found = re.search(HEADER % re.escape(name), message)
    return found.group(1) if found else None


class Phone:
    """A registered phone: SIPp processes, and a relay between them and Asterisk that sees every message and tells SIPp what
    to do next, by a request of its own (X-ANSWER, X-HOLD …) within the call."""

    def __init__(self, asterisk, extension, register=True):
        self.asterisk, self.extension = asterisk, extension
        self.out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)  # faces Asterisk
        self.out.bind(("127.0.0.1", 0))
        self.inner = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)  # faces SIPp
        self.inner.bind(("127.0.0.1", 0))
        self.port = self.inner.getsockname()[1]
        self.changed = threading.Condition()
        self.seen = []  # (direction, text)
        self.owner = {}  # Call-ID -> address of the SIPp process
        self.processes = []
        self.dir = asterisk.dir / f"phone-{extension}-{self.port}"
        self.dir.mkdir()
        (self.dir / "silence.ulaw").write_bytes(b"\xff" * 8000)
        self.callee_at = self.texts_at = None
        threading.Thread(target=self._from_asterisk, daemon=True).start()
        threading.Thread(target=self._from_sipp, daemon=True).start()
        self.trigger = 0
        if register:
            self.register()
            self.callee_at = self.spawn("callee")
            self.texts_at = self.spawn("texts")

    def spawn(self, scenario, *args, service=None):
        port = free_ports(6)  # its own, and two for audio, two for video
        media = port + 2
        process = subprocess.Popen(
            ["sipp", f"127.0.0.1:{self.port}", "-sf", str(HERE / f"sipp/{scenario}.xml"), "-i", "127.0.0.1", "-p", str(port),
             "-mp", str(media), "-nostdin", "-aa", "-nd", "-s", service or self.extension, "-au", self.extension,
             "-ap", f"phone-{self.extension}", *args],
            cwd=self.dir, stdin=subprocess.DEVNULL, stdout=open(self.dir / f"{scenario}.out", "w"), stderr=subprocess.STDOUT)
        self.processes.append(process)
        if scenario in ("callee", "texts"):
            end = time.monotonic() + PATIENCE
            wanted = f":{port:04X} "
            while time.monotonic() < end and process.poll() is None:
                if wanted in Path("/proc/net/udp").read_text():
                    break
                time.sleep(0.01)
            return ("127.0.0.1", port)
        return process

    def register(self):
        process = self.spawn("register", "-m", "1", "-key", "expires", "600")
        assert process.wait(PATIENCE) == 0, (self.seen, (self.dir / "register.out").read_text())

    def _note(self, direction, text):
        with self.changed:
            self.seen.append((direction, text))
            self.changed.notify_all()

    def _from_asterisk(self):
        while True:
            data, _ = self.out.recvfrom(65536)
            text = data.decode(errors="replace")
            id = header(text, "Call-ID")
            self._note("in", text)
            to = self.owner.get(id)
            if to is None:
                to = self.texts_at if text.startswith("MESSAGE ") else self.callee_at
            if to and not text.startswith(("OPTIONS ",)):
                self.owner[id] = to
                self.inner.sendto(data, to)

    def _from_sipp(self):
        while True:
            data, source = self.inner.recvfrom(65536)
            text = data.decode(errors="replace")
            self.owner[header(text, "Call-ID")] = source
            self._note("out", text)
            self.out.sendto(data, ("127.0.0.1", self.asterisk.sip))

    def wait(self, direction, pattern, after=0, id="", patience=PATIENCE):
        end = time.monotonic() + patience
        with self.changed:
            while True:
                for place, (way, text) in enumerate(self.seen[after:], after):
                    if way == direction and id in text and re.match(pattern, text, re.S):
                        return text, place + 1
                left = end - time.monotonic()
                if left <= 0:
                    raise TimeoutError(f"{self.extension}: no {direction} {pattern}\n" + "\n".join(f"<{w}> {t}" for w, t in self.seen[after:]))
                self.changed.wait(left)

    def tell(self, call, what, effect, *lines):
        """Tells the SIPp process that has the call what to do, until the effect is seen: while SIPp is between two steps it
        drops what comes."""
        after, end = len(self.seen), time.monotonic() + PATIENCE
        while True:
            self.trigger += 1
            text = f"{what} sip:phone@127.0.0.1 SIP/2.0\r\n"
            text += "".join(f"{name}: {header(call.invite, name)}\r\n" for name in ("Via", "From", "To", "Call-ID", "CSeq"))
            text += "".join(f"{line}\r\n" for line in lines) + f"X-Number: {self.trigger}\r\nContent-Length: 0\r\n\r\n"
            self.inner.sendto(text.encode(), self.owner[call.id])
            try:
                return self.wait("out", effect, after, call.id, 0.05)[1]
            except TimeoutError:
                if time.monotonic() > end:
                    raise

    def rings(self, after=0):
        """Waits for a call to come in."""
        text, place = self.wait("in", r"INVITE ", after)
        self.wait("out", r"SIP/2.0 180", place)
        return Call(self, text)

    def calls(self, number):
        after = len(self.seen)
        self.spawn("caller", "-m", "1", "-set", "user", self.extension, service=number)
        text, _ = self.wait("out", r"INVITE .*Authorization:" if self.extension.startswith("6") else "INVITE ", after)
        return Call(self, text, out=True)

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
        self.out.close()
        self.inner.close()


class Call:
    def __init__(self, phone, invite, out=False):
        self.phone, self.invite, self.id, self.out = phone, invite, header(invite, "Call-ID"), out

    def _wait(self, direction, pattern, after=0):
        return self.phone.wait(direction, pattern, after, self.id)

    def tell(self, what, effect, *lines):
        return self.phone.tell(self, what, effect, *lines)

    def answer(self):
        self._wait("in", "ACK ", self.tell("X-ANSWER", "SIP/2.0 200"))

    def reject(self, how="BUSY"):
        self._wait("in", "ACK ", self.tell(f"X-{how}", "SIP/2.0 [46]"))

    def answered(self):
        answer, place = self._wait("in", r"SIP/2.0 200 [^\r]*\r.*CSeq: \d+ INVITE")
        self._wait("out", "ACK ", place)
        return answer

    def ringing(self):
        self._wait("in", "SIP/2.0 18[03]")

    def failed(self):
        return self._wait("in", r"SIP/2.0 (?!401)[3-6]\d\d ")[0].split("\r")[0]

    def give_up(self):
        self._wait("in", "SIP/2.0 487", self.tell("X-GIVE-UP", "CANCEL "))

    def hangup(self):
        self._wait("in", "SIP/2.0 200", self.tell("X-HANGUP", "BYE "))

    def hold(self):
        self._wait("out", "ACK ", self.tell("X-HOLD", "INVITE "))

    def resume(self):
        self._wait("out", "ACK ", self.tell("X-RESUME", "INVITE "))

    def refer(self, target):
        place = self.tell("X-TRANSFER", "REFER ", f"Refer-To: <sip:{target}>")
        self._wait("in", r"NOTIFY .*\r\n\r\nSIP/2.0 (180|200)", place)
        self.hangup()

    def transfer(self, number):
        """Blind: whom this call has goes to the number."""
        self.refer(f"{number}@127.0.0.1")

    def transfer_to(self, other, number):
        """Attended: joins whom this call has with whom `other` has."""
        tag = lambda name: re.search(r"tag=([^;\r>]*)", header(other.answered(), name)).group(1)
        replaces = f"{other.id}%3Bto-tag%3D{tag('To')}%3Bfrom-tag%3D{tag('From')}".replace("@", "%40")
        self.refer(f"{number}@127.0.0.1?Replaces={replaces}")

    def ended(self):
        self._wait("in", "(BYE|CANCEL) ")
