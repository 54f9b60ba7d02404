//! Decides whether a segment starts a new clause or belongs to the one before it.

use super::Clause;
use super::segment::{Conjunction, Segment, Sentence};
use crate::grammar::{Confidence, Continuation, ParsedCommand};
use crate::modality::Modality;

/// Whether the segment is a command of its own rather than part of the clause before it.
pub(super) fn starts_new_clause(
    segment: &Segment,
    parsed: Option<&ParsedCommand>,
    modality: Option<Modality>,
    before: &Clause,
    sentence: &Sentence,
) -> bool {
    let Some(parsed) = parsed else {
        // "complete 1 but not 2": a negation ends a complete command, but not a title.
        let closed =
            before.first.as_ref().is_some_and(|first| first.continuation == Continuation::None);
        return closed && modality == Some(Modality::Negated);
    };
    let required = match (before.modality, &before.first) {
        (Some(Modality::Hypothetical), _) => None,
        (Some(Modality::Negated), _)
            if sentence.segments.iter().any(|segment| segment.conjunction == Conjunction::Or) =>
        {
            None
        }
        (Some(Modality::Negated), _) => match segment.conjunction {
            Conjunction::But => Some(Confidence::Imperative),
            Conjunction::Comma | Conjunction::Then => Some(Confidence::Explicit),
            Conjunction::Start | Conjunction::And | Conjunction::Or => None,
        },
        (None, Some(first)) => required_confidence(first.continuation, segment.conjunction),
        // The words before are unknown, so "and" may continue them.
        (None, None) if segment.conjunction == Conjunction::And => None,
        (None, None) => required_confidence(Continuation::Open, segment.conjunction),
    };
    required.is_some_and(|required| parsed.confidence >= required)
}

/// The confidence that a segment needs to start a clause; `None` if no confidence suffices.
fn required_confidence(continuation: Continuation, conjunction: Conjunction) -> Option<Confidence> {
    use Confidence::{Ambiguous, Explicit, Imperative, Verbless};
    Some(match (conjunction, continuation) {
        (Conjunction::Start, _) => Verbless,
        (Conjunction::Or, _) | (Conjunction::Comma | Conjunction::And, Continuation::List) => {
            return None;
        }
        (Conjunction::Then | Conjunction::But, Continuation::Open | Continuation::List) => {
            Imperative
        }
        (Conjunction::Comma, Continuation::Open) => Imperative,
        (Conjunction::And, Continuation::Open) => Explicit,
        (Conjunction::And, Continuation::Title) => Imperative,
        (Conjunction::Then | Conjunction::But | Conjunction::Comma | Conjunction::And, _) => {
            Ambiguous
        }
    })
}
