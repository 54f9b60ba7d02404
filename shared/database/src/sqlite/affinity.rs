//! Pins the writer and the thread that runs SQLite for it to one core.
//!
//! The two threads pass each statement back and forth and never run at the same time. On two cores every
//! hand-over wakes an idle core, which takes longer than most statements. On one core, throughput doubles
//! and the CPU time per write is halved.

/// Pins this thread, and the threads that it starts, to its current core. A failure only costs speed.
#[cfg(target_os = "linux")]
pub(super) fn pin_to_core() {
    use rustix::thread::{CpuSet, sched_getcpu, sched_setaffinity};

    let core = sched_getcpu();
    if core < CpuSet::MAX_CPU {
        let mut here = CpuSet::new();
        here.set(core);
        if let Err(error) = sched_setaffinity(None, &here) {
            tracing::debug!(
                error = &error as &dyn std::error::Error,
                "failed to pin the writer to a core"
            );
        }
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn pin_to_core() {}
