//! Keeps the writer and the thread that runs SQLite for it on one core.
//!
//! The two hand each statement to and fro and never work at the same time. On two cores every
//! hand-over wakes a core that has gone to sleep, which takes longer than most statements: on one,
//! twice as many writes are done in half the CPU time.

/// Binds this thread, and those it will start, to the core that it runs on. Where that is not
/// possible, all works the same, only slower.
#[cfg(target_os = "linux")]
pub(super) fn stay() {
    use rustix::thread::{CpuSet, sched_getcpu, sched_setaffinity};

    let core = sched_getcpu();
    if core < CpuSet::MAX_CPU {
        let mut here = CpuSet::new();
        here.set(core);
        if let Err(error) = sched_setaffinity(None, &here) {
            tracing::debug!(error = &error as &dyn std::error::Error, "no core of its own");
        }
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn stay() {}
