//! Which extensions there are, whose lines they are, and what their devices are in.
//!
//! A hint says which devices stand behind an extension (`PJSIP/6002&Custom:DND6002`). Where there is none, a device whose name
//! is an extension's number is that extension's. The state comes from the devices themselves, not from the hint's own state:
//! that one is "busy" also for a phone that is free and does not want to be disturbed.

mod devices;
mod hints;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::queues::Lines;
use super::{View, fields};
use crate::board::{Device, Name};
use crate::calls::{Dial, Extension};
use devices::{DeviceName, DeviceState, is_switch, shown_status, stronger};

/// The most extensions. The board holds as many lines.
pub(super) const MAX_EXTENSIONS: usize = 10_000;

/// The most devices, those of switches such as do not disturb included.
pub(super) const MAX_DEVICES: usize = 3 * MAX_EXTENSIONS;

/// What the board is to be told of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LineChange {
    /// Its device is in this now.
    Device(Name, Device),
    /// Do not disturb was switched on or off.
    Dnd(Name, bool),
    /// No extension belongs to it any longer.
    Gone(Name),
}

#[derive(Debug)]
pub(super) struct Directory {
    view: View,
    extensions: BTreeMap<Arc<str>, Entry>,
    /// Which extensions a device stands behind.
    by_device: HashMap<DeviceName, Vec<Arc<str>>>,
    states: HashMap<DeviceName, Seen>,
    users: HashMap<Name, User>,
    /// Extensions, and lines, that may have changed since the board was told last.
    touched: HashSet<Arc<str>>,
    touched_users: HashSet<Name>,
    /// The number of the lists that are asked for or were asked for last.
    list: u64,
    /// Channels may belong to other lines than before.
    pub(super) remapped: bool,
    pub(super) beyond_limits: u64,
}

#[derive(Debug)]
struct Entry {
    user: Name,
    /// Those of its hint; without one, those whose name is its number.
    devices: Vec<DeviceName>,
    /// The switches in its hint; without one, that which is named after it.
    switches: Vec<DeviceName>,
    hint: Option<Hint>,
    device: Option<Device>,
    dnd: bool,
}

#[derive(Debug)]
struct Hint {
    status: Option<i32>,
    list: u64,
}

#[derive(Debug)]
struct Seen {
    state: Option<DeviceState>,
    list: u64,
}

/// A line: several extensions may belong to one person.
#[derive(Debug, Default)]
struct User {
    extensions: Vec<Arc<str>>,
    device: Option<Device>,
    dnd: bool,
}

impl Directory {
    pub(super) fn new(view: View) -> Self {
        Self {
            view,
            extensions: BTreeMap::new(),
            by_device: HashMap::new(),
            states: HashMap::new(),
            users: HashMap::new(),
            touched: HashSet::new(),
            touched_users: HashSet::new(),
            list: 0,
            remapped: false,
            beyond_limits: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.extensions.len()
    }

    /// The extension that a channel belongs to, and whose line that is. Trunks have none.
    pub(super) fn line_of(&self, channel: &str) -> Option<(Arc<str>, Name)> {
        let extension = self.extension_of(fields::device_of(channel)?)?;
        let known = self.extensions.get(&*extension);
        let user = known.map(|entry| Arc::clone(&entry.user));
        let user = user.unwrap_or_else(|| self.view.user(&extension));
        Some((extension, user))
    }

    fn extension_of(&self, device: &str) -> Option<Arc<str>> {
        if let Some(extensions) = self.by_device.get(&*device.to_ascii_lowercase()) {
            // Of several, the one that is named like the device.
            let resource = fields::resource_of(device);
            let mut named = extensions
                .iter()
                .filter(|extension| Some(&***extension) == resource);
            return named.next().or(extensions.first()).cloned();
        }
        self.number_of(device).map(Arc::from)
    }

    /// The extension's number, if the device is named like one.
    fn number_of<'a>(&self, device: &'a str) -> Option<&'a str> {
        let resource = fields::resource_of(device)?;
        // "DAHDI/17" is the seventeenth channel of a card, and often a trunk: whose it is only a hint can say.
        if fields::is_of(device, "DAHDI") {
            return None;
        }
        Dial::new(resource)?;
        let (patterns, numbers) = (&self.view.extensions, &self.view.numbers);
        (patterns.matches(resource) || numbers.user(resource).is_some()).then_some(resource)
    }

    /// Whether somebody does not want to be disturbed at that extension.
    pub(super) fn dnd(&self, extension: &str) -> bool {
        self.extensions
            .get(extension)
            .is_some_and(|entry| entry.dnd)
    }

    /// What the extension's device is in, if it is known.
    pub(super) fn device(&self, extension: &str) -> Option<Device> {
        self.extensions.get(extension)?.device
    }

    /// `DeviceStateChange`.
    pub(super) fn device_state(&mut self, device: &str, state: &str) {
        let switch = is_switch(device);
        if !switch && fields::resource_of(device).is_none() {
            return;
        }
        let key: DeviceName = device.to_ascii_lowercase().into();
        if !self.states.contains_key(&key) && self.states.len() >= MAX_DEVICES {
            self.beyond_limits += 1;
            return;
        }
        let seen = Seen {
            state: Some(DeviceState::parse(state)),
            list: self.list,
        };
        self.states.insert(Arc::clone(&key), seen);
        if !self.by_device.contains_key(&key) {
            self.link(device, &key);
        }
        if let Some(extensions) = self.by_device.get(&key) {
            self.touched.extend(extensions.iter().cloned());
        }
    }

    /// The extension's entry, made if there is room.
    fn entry(&mut self, number: &str) -> Option<&mut Entry> {
        if !self.extensions.contains_key(number) {
            if self.extensions.len() >= MAX_EXTENSIONS {
                self.beyond_limits += 1;
                return None;
            }
            let user = self.view.user(number);
            let number: Arc<str> = number.into();
            let line = self.users.entry(Arc::clone(&user)).or_default();
            line.extensions.push(Arc::clone(&number));
            let entry = Entry {
                user,
                devices: Vec::new(),
                switches: Vec::new(),
                hint: None,
                device: None,
                dnd: false,
            };
            self.touched.insert(Arc::clone(&number));
            self.extensions.insert(number, entry);
        }
        self.extensions.get_mut(number)
    }

    /// Feature codes and patterns have hints too.
    fn may_be_line(&self, exten: &str) -> bool {
        let (patterns, numbers) = (&self.view.extensions, &self.view.numbers);
        Dial::new(exten).is_some()
            && (exten.starts_with(|c: char| c.is_ascii_alphanumeric())
                || patterns.matches(exten)
                || numbers.user(exten).is_some())
    }

    /// The lists are asked for.
    pub(super) fn begin_list(&mut self) {
        self.list += 1;
    }

    /// The lists came: what was not in a complete one is gone.
    pub(super) fn end_list(&mut self, devices: bool, hints: bool) {
        let list = self.list;
        if devices {
            let stale = self.states.iter().filter(|(_, seen)| seen.list != list);
            let stale: Vec<_> = stale.map(|(name, _)| Arc::clone(name)).collect();
            for device in stale {
                self.forget_device(&device);
            }
        }
        if hints {
            let stale = |entry: &Entry| entry.hint.as_ref().is_some_and(|hint| hint.list != list);
            let stale = self.extensions.iter().filter(|(_, entry)| stale(entry));
            let stale: Vec<_> = stale.map(|(exten, _)| Arc::clone(exten)).collect();
            for exten in stale {
                self.drop_hint(&exten);
            }
        }
    }

    fn forget_device(&mut self, device: &DeviceName) {
        self.states.remove(device);
        for exten in self.by_device.get(device).cloned().unwrap_or_default() {
            if let Some(entry) = self.extensions.get_mut(&exten)
                && entry.hint.is_none()
            {
                entry.devices.retain(|known| known != device);
                entry.switches.retain(|known| known != device);
                self.unlink(device, &exten);
                self.remapped = true;
            }
            self.touched.insert(exten);
        }
    }

    /// The link is lost: nothing is known of devices, but switches stay as they were.
    pub(super) fn lost(&mut self) {
        for (name, seen) in &mut self.states {
            if !is_switch(name) {
                seen.state = None;
            }
        }
        for entry in self.extensions.values_mut() {
            if let Some(hint) = &mut entry.hint {
                hint.status = None;
            }
        }
        self.touched.extend(self.extensions.keys().cloned());
    }

    /// What is to be told to the board since the last time, line by line.
    pub(super) fn changes(&mut self) -> Vec<LineChange> {
        let mut changes = Vec::new();
        for exten in std::mem::take(&mut self.touched) {
            let Some(entry) = self.extensions.get_mut(&exten) else {
                continue;
            };
            self.touched_users.insert(Arc::clone(&entry.user));
            if entry.hint.is_none() && entry.devices.is_empty() {
                self.drop_extension(&exten);
                continue;
            }
            entry.device = Some(state_of(entry, &self.states));
            let on = |switch: &DeviceName| self.states.get(switch).and_then(|seen| seen.state);
            entry.dnd = entry.switches.iter().filter_map(on).any(DeviceState::is_on);
        }
        let mut users: Vec<_> = self.touched_users.drain().collect();
        users.sort_unstable();
        for user in users {
            self.line_changes(&user, &mut changes);
        }
        changes
    }

    fn drop_extension(&mut self, exten: &Arc<str>) {
        let Some(entry) = self.extensions.remove(exten) else {
            return;
        };
        for device in entry.devices.iter().chain(&entry.switches) {
            self.unlink(device, exten);
        }
        if let Some(line) = self.users.get_mut(&entry.user) {
            line.extensions.retain(|other| other != exten);
        }
    }

    fn line_changes(&mut self, user: &Name, changes: &mut Vec<LineChange>) {
        let Some(line) = self.users.get_mut(user) else {
            return;
        };
        let (mut device, mut dnd) = (None, false);
        for entry in line
            .extensions
            .iter()
            .filter_map(|exten| self.extensions.get(exten))
        {
            device = stronger(device, entry.device);
            dnd |= entry.dnd;
        }
        if line.dnd != dnd {
            line.dnd = dnd;
            changes.push(LineChange::Dnd(Arc::clone(user), dnd));
        }
        if line.extensions.is_empty() {
            self.users.remove(user);
            changes.push(LineChange::Gone(Arc::clone(user)));
        } else if let Some(device) = device
            && line.device != Some(device)
        {
            line.device = Some(device);
            changes.push(LineChange::Device(Arc::clone(user), device));
        }
    }

    /// Whether that line is one of Asterisk's.
    pub(super) fn has_line(&self, user: &str) -> bool {
        self.users.contains_key(user)
    }

    /// Whether a line has a switch for do not disturb in Asterisk, and it is off.
    pub(super) fn switched_off(&self, user: &str) -> bool {
        let Some(line) = self.users.get(user) else {
            return false;
        };
        let mut own = line.extensions.iter();
        let has_switch = |exten: &Arc<str>| {
            let entry = self.extensions.get(exten);
            entry.is_some_and(|entry| !entry.switches.is_empty())
        };
        !line.dnd && own.any(has_switch)
    }

    /// Forgets everything, and tells whose switches were on.
    pub(super) fn clear(&mut self) -> Vec<LineChange> {
        let users = std::mem::take(&mut self.users);
        let on = users.into_iter().filter(|(_, line)| line.dnd);
        let mut on: Vec<_> = on.map(|(user, _)| user).collect();
        on.sort_unstable();
        let beyond_limits = self.beyond_limits;
        *self = Self::new(self.view.clone());
        self.beyond_limits = beyond_limits;
        on.into_iter()
            .map(|user| LineChange::Dnd(user, false))
            .collect()
    }

    /// From now on numbers mean this. What Asterisk told of them is kept.
    pub(super) fn set_view(&mut self, view: View) {
        self.view = view;
        self.remapped = true;
        self.by_device.clear();
        self.touched_users.extend(self.users.keys().cloned());
        for line in self.users.values_mut() {
            line.extensions.clear();
        }
        for (exten, old) in std::mem::take(&mut self.extensions) {
            if old.hint.is_none() || !self.may_be_line(&exten) {
                continue;
            }
            let all: Vec<_> = old.devices.iter().chain(&old.switches).cloned().collect();
            if let Some(entry) = self.entry(&exten) {
                let user = Arc::clone(&entry.user);
                *entry = Entry { user, ..old };
                for device in &all {
                    self.adopt(&exten, device);
                }
            }
        }
        let mut devices: Vec<_> = self.states.keys().cloned().collect();
        devices.sort_unstable_by_key(|name| (is_switch(name), Arc::clone(name)));
        for device in devices {
            if !self.by_device.contains_key(&device) {
                self.link(&device, &device);
            }
        }
    }

    /// The extensions, sorted by number.
    pub(super) fn extensions(&self) -> Vec<Extension> {
        let extension = |(number, entry): (&Arc<str>, &Entry)| {
            Some(Extension {
                number: Dial::new(number)?,
                user: Arc::clone(&entry.user),
                device: entry.device.unwrap_or(Device::Unknown),
            })
        };
        self.extensions.iter().filter_map(extension).collect()
    }
}

impl Lines for Directory {
    fn extension(&self, device: &str) -> Option<Arc<str>> {
        self.extension_of(device)
    }

    fn view(&self) -> &View {
        &self.view
    }
}

/// By its devices; by its hint's own state where the account may not see devices.
fn state_of(entry: &Entry, states: &HashMap<DeviceName, Seen>) -> Device {
    let mut device = None;
    for name in &entry.devices {
        let state = states.get(name).and_then(|seen| seen.state);
        device = stronger(device, state.map(DeviceState::shown));
    }
    let status = entry.hint.as_ref().and_then(|hint| hint.status);
    device
        .or(status.map(shown_status))
        .unwrap_or(Device::Unknown)
}
