//! What is by chance in a process, or by the time: the same in each run.
//!
//! The fuzzer sees which way each input takes through the code, and makes further inputs by that. So one seed leads to the same inputs only
//! where nothing else decides: the keys of hash maps come of `getrandom`, and what waits for its time of the clock. (And where things are in
//! memory: see build.rs.) These two stand in place of libc's for everything that is linked.

use std::ffi::{c_int, c_long};

/// `CLOCK_MONOTONIC` of Linux: what `Instant` shows.
const MONOTONIC: c_int = 1;

/// What it shows here, in seconds. It stands still.
const NOW: i64 = 1_000;

/// Linux' `struct timespec` on 64-bit machines.
#[repr(C)]
pub struct Time {
    seconds: i64,
    nanoseconds: i64,
}

unsafe extern "C" {
    fn syscall(number: c_long, ...) -> c_long;
}

/// The number of `clock_gettime(2)`.
#[cfg(target_arch = "x86_64")]
const CLOCK_GETTIME: c_long = 228;
#[cfg(target_arch = "aarch64")]
const CLOCK_GETTIME: c_long = 113;

/// Fills the buffer.
///
/// # Safety
///
/// As of `getrandom(2)`: there are `length` bytes at `bytes`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn getrandom(bytes: *mut u8, length: usize, _: u32) -> isize {
    // SAFETY: the caller says that there are so many.
    unsafe { bytes.write_bytes(7, length) };
    length as isize
}

/// The clock that stands still, or else the kernel's: libFuzzer measures by another one.
///
/// # Safety
///
/// As of `clock_gettime(2)`: a time can be written to `time`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clock_gettime(clock: c_int, time: *mut Time) -> c_int {
    if clock == MONOTONIC {
        let now = Time {
            seconds: NOW,
            nanoseconds: 0,
        };
        // SAFETY: the caller says that it can be.
        unsafe { time.write(now) };
        return 0;
    }
    // SAFETY: as above; the kernel checks the rest.
    unsafe { syscall(CLOCK_GETTIME, clock, time) as c_int }
}
