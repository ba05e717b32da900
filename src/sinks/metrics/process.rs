//! What the process takes of the machine, as Linux tells it under `/proc/self` (proc(5)).

use std::fs;
use std::time::Duration;

/// Clock ticks a second in `/proc` (`USER_HZ`): 100 on every architecture that we build for (time(7)).
const TICKS_PER_SECOND: u64 = 100;

/// What it takes. What cannot be read is not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Process {
    /// Memory in use (RSS), in bytes.
    pub resident: Option<u64>,
    /// The most memory that was ever in use, in bytes.
    pub most_resident: Option<u64>,
    /// Time of processors that was used.
    pub cpu: Option<Duration>,
    /// Open file descriptors.
    pub open_fds: Option<u64>,
    /// How many there may be.
    pub max_fds: Option<u64>,
    /// Threads.
    pub threads: Option<u64>,
}

impl Process {
    /// This process, now.
    #[must_use]
    pub fn read() -> Self {
        let text =
            |name: &str| fs::read_to_string(format!("/proc/self/{name}")).unwrap_or_default();
        let (status, limits) = (text("status"), text("limits"));
        let number = |name: &str| first_number(&status, name);
        let kib = |name: &str| number(name).map(|kib| kib * 1024);
        Self {
            resident: kib("VmRSS:"),
            most_resident: kib("VmHWM:"),
            cpu: cpu(&text("stat")),
            // The one that reads them is one of them.
            open_fds: fs::read_dir("/proc/self/fd")
                .ok()
                .map(|all| (all.count() as u64).saturating_sub(1)),
            max_fds: first_number(&limits, "Max open files"),
            threads: number("Threads:"),
        }
    }
}

/// The first number of the line that begins with this.
fn first_number(text: &str, name: &str) -> Option<u64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_whitespace().next()?.parse().ok()
}

/// User's and system's time, the 14th and 15th field of `stat`. The second one, the command's name, may have blanks and parentheses.
fn cpu(stat: &str) -> Option<Duration> {
    let (_, behind) = stat.rsplit_once(')')?;
    let mut fields = behind.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    let ticks = ticks()? + ticks()?;
    Some(Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_read() {
        let process = Process::read();
        let resident = process.resident.expect("memory");
        assert!(resident > 1 << 20, "{process:?}");
        assert!(process.most_resident.expect("memory") >= resident);
        let open = process.open_fds.expect("files");
        assert!(
            (3..=process.max_fds.expect("a limit")).contains(&open),
            "{process:?}"
        );
        assert!(process.threads.expect("threads") >= 1);
        assert!(process.cpu.is_some());
    }

    #[test]
    fn a_command_with_parentheses_does_not_move_fields() {
        let stat = "12 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20 0 1 0 1 1 1";
        assert_eq!(cpu(stat), Some(Duration::from_secs(2)));
        for odd in [
            "",
            "12 (a",
            "12 (a) S 1",
            "12 (a) S 1 2 3 4 5 6 7 8 9 10 x 50",
        ] {
            assert_eq!(cpu(odd), None, "{odd}");
        }
    }
}
