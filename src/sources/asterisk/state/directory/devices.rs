//! What devices and hints can say.

use std::sync::Arc;

use super::super::fields;
use crate::board::Device;

/// The most devices of one hint; what is listed behind them is not read.
pub(super) const MAX_HINT_DEVICES: usize = 16;

/// A device's name, in lower case: neither the technology's nor, in most of them, the rest's case matters.
pub(super) type DeviceName = Arc<str>;

/// What a device is in, as `DeviceStateChange` tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DeviceState {
    Free,
    InUse,
    Ringing,
    Held,
    Unreachable,
    Unknown,
}

impl DeviceState {
    pub(super) fn parse(state: &str) -> Self {
        match state {
            "NOT_INUSE" => Self::Free,
            "INUSE" | "BUSY" | "RINGINUSE" => Self::InUse,
            "RINGING" => Self::Ringing,
            "ONHOLD" => Self::Held,
            "UNAVAILABLE" | "INVALID" => Self::Unreachable,
            _ => Self::Unknown,
        }
    }

    pub(super) fn shown(self) -> Device {
        match self {
            Self::Free => Device::Free,
            Self::InUse => Device::Busy,
            Self::Ringing => Device::Ringing,
            Self::Held => Device::Held,
            Self::Unreachable => Device::Unreachable,
            Self::Unknown => Device::Unknown,
        }
    }

    /// Whether a switch in this state is on.
    pub(super) fn is_on(self) -> bool {
        matches!(self, Self::InUse | Self::Ringing | Self::Held)
    }
}

/// Asterisk's numbers for an extension's state: bits, of which several may be set.
pub(super) fn shown_status(status: i32) -> Device {
    match status {
        0 => Device::Free,
        s if s & 3 != 0 => Device::Busy,
        s if s & 8 != 0 => Device::Ringing,
        s if s & 16 != 0 => Device::Held,
        s if s & 4 != 0 => Device::Unreachable,
        _ => Device::Unknown,
    }
}

/// Of two phones, the one that says more of whether somebody can be reached: the one in a call before the one that is free.
pub(super) fn stronger(a: Option<Device>, b: Option<Device>) -> Option<Device> {
    let weight = |device: Option<Device>| match device {
        None => 0,
        Some(Device::Unknown) => 1,
        Some(Device::Unreachable) => 2,
        Some(Device::Free) => 3,
        Some(Device::Held) => 4,
        Some(Device::Ringing) => 5,
        Some(Device::Busy) => 6,
    };
    if weight(b) > weight(a) { b } else { a }
}

/// Whether it is a switch for do not disturb, as FreePBX names them.
pub(super) fn is_switch(device: &str) -> bool {
    const PREFIX: &str = "custom:dnd";
    let start = device.get(..PREFIX.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(PREFIX))
}

/// The phones and the switches of a hint; presence, which may follow behind a comma, is neither.
pub(super) fn parse_hint(hint: &str) -> (Vec<DeviceName>, Vec<DeviceName>) {
    let devices = hint.split(',').next().unwrap_or_default();
    let (mut phones, mut switches) = (Vec::new(), Vec::new());
    for name in devices.split('&').map(str::trim).take(MAX_HINT_DEVICES) {
        let list = if is_switch(name) {
            &mut switches
        } else if fields::resource_of(name).is_some() {
            &mut phones
        } else {
            continue;
        };
        let name = DeviceName::from(name.to_ascii_lowercase());
        if !list.contains(&name) {
            list.push(name);
        }
    }
    (phones, switches)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_are_taken_apart() {
        let parts = |hint| {
            let (phones, switches) = parse_hint(hint);
            (phones.join(" "), switches.join(" "))
        };
        for (hint, phones, switches) in [
            ("PJSIP/6002&Custom:DND6002", "pjsip/6002", "custom:dnd6002"),
            (
                "PJSIP/6002&SIP/6002b&PJSIP/6002,CustomPresence:6002",
                "pjsip/6002 sip/6002b",
                "",
            ),
            ("Custom:DND6002", "", "custom:dnd6002"),
            ("park:71@default", "", ""),
            ("Queue:support", "", ""),
            ("", "", ""),
        ] {
            assert_eq!(
                parts(hint),
                (phones.to_owned(), switches.to_owned()),
                "{hint}"
            );
        }
    }

    #[test]
    fn an_extensions_state_is_made_of_bits() {
        for (status, device) in [
            (0, Device::Free),
            (1, Device::Busy),
            (2, Device::Busy),
            (4, Device::Unreachable),
            (8, Device::Ringing),
            (9, Device::Busy),
            (16, Device::Held),
            (17, Device::Busy),
            (32, Device::Unknown),
        ] {
            assert_eq!(shown_status(status), device, "{status}");
        }
    }
}
