#!/usr/bin/env python3
"""Plays calls on a real Asterisk with SIPp phones and records what the manager interface sends.

usage: record.py <root of a provisioned Asterisk> <folder for the recordings> [scenario …]
"""
import os, re, shutil, signal, socket, subprocess, sys, tempfile, threading, time
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
PATIENCE = 10


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
             "-mp", str(media), "-nostdin", "-aa", "-nd", "-trace_err", "-s", service or self.extension, "-au", self.extension,
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
        process = self.spawn("register", "-m", "1")
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

    def hangup_or_ended(self):
        """After a transfer either side may be the first to say good-bye."""
        try:
            self.phone.wait("in", "BYE ", 0, self.id, 0.5)
        except TimeoutError:
            self.hangup()

    def hold(self):
        self._wait("out", "ACK ", self.tell("X-HOLD", "INVITE "))

    def resume(self):
        self._wait("out", "ACK ", self.tell("X-RESUME", "INVITE "))

    def refer(self, target):
        self._wait("in", "SIP/2.0 202", self.tell("X-TRANSFER", "REFER ", f"Refer-To: <sip:{target}>"))

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


class World:
    """An instance of its own, two recording connections (one that sees all, one with the least rights) and phones."""

    def __init__(self, root, boot):
        self.asterisk = Asterisk(root, boot)
        self.phones = {}
        self.all = self.least = None
        self.ended = False

    def phone(self, extension):
        if extension not in self.phones:
            self.phones[extension] = Phone(self.asterisk, extension)
        return self.phones[extension]

    def listen(self):
        self.least = Ami(self.asterisk.ami, "switchboard", "ami-secret")
        self.all = Ami(self.asterisk.ami)
        for ami in (self.least, self.all):
            for action in SEEDS:
                ami.ask(action)

    def event(self, pattern, after=0):
        return self.all.wait(pattern, after)

    def originate(self, channel, exten, **more):
        return self.all.ask("Originate", patience=40, **{"Channel": channel, "Context": "from-internal", "Exten": exten,
                            "Priority": 1, "Timeout": 30000, "Callerid": exten, "Async": "true", **more})

    def settled(self):
        """Every channel is gone, and both connections have heard all there was."""
        if self.ended:
            return
        end = time.monotonic() + PATIENCE
        while "ListItems: 0" not in self._channels():
            assert time.monotonic() < end, "channels are left"
        for ami in (self.least, self.all):
            ami.ask("Ping")
            ami.ask("Logoff")

    def _channels(self):
        self.control = getattr(self, "control", None) or Ami(self.asterisk.ami, "tester", events="off")
        start = len(self.control.bytes)
        self.control.ask("CoreShowChannels")
        return self.control.wait("CoreShowChannelsComplete", start)[0]

    def close(self):
        for phone in self.phones.values():
            phone.close()
        self.asterisk.close()


SEEDS = ["CoreSettings", "CoreStatus", "DeviceStateList", "ExtensionStateList", "CoreShowChannels", "Status", "BridgeList",
         "QueueStatus", "QueueSummary"]
SCENARIOS = {}


def scenario(*extensions):
    """A recorded play with these phones registered before the recording begins."""
    def take(function):
        SCENARIOS[function.__name__.replace("_", "-")] = (extensions, function)
        return function
    return take


@scenario("6001")
def seed(w):
    """ListCommands besides what every recording begins with."""
    for ami in (w.least, w.all):
        ami.ask("ListCommands")
        ami.ask("QueueStatus", Queue="support")
        ami.ask("PJSIPShowEndpoints")


@scenario()
def boot(w):
    """Asked while the modules are still being loaded."""
    w.all.ask("MessageSend", To="pjsip:6001", Body="x")
    w.originate("PJSIP/6001", "6002")
    w.event("Event: FullyBooted")


@scenario("6001", "6002")
def restart_mid_call(w):
    """`core restart now` while 6001 talks with 6002, up to the end of the connection."""
    call = w.phone("6001").calls("6002")
    other = w.phone("6002").rings()
    other.answer()
    call.answered()
    w.event("Event: BridgeEnter.*BridgeNumChannels: 2")
    control = Ami(w.asterisk.ami, "tester", events="off")
    control.send("Action: Command\r\nCommand: core restart now\r\n\r\n")
    for ami in (w.least, w.all):
        ami.thread.join(PATIENCE)
    w.ended = True


@scenario("6001", "6002")
def originate_answered(w):
    """Click to call: 6001 answers, 6002 answers, 6002 hangs up."""
    w.originate("PJSIP/6001", "6002")
    own = w.phone("6001").rings()
    own.answer()
    other = w.phone("6002").rings()
    other.answer()
    w.event("Event: BridgeEnter.*BridgeNumChannels: 2")
    other.hangup()
    own.ended()


@scenario("6001", "6002")
def originate_sync(w):
    """The same without Async: the response comes when 6001 answered."""
    thread = threading.Thread(target=lambda: w.originate("PJSIP/6001", "6002", Async="false"))
    thread.start()
    own = w.phone("6001").rings()
    own.answer()
    thread.join()
    other = w.phone("6002").rings()
    other.answer()
    w.event("Event: BridgeEnter.*BridgeNumChannels: 2")
    own.hangup()
    other.ended()


@scenario("6001", "6002")
def originate_channel_id(w):
    """The same with ChannelId switchboard-1."""
    w.originate("PJSIP/6001", "6002", ChannelId="switchboard-1")
    own = w.phone("6001").rings()
    own.answer()
    other = w.phone("6002").rings()
    other.answer()
    w.event("Event: BridgeEnter.*BridgeNumChannels: 2")
    own.hangup()
    other.ended()


@scenario("6001", "6002")
def originate_local(w):
    """As FreePBX's users write it: Local/6001@from-internal, with a ChannelId for each half."""
    w.originate("Local/6001@from-internal", "6002", ChannelId="switchboard-1", OtherChannelId="switchboard-2")
    own = w.phone("6001").rings()
    own.answer()
    other = w.phone("6002").rings()
    other.answer()
    w.event("Event: BridgeEnter.*PJSIP/6002")
    w.event("Event: (LocalOptimizationEnd)")
    other.hangup()
    own.ended()


@scenario("6001")
def originate_local_busy(w):
    """Local/6001@from-internal, and 6001 is busy."""
    w.originate("Local/6001@from-internal", "6002")
    w.phone("6001").rings().reject()
    w.event("Event: OriginateResponse")


@scenario("6001")
def originate_local_no_answer(w):
    """Local/6001@from-internal, and 6001 rings until the originate's timeout of 2 s."""
    w.originate("Local/6001@from-internal", "6002", Timeout=2000)
    w.phone("6001").rings().ended()
    w.event("Event: OriginateResponse")


@scenario()
def originate_local_unregistered(w):
    """Local/6001@from-internal, and 6001 is not registered."""
    w.originate("Local/6001@from-internal", "6002")
    w.event("Event: OriginateResponse")


@scenario()
def originate_local_unknown(w):
    """Local/6999@from-internal: no such extension."""
    w.originate("Local/6999@from-internal", "6002")
    w.event("Event: OriginateResponse")


@scenario("6001")
def own_no_answer(w):
    """6001 rings until the originate's timeout of 2 s."""
    w.originate("PJSIP/6001", "6002", Timeout=2000)
    w.phone("6001").rings().ended()
    w.event("Event: OriginateResponse")


@scenario("6001")
def own_no_answer_sync(w):
    """The same without Async."""
    w.originate("PJSIP/6001", "6002", Timeout=2000, Async="false")


@scenario("6001")
def own_busy(w):
    """6001 answers 486."""
    w.originate("PJSIP/6001", "6002")
    w.phone("6001").rings().reject()
    w.event("Event: OriginateResponse")


@scenario("6001")
def own_declines(w):
    """6001 answers 603."""
    w.originate("PJSIP/6001", "6002")
    w.phone("6001").rings().reject("DECLINE")
    w.event("Event: OriginateResponse")


@scenario("6001")
def own_unavailable(w):
    """6001 answers 480."""
    w.originate("PJSIP/6001", "6002")
    w.phone("6001").rings().reject("UNAVAILABLE")
    w.event("Event: OriginateResponse")


@scenario()
def own_unregistered(w):
    """6001 is not registered."""
    w.originate("PJSIP/6001", "6002")
    w.event("Event: OriginateResponse")


@scenario()
def own_unknown(w):
    """PJSIP/6999: no such endpoint."""
    w.originate("PJSIP/6999", "6002")
    w.event("Event: OriginateResponse")


@scenario("6001", "6002")
def other_busy(w):
    """6001 answers, 6002 answers 486."""
    w.originate("PJSIP/6001", "6002")
    own = w.phone("6001").rings()
    own.answer()
    w.phone("6002").rings().reject()
    own.ended()


@scenario("6001", "6002")
def other_refused(w):
    """6001 answers, 6002 answers 603."""
    w.originate("PJSIP/6001", "6002")
    own = w.phone("6001").rings()
    own.answer()
    w.phone("6002").rings().reject("DECLINE")
    own.ended()


@scenario("6001")
def other_unknown(w):
    """6999 is in no dial plan: nobody rings."""
    w.originate("PJSIP/6001", "6999")


@scenario("6001")
def other_unregistered(w):
    """6001 answers; 6002 is not registered."""
    w.originate("PJSIP/6001", "6002")
    own = w.phone("6001").rings()
    own.answer()
    own.ended()


@scenario("6001", "6008")
def other_no_answer(w):
    """6001 answers; 6008 rings for the 3 s that the dial plan gives it."""
    w.originate("PJSIP/6001", "6008")
    own = w.phone("6001").rings()
    own.answer()
    w.phone("6008").rings().ended()
    own.ended()


@scenario("6001", "6002")
def hung_up_while_ringing(w):
    """6001 answers, 6002 rings, 6001 hangs up."""
    w.originate("PJSIP/6001", "6002")
    own = w.phone("6001").rings()
    own.answer()
    other = w.phone("6002").rings()
    w.event("Event: Newstate.*ChannelStateDesc: Ringing.*PJSIP/6002|Event: Newstate.*PJSIP/6002.*Ringing")
    own.hangup()
    other.ended()


@scenario("6001")
def announcement(w):
    """6001 answers and hears 291."""
    w.originate("PJSIP/6001", "291")
    own = w.phone("6001").rings()
    own.answer()
    w.event("Event: Newexten.*Application: Wait")
    own.hangup()


@scenario("trunk")
def external_announcement(w):
    """The second story of eeCallUs: an external number is called and hears 291."""
    w.originate("Local/0240404040@from-internal", "291")
    outside = w.phone("trunk").rings()
    outside.answer()
    w.event("Event: Newexten.*Application: Wait")
    outside.hangup()


@scenario("6001", "trunk")
def external_to_internal(w):
    """The first: Local/0240404040 is called, then 6001."""
    w.originate("Local/0240404040@from-internal", "6001")
    outside = w.phone("trunk").rings()
    outside.answer()
    own = w.phone("6001").rings()
    own.answer()
    w.event("Event: LocalOptimizationEnd")
    own.hangup()
    outside.ended()


@scenario("6001", "trunk")
def internal_to_external(w):
    """6001 answers, then an external number is called and answers."""
    w.originate("PJSIP/6001", "0240404040")
    own = w.phone("6001").rings()
    own.answer()
    outside = w.phone("trunk").rings()
    outside.answer()
    w.event("Event: BridgeEnter.*BridgeNumChannels: 2")
    outside.hangup()
    own.ended()


def outside_call(w, number):
    trunk = w.phone("trunk")
    after = len(trunk.seen)
    trunk.spawn("caller", "-m", "1", "-set", "user", "0240404040", service=number)
    return Call(trunk, trunk.wait("out", "INVITE ", after)[0], out=True)


@scenario("6001", "trunk")
def trunk_inbound(w):
    """0240404040 calls 0299996001 through the trunk, 6001 answers."""
    outside = outside_call(w, "0299996001")
    own = w.phone("6001").rings()
    own.answer()
    outside.answered()
    w.event("Event: BridgeEnter.*BridgeNumChannels: 2")
    outside.hangup()
    own.ended()


@scenario("6001", "6002")
def plain_call(w):
    """6001 calls 6002, who answers and hangs up."""
    call = w.phone("6001").calls("6002")
    other = w.phone("6002").rings()
    call.ringing()
    other.answer()
    call.answered()
    w.event("Event: BridgeEnter.*BridgeNumChannels: 2")
    other.hangup()
    call.ended()


@scenario("6001", "6002")
def plain_call_busy(w):
    """6001 calls 6002, who is busy."""
    call = w.phone("6001").calls("6002")
    w.phone("6002").rings().reject()
    call.failed()


@scenario("6001", "6002")
def plain_call_given_up(w):
    """6001 calls 6002 and gives up while it rings."""
    call = w.phone("6001").calls("6002")
    other = w.phone("6002").rings()
    call.ringing()
    call.give_up()
    other.ended()


@scenario("6001", "6002")
def hold(w):
    """6001 calls 6002, holds, takes back; 6002 does the same."""
    call = w.phone("6001").calls("6002")
    other = w.phone("6002").rings()
    other.answer()
    call.answered()
    call.hold()
    _, place = w.event("Event: Hold")
    call.resume()
    _, place = w.event("Event: Unhold", place)
    other.hold()
    _, place = w.event("Event: Hold", place)
    other.resume()
    w.event("Event: Unhold", place)
    call.hangup()
    other.ended()


@scenario("6001", "6002", "6003")
def blind_transfer(w):
    """6001 calls 6002, who sends the call on to 6003."""
    call = w.phone("6001").calls("6002")
    middle = w.phone("6002").rings()
    middle.answer()
    call.answered()
    middle.transfer("6003")
    middle.hangup_or_ended()
    last = w.phone("6003").rings()
    last.answer()
    w.event("Event: BridgeEnter.*PJSIP/6003")
    last.hangup()
    call.ended()


@scenario("6001", "6002", "6003")
def attended_transfer(w):
    """6001 calls 6002, who asks 6003 first and joins them."""
    call = w.phone("6001").calls("6002")
    middle = w.phone("6002").rings()
    middle.answer()
    call.answered()
    middle.hold()
    asking = w.phone("6002").calls("6003")
    last = w.phone("6003").rings()
    last.answer()
    asking.answered()
    middle.transfer_to(asking, "6003")
    w.event("Event: AttendedTransfer")
    middle.hangup_or_ended()
    last.hangup()
    call.ended()


@scenario("6001", "6002", "6003")
def blind_transfer_given_up(w):
    """6001 calls 6002, who holds and sends the call on to 6003; 6001 hangs up while that rings."""
    call = w.phone("6001").calls("6002")
    middle = w.phone("6002").rings()
    middle.answer()
    call.answered()
    middle.hold()
    middle.transfer("6003")
    middle.hangup_or_ended()
    w.phone("6003").rings()
    call.hangup()


@scenario("6001", "6002", "6003")
def pickup_group(w):
    """6001 calls 6002; 6003 takes it with *8."""
    call = w.phone("6001").calls("6002")
    other = w.phone("6002").rings()
    taker = w.phone("6003").calls("*8")
    taker.answered()
    call.answered()
    other.ended()
    w.event("Event: Pickup")
    w.event("Event: BridgeEnter.*BridgeNumChannels: 2")
    call.hangup()
    taker.ended()


@scenario("6001", "6002", "6003")
def pickup_directed(w):
    """6001 calls 6002; 6003 takes it with **6002."""
    call = w.phone("6001").calls("6002")
    other = w.phone("6002").rings()
    taker = w.phone("6003").calls("**6002")
    taker.answered()
    call.answered()
    other.ended()
    w.event("Event: BridgeEnter.*BridgeNumChannels: 2")
    call.hangup()
    taker.ended()


@scenario("6001", "6002", "6003")
def ring_group(w):
    """6001 calls 6100: 6002 and 6003 ring, 6003 answers."""
    call = w.phone("6001").calls("6100")
    second = w.phone("6002").rings()
    third = w.phone("6003").rings()
    third.answer()
    call.answered()
    second.ended()
    w.event("Event: BridgeEnter.*BridgeNumChannels: 2")
    call.hangup()
    third.ended()


@scenario("6001", "6003")
def call_forward(w):
    """6001 calls 6200, which is forwarded to 6003 by Local/6003@from-internal/n."""
    call = w.phone("6001").calls("6200")
    last = w.phone("6003").rings()
    last.answer()
    call.answered()
    w.event("Event: BridgeEnter.*PJSIP/6003")
    last.hangup()
    call.ended()


@scenario("6001", "6002")
def call_waiting(w):
    """6001 talks with 6002 when 6002 rings a second time, by an originate."""
    call = w.phone("6001").calls("6002")
    first = w.phone("6002").rings()
    place = len(w.phone("6002").seen)
    first.answer()
    call.answered()
    w.originate("PJSIP/6002", "291", Timeout=2000)
    w.phone("6002").rings(place).ended()
    w.event("Event: OriginateResponse")
    call.hangup()
    first.ended()


@scenario("6001", "6002")
def dnd(w):
    """6002 switches DND on with *76, 6001 calls it and is told busy, 6002 switches it off."""
    w.phone("6002").calls("*76").ended()
    _, place = w.event("Event: ExtensionStatus.*6002")
    w.phone("6001").calls("6002").failed()
    w.phone("6002").calls("*76").ended()
    w.event("Event: DeviceStateChange.*DND6002.*NOT_INUSE", place)


@scenario()
def registration(w):
    """6003 registers for the first time."""
    w.phone("6003")
    w.event("Event: ContactStatus.*6003|Event: PeerStatus.*6003")


@scenario("6001", "6004", "6005")
def queue_answered(w):
    """6001 calls the queue, 6004 and 6005 ring (Local members), 6004 answers, 6001 hangs up."""
    call = w.phone("6001").calls("7000")
    agent = w.phone("6004").rings()
    w.phone("6005").rings()
    agent.answer()
    w.event("Event: AgentConnect")
    call.hangup()
    agent.ended()
    w.event("Event: AgentComplete")


@scenario("6001", "6003")
def queue_direct_member(w):
    """6001 calls the queue with the member PJSIP/6003, who answers and hangs up."""
    call = w.phone("6001").calls("7001")
    agent = w.phone("6003").rings()
    agent.answer()
    w.event("Event: AgentConnect")
    agent.hangup()
    w.event("Event: AgentComplete")


@scenario("trunk", "6004", "6005")
def queue_abandoned(w):
    """An outside caller waits while 6004 and 6005 ring, and hangs up; meanwhile QueueStatus is asked."""
    outside = outside_call(w, "0299997000")
    outside.answered()
    agent = w.phone("6004").rings()
    w.least.ask("QueueStatus")
    w.all.ask("QueueStatus")
    w.least.ask("QueueSummary")
    outside.hangup()
    agent.ended()
    w.event("Event: QueueCallerAbandon")


@scenario("6001", "6003")
def queue_agent_declines(w):
    """The agent of the direct queue declines once, then answers."""
    call = w.phone("6001").calls("7001")
    phone = w.phone("6003")
    first = phone.rings()
    place = len(phone.seen)
    first.reject("DECLINE")
    w.event("Event: AgentRingNoAnswer")
    second = phone.rings(place)
    second.answer()
    w.event("Event: AgentConnect")
    call.hangup()


@scenario("6001", "6004")
def queue_members(w):
    """Paused with a reason, unpaused, one added, one removed, a penalty."""
    local = "Local/6004@from-queue/n"
    w.all.ask("QueuePause", Queue="support", Interface=local, Paused="true", Reason="Lunch, back soon")
    w.all.ask("QueueStatus", Queue="support")
    w.all.ask("QueuePause", Interface=local, Paused="false")
    w.all.ask("QueueAdd", Queue="support", Interface="Local/6001@from-queue/n", MemberName="Alice",
              StateInterface="hint:6001@from-internal")
    w.all.ask("QueueAdd", Queue="support", Interface="Local/6001@from-queue/n", MemberName="Alice")
    w.all.ask("QueuePause", Queue="support", Interface="Local/6001@from-queue/n", Paused="true")
    w.all.ask("QueueRemove", Queue="support", Interface="Local/6001@from-queue/n")
    w.all.ask("QueueRemove", Queue="support", Interface="Local/6001@from-queue/n")
    w.all.ask("QueueAdd", Queue="none", Interface="Local/6001@from-queue/n")
    w.all.ask("QueuePause", Queue="none", Interface=local, Paused="true")


@scenario("6001", "6002")
def message_delivered(w):
    """A text to a registered phone, one with Base64Body in UTF-8 and two lines."""
    import base64
    phone = w.phone("6002")
    w.all.ask("MessageSend", To="pjsip:6002", From="<eedomus>", Body="Alerte cuve")
    _, place = phone.wait("in", "MESSAGE ")
    w.all.ask("MessageSend", To="pjsip:6002", From="<eedomus>",
              Base64Body=base64.b64encode("Alerte d\u00e9bordement\ncuve".encode()).decode())
    phone.wait("in", "MESSAGE ", place)
    w.all.ask("MessageSend", Destination="pjsip:6002", To="sip:6002@example.com", From="<eedomus>", Body="a third")
    w.all.ask("MessageSend", To="sip:6002", From="<eedomus>", Body="a fourth")


@scenario("6001")
def message_failed(w):
    """Texts that reach nobody: not registered, unknown, no such technology, no body, no To."""
    w.all.ask("MessageSend", To="pjsip:6002", From="<eedomus>", Body="one")
    w.all.ask("MessageSend", To="pjsip:6999", From="<eedomus>", Body="two")
    w.all.ask("MessageSend", To="fax:6002", From="<eedomus>", Body="three")
    w.all.ask("MessageSend", To="pjsip:6001", From="<eedomus>")
    w.all.ask("MessageSend", From="<eedomus>", Body="four")


@scenario()
def voicemail(w):
    """Somebody speaks into the mailbox 6009 for two seconds."""
    control = Ami(w.asterisk.ami, "tester", events="off")
    control.ask("Originate", Channel="Local/6009@from-internal/n", Context="noise", Exten="s", Priority=1, Async="true",
                Timeout=30000, Callerid='"Alice" <6001>')
    message, _ = w.event("Event: Newstate.*Local/6009@from-internal-[0-9a-f]+;1.*Up")
    time.sleep(3)
    control.ask("Hangup", Channel="/^Local/6009.*;1$/")
    w.event("Event: MessageWaiting")


def record(root, folder, names):
    (folder / "least").mkdir(parents=True, exist_ok=True)
    for name in names or SCENARIOS:
        extensions, play = SCENARIOS[name]
        world = World(root, name != "boot")
        try:
            for extension in extensions:
                world.phone(extension)
            world.listen()
            play(world)
            world.settled()
        except Exception:
            print(f"{name} failed. Asterisk's log ends so:\n" + (world.asterisk.dir / "log/full").read_text()[-4000:], file=sys.stderr)
            raise
        finally:
            world.close()
            for kind, ami in (("", world.all), ("least", world.least)):
                if ami:
                    (folder / kind / f"{name}.ami").write_bytes(ami.bytes)
        print(name, len(world.all.bytes), len(world.least.bytes), flush=True)


README = """# Recordings of AMI

Made by `tests/asterisk/record.py` with {version} and the configuration in `tests/asterisk/config`; the phones are SIPp.
Each file is all that one connection received, byte for byte (CR LF, banner first): the answer to Login, the lists that
{seeds} bring, then the play. What the connection sent is not in it; actions are known by their ActionID.
Nothing was taken out or replaced: no secret is ever sent to a client.

`<play>.ami` was received by an account that may do and read everything, `least/<play>.ami` at the same time by one with
`read = call,agent` and `write = originate,message,call,agent`. Only the first one asked for what is done by AMI.

| Play | What happens |
|---|---|
{plays}
"""


def describe(root, folder):
    version = subprocess.run(["chroot", root, "asterisk", "-V"], capture_output=True, text=True, check=True).stdout.strip()
    plays = "\n".join(f"| `{name}` | {' '.join(play.__doc__.split())} |" for name, (_, play) in SCENARIOS.items())
    (folder / "README.md").write_text(README.format(version=version, seeds=", ".join(SEEDS), plays=plays))


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    record(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
    describe(sys.argv[1], Path(sys.argv[2]))
