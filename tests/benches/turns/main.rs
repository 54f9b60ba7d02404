//! What the service adds to the time of a model: until the first word, and for a whole turn with one
//! tool call, beside the same calls to the same model without a turn; and the CPU time of both services
//! per turn. The model is a server that answers at once, over real HTTP.
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
use services::{Pair, Talk};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Turns in one conversation: what the model is given is long, as in real life.
const TURNS_A_TALK: usize = 25;

fn main() {
    match process::role() {
        Some((role, arguments)) => match role.as_str() {
            task_service::ROLE => task_service::serve(&arguments),
            services::CHAT => services::serve_chat(&arguments),
            model::ROLE => model::serve(),
            _ => panic!("there is no role {role}"),
        },
        None => process::runtime().block_on(bench()),
    }
}

/// One of the two kinds of turns.
#[derive(Clone, Copy)]
struct Kind {
    name: &'static str,
    message: &'static str,
    /// How often the model is asked.
    asks: usize,
}

const KINDS: [Kind; 2] = [
    Kind { name: "an answer", message: "how are you?", asks: 1 },
    Kind { name: "a tool call and an answer", message: model::ADD, asks: 2 },
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
    // To warm up.
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

/// Runs turns one after the other; how long each took until its first word, and in all.
async fn run(pair: &Pair, kind: Kind, turns: usize) -> (Percentiles, Percentiles) {
    let (mut first, mut whole) = (Percentiles::default(), Percentiles::default());
    let mut talk = Talk::begin(pair).await;
    for turn in 0..turns {
        if turn % TURNS_A_TALK == 0 {
            talk = Talk::begin(pair).await;
        }
        let start = Instant::now();
        talk.turn(kind.message, || first.add(start.elapsed())).await;
        whole.add(start.elapsed());
    }
    (first, whole)
}
