//! Which devices stand behind which extension.

use std::sync::Arc;

use super::devices::{DeviceName, MAX_HINT_DEVICES, is_switch, parse_hint};
use super::{Directory, Hint};

impl Directory {
    /// `ExtensionStatus`: the extension's hint, and its state.
    pub(in super::super) fn extension_status(
        &mut self,
        exten: &str,
        hint: &str,
        status: Option<i32>,
    ) {
        // -2: removed, -1: deactivated.
        if status.is_some_and(|status| status < 0) {
            return self.drop_hint(exten);
        }
        let (devices, switches) = parse_hint(hint);
        if devices.is_empty() || !self.may_be_line(exten) {
            return;
        }
        let list = self.list;
        let Some(entry) = self.entry(exten) else {
            return;
        };
        let same = entry.hint.is_some() && entry.devices == devices && entry.switches == switches;
        entry.hint = Some(Hint { status, list });
        if !same {
            let all: Vec<_> = devices.iter().chain(&switches).cloned().collect();
            let mut before = std::mem::replace(&mut entry.devices, devices);
            before.append(&mut std::mem::replace(&mut entry.switches, switches));
            for device in &before {
                self.unlink(device, exten);
            }
            for device in &all {
                self.adopt(exten, device);
            }
            self.remapped = true;
        }
        self.touched.insert(exten.into());
    }

    /// The device is the extension's whose hint names it, and no longer that of the number it is named like.
    pub(super) fn adopt(&mut self, exten: &str, device: &DeviceName) {
        let mut kept: Vec<Arc<str>> = vec![exten.into()];
        for other in self.by_device.remove(device).unwrap_or_default() {
            let Some(entry) = self.extensions.get_mut(&other) else {
                continue;
            };
            if entry.hint.is_none() {
                entry.devices.retain(|known| known != device);
                entry.switches.retain(|known| known != device);
                self.touched.insert(other);
            } else if kept.len() < MAX_HINT_DEVICES && !kept.contains(&other) {
                kept.push(other);
            }
        }
        self.by_device.insert(Arc::clone(device), kept);
    }

    pub(super) fn unlink(&mut self, device: &DeviceName, exten: &str) {
        if let Some(extensions) = self.by_device.get_mut(device) {
            extensions.retain(|other| &**other != exten);
            if extensions.is_empty() {
                self.by_device.remove(device);
            }
        }
    }

    pub(super) fn drop_hint(&mut self, exten: &str) {
        let Some(entry) = self
            .extensions
            .get_mut(exten)
            .filter(|entry| entry.hint.is_some())
        else {
            return;
        };
        entry.hint = None;
        let mut devices = std::mem::take(&mut entry.devices);
        devices.append(&mut entry.switches);
        for device in &devices {
            self.unlink(device, exten);
            if self.states.contains_key(device) && !self.by_device.contains_key(device) {
                self.link(device, device);
            }
        }
        self.remapped = true;
        self.touched.insert(exten.into());
    }

    /// Finds the extension of a device that no hint names.
    pub(super) fn link(&mut self, device: &str, key: &DeviceName) {
        if is_switch(device) {
            // FreePBX names it after the extension.
            let number = key
                .trim_start_matches(|c: char| !c.is_ascii_digit())
                .to_owned();
            if let Some(entry) = self.extensions.get_mut(&*number)
                && entry.hint.is_none()
                && entry.switches.len() < MAX_HINT_DEVICES
            {
                entry.switches.push(Arc::clone(key));
                self.by_device.insert(Arc::clone(key), vec![number.into()]);
            }
            return;
        }
        let Some(number) = self.number_of(device).map(str::to_owned) else {
            return;
        };
        let Some(entry) = self.entry(&number) else {
            return;
        };
        // An extension with a hint has the devices that the hint says.
        if entry.hint.is_some() || entry.devices.len() >= MAX_HINT_DEVICES {
            return;
        }
        entry.devices.push(Arc::clone(key));
        self.remapped = true;
        self.by_device
            .insert(Arc::clone(key), vec![number.as_str().into()]);
        let switch: DeviceName = format!("custom:dnd{number}").into();
        if self.states.contains_key(&switch) && !self.by_device.contains_key(&switch) {
            self.link(&switch, &switch);
        }
    }
}
