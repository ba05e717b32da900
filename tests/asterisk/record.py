#!/usr/bin/env python3
"""Plays calls on a real Asterisk with SIPp phones and records what the manager interface sends.

    record.py <root of the Asterisk> <folder for the recordings> [play …]

As root. provision.py prints the root; the folder gets a README.md that lists the plays.
"""

import base64
import subprocess
import sys
import threading
import time
from pathlib import Path

from phones import PATIENCE, Ami, Asterisk, Call, Phone


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


def link_code(w, limit):
    """What the plugin orders to show a code."""
    w.all.ask("Originate", patience=40, Channel="Local/6001@from-internal/n", Application="SayDigits", Data="345678", Timeout=limit,
              CallerID='"Code 345678" <0>', Async="true", ChannelId="switchboard-link-1", OtherChannelId="switchboard-link-1-2")
    return w.phone("6001").rings()


@scenario("6001")
def link_code_answered(w):
    """The code 345678 is shown at 6001, who answers and hears it."""
    call = link_code(w, 30000)
    call.answer()
    call.ended()


@scenario("6001")
def link_code_no_answer(w):
    """The same, and 6001 rings until the originate's timeout of 2 s."""
    link_code(w, 2000).ended()
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
    w.event("Event: BridgeEnter.*BridgeNumChannels: 2")
    middle.transfer("6003")
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
    _, place = w.event("Event: BridgeEnter.*BridgeNumChannels: 2")
    middle.hold()
    asking = w.phone("6002").calls("6003")
    last = w.phone("6003").rings()
    last.answer()
    asking.answered()
    w.event("Event: BridgeEnter.*BridgeNumChannels: 2", place)
    middle.transfer_to(asking, "6003")
    w.event("Event: AttendedTransfer")
    last.hangup()
    call.ended()


@scenario("6001", "6002", "6003")
def blind_transfer_given_up(w):
    """6001 calls 6002, who holds and sends the call on to 6003; 6001 hangs up while that rings."""
    call = w.phone("6001").calls("6002")
    middle = w.phone("6002").rings()
    middle.answer()
    call.answered()
    w.event("Event: BridgeEnter.*BridgeNumChannels: 2")
    middle.hold()
    middle.transfer("6003")
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
