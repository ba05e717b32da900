//! Asterisk and FreePBX: by AMI, which needs no URL, or by the dial plan, whose `CURL` calls one.

use super::super::maker::{Block, Form, Maker, Part, Says, Variable, Variables, escaped};
use super::{SAFE_CHARS, Vendor};
use crate::language::Text;
use crate::language::texts::setup as texts;
use crate::setup::Whose;

pub(super) const VENDOR: Vendor = Vendor {
    word: "asterisk",
    aliases: &["freepbx"],
    name: |_| "Asterisk".to_owned(),
    what: |_| "Asterisk, FreePBX".to_owned(),
    limit: SAFE_CHARS,
    forms: &[Form::Plain, Form::Short],
    blocks,
    notes: &[texts::asterisk_curl, texts::asterisk_freepbx],
};

/// The account for AMI, as in `docs/asterisk.md`.
pub(in crate::setup) const ACCOUNT: &str = "\
[switchboard]
secret = A-LONG-RANDOM-TEXT
deny = 0.0.0.0/0.0.0.0
permit = 192.0.2.10/255.255.255.255     ; the Mattermost server
read = call,agent,system
write = originate,message,agent,reporting
writetimeout = 5000";

/// The arguments of the routine below.
const VARIABLES: Variables = Variables {
    user: Variable::new("${ARG2}"),
    own: false,
    mac: None,
    call_id: Some(Variable::new("${CHANNEL(linkedid)}")),
    number: Variable::new("${ARG3}"),
    local: None,
};

const CALLER: &str = "${URIENCODE(${CALLERID(num)})}";
const DIALLED: &str = "${URIENCODE(${EXTEN})}";

fn blocks(maker: &mut Maker<'_>) -> Vec<Block> {
    let url = maker.url_of(
        Part::Variable(Variable::new("${ARG1}")),
        Part::Variable(VARIABLES.user),
        &VARIABLES,
        Says::Caller,
    );
    // Both ends are escaped where they come from: neither a name, nor a caller's number, nor what was dialled can end an argument or
    // a URL.
    let (called, caller) = match maker.whose() {
        Whose::Person(name) => (escaped(name), escaped(name)),
        Whose::Everyone => (DIALLED.to_owned(), CALLER.to_owned()),
    };
    let mut blocks = vec![
        block(texts::asterisk_account, ACCOUNT.to_owned()),
        block(
            texts::asterisk_routine,
            format!(
                "[switchboard]
exten => s,1,Set(CURLOPT(conntimeout)=2)
 same => n,Set(CURLOPT(httptimeout)=2)
 same => n,Set(DONE=${{CURL({url})}})
 same => n,Return()
exten => in,1,Set(MISSED=$[\"${{DIALSTATUS}}\" = \"NOANSWER\" | \"${{DIALSTATUS}}\" = \"CANCEL\"])
 same => n,Gosub(switchboard,s,1(${{IF(${{MISSED}}?missed-call:call-terminated)}},${{ARG1}},${{ARG2}}))
 same => n,Return()
exten => out,1,Gosub(switchboard,s,1(call-terminated,${{ARG1}},${{ARG2}}))
 same => n,Return()"
            ),
        ),
    ];
    for (title, begins, way, user, other, dial) in [
        (
            texts::asterisk_incoming as Text,
            "incoming-call",
            "in",
            called,
            CALLER,
            "PJSIP/${EXTEN}",
        ),
        (
            texts::asterisk_outgoing,
            "outgoing-call",
            "out",
            caller,
            DIALLED,
            "PJSIP/${EXTEN}@trunk",
        ),
    ] {
        blocks.push(block(
            title,
            format!(
                " same => n,Gosub(switchboard,s,1({begins},{user},{other}))
 same => n,Set(CHANNEL(hangup_handler_push)=switchboard,{way},1({user},{other}))
 same => n,Dial({dial},30,U(switchboard^call-established^{user}^{other}))"
            ),
        ));
    }
    blocks
}

fn block(title: Text, text: String) -> Block {
    Block {
        title,
        kind: "ini",
        text,
    }
}
