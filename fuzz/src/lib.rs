//! What the targets share: the functions of `switchboard::fuzzing`, called with a limit on the memory that they take.

mod chance;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

pub use libfuzzer_sys::fuzz_target;

/// Calls a function of `switchboard::fuzzing` with each input. It may have so many bytes of memory at once, and keep `KEPT`.
#[macro_export]
macro_rules! target {
    ($name:ident, $bytes:expr) => {
        $crate::fuzz_target!(|bytes: &[u8]| {
            $crate::bounded($bytes, || switchboard::fuzzing::$name(bytes));
        });
    };
}

/// Bytes that a call may leave behind: what is made once, when it is first wanted.
const KEPT: usize = 1 << 20;

/// The system's allocator, which counts.
struct Counting {
    now: AtomicUsize,
    most: AtomicUsize,
}

#[global_allocator]
static MEMORY: Counting = Counting {
    now: AtomicUsize::new(0),
    most: AtomicUsize::new(0),
};

impl Counting {
    fn more(&self, bytes: usize) {
        let now = self.now.fetch_add(bytes, Relaxed) + bytes;
        self.most.fetch_max(now, Relaxed);
    }

    fn less(&self, bytes: usize) {
        self.now.fetch_sub(bytes, Relaxed);
    }
}

// SAFETY: all of it is done by `System`, with the caller's own arguments.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.more(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        self.more(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        self.less(layout.size());
        // SAFETY: as above.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        self.more(bytes);
        self.less(layout.size());
        // SAFETY: as above.
        unsafe { System.realloc(memory, layout, bytes) }
    }
}

/// Runs `call`, and panics where it took more than `most` bytes of memory at once or kept more than [`KEPT`].
pub fn bounded(most: usize, call: impl FnOnce()) {
    let before = MEMORY.now.load(Relaxed);
    MEMORY.most.store(before, Relaxed);
    call();
    let taken = MEMORY.most.load(Relaxed) - before;
    assert!(taken <= most, "{taken} bytes of memory; {most} are allowed");
    let kept = MEMORY.now.load(Relaxed).saturating_sub(before);
    assert!(kept <= KEPT, "{kept} bytes are kept");
}
