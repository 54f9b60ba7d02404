//! The time that the service adds to a model: until the first word, and for a whole turn with one tool call,
//! compared with the same model calls without a turn; and the CPU time of both services per turn. The model is
//! a server that responds at once over HTTP.
//!
//! `cargo bench -p tandem-tests --bench turns -- --turns 500 --only sqlite`

#[path = "../measure/mod.rs"]
#[allow(dead_code)] // Each benchmark uses some of it.
mod measure;

mod bare;
mod model;
mod percentiles;
mod services;

use std::time::Instant;

use measure::cpu::Cpu;
use measure::database::Place;
use measure::options::option;
use measure::process;
use measure::table::{Table, say};
use measure::task_service;
use percentiles::Percentiles;
use services::{Conversation, Pair};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Turns per conversation, so that prompts have a realistic length.
const TURNS_PER_CONVERSATION: usize = 25;

fn main() {
    match process::role() {
        Some((role, arguments)) => match role.as_str() {
            task_service::ROLE => task_service::serve(&arguments),
            services::CHAT => services::serve_chat(&arguments),
            model::ROLE => model::serve(),
            _ => panic!("unknown role: {role}"),
        },
        None => process::runtime().block_on(bench()),
    }
}

/// One of the two kinds of turns.
#[derive(Clone, Copy)]
struct Kind {
    name: &'static str,
    message: &'static str,
    /// Number of model calls.
    model_calls: usize,
}

const KINDS: [Kind; 2] = [
    Kind { name: "an answer", message: "how are you?", model_calls: 1 },
    Kind { name: "a tool call and an answer", message: model::ADD, model_calls: 2 },
];

async fn bench() {
    let turns = option("--turns", 500);
    for (chat, task) in Place::all().await.into_iter().zip(Place::all().await) {
        let name = chat.name;
        let pair = Pair::start(&chat, &task);
        let mut table = Table::new(&["", "p50 ms", "p99 ms"]);
        for kind in KINDS {
            measure(&pair, kind, turns, &mut table).await;
        }
        table.print(name);
        say("");
    }
}

async fn measure(pair: &Pair, kind: Kind, turns: usize, table: &mut Table) {
    // Warm-up.
    run(pair, kind, turns / 5 + 1).await;
    let before = pair.services().map(Cpu::used);
    let (first, whole) = run(pair, kind, turns).await;
    let cpu = pair.services().map(Cpu::used);
    let (model_first, model_whole) = bare::run(pair.model(), kind, turns).await;

    let mut row = |what: &str, times: &Percentiles| {
        table.row(vec![
            format!("{}: {what}", kind.name),
            format!("{:.2}", times.ms(50)),
            format!("{:.2}", times.ms(99)),
        ]);
    };
    row("first word", &first);
    row("the model's own", &model_first);
    row("whole turn", &whole);
    row("the model's own", &model_whole);
    let added = |ours: &Percentiles, model: &Percentiles| {
        format!(
            "{:.2} ms at p50, {:.2} at p99",
            ours.ms(50) - model.ms(50),
            ours.ms(99) - model.ms(99)
        )
    };
    say(&format!(
        "{}, {}: added until the first word {}",
        pair.name(),
        kind.name,
        added(&first, &model_first)
    ));
    say(&format!(
        "{}, {}: added to the whole turn {}",
        pair.name(),
        kind.name,
        added(&whole, &model_whole)
    ));
    let used = (cpu[0] - before[0]) + (cpu[1] - before[1]);
    let count = u32::try_from(turns).expect("a number that fits");
    let each = used.as_secs_f64() * 1e3 / f64::from(count);
    say(&format!("{}, {}: CPU of both services {each:.2} ms a turn", pair.name(), kind.name));
}

/// Runs turns one after the other; returns the times until the first word and until the end.
async fn run(pair: &Pair, kind: Kind, turns: usize) -> (Percentiles, Percentiles) {
    let (mut first, mut whole) = (Percentiles::default(), Percentiles::default());
    let mut conversation = Conversation::begin(pair).await;
    for turn in 0..turns {
        if turn % TURNS_PER_CONVERSATION == 0 {
            conversation = Conversation::begin(pair).await;
        }
        let start = Instant::now();
        conversation.turn(kind.message, || first.add(start.elapsed())).await;
        whole.add(start.elapsed());
    }
    (first, whole)
}
