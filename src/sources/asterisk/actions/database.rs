//! Do-not-disturb, where dial plans look for it: FreePBX's in an entry of Asterisk's database, others at the device that shows it.

use super::Action;
use crate::calls::Dial;
use crate::sources::asterisk::DndSwitch;

/// What is to be sent, in this order, so that an extension is in do-not-disturb, or no longer: the entry by which the dial plan
/// decides, and then the state of the switch (`Custom:DND6001`) that phones' keys and this plugin's board show.
pub(in super::super) fn dnd(switch: &DndSwitch, extension: &Dial, on: bool) -> Vec<Action> {
    let entry = |family: &str| {
        let name = if on { "DBPut" } else { "DBDel" };
        let entry = Action::new(name)
            .with("Family", family)
            .with("Key", extension.as_str());
        if on { entry.with("Val", "YES") } else { entry }
    };
    let mut actions = match switch {
        DndSwitch::Database(family) => vec![entry(family)],
        DndSwitch::Device => Vec::new(),
    };
    let device = Action::new("Setvar")
        .with("Variable", format!("DEVICE_STATE(Custom:DND{extension})"))
        .with("Value", if on { "BUSY" } else { "NOT_INUSE" });
    actions.push(device);
    actions
}
