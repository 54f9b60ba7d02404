//! The sources of settings, one over the other.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::path::PathBuf;

use figment::value::{Dict, Value};

use crate::fault::Fault;
use crate::tree::{self, Path};

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// It was not set.
    Default,
    /// The file.
    File(PathBuf),
    /// The environment variable of this name.
    Variable(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => out.write_str("default"),
            Self::File(path) => write!(out, "file {}", path.display()),
            Self::Variable(name) => write!(out, "environment variable {name}"),
        }
    }
}

/// An environment variable, and the ways to read its text.
pub(crate) struct Variable {
    pub(crate) name: String,
    /// The first is the one in use.
    pub(crate) readings: VecDeque<Value>,
    /// The fault of the reading that came nearest to what the setting is: the one that lies deepest.
    nearest: Option<Fault>,
}

impl Variable {
    /// A variable that is read in the first of these ways that fits.
    pub(crate) fn new(name: String, readings: VecDeque<Value>) -> Self {
        Self { name, readings, nearest: None }
    }

    /// Gives up the reading in use. The fault to report when it was the last.
    fn give_up(&mut self, fault: Fault) -> Option<Fault> {
        let nearest = match self.nearest.take() {
            Some(nearest) if nearest.path.len() >= fault.path.len() => nearest,
            _ => fault,
        };
        self.readings.pop_front();
        if self.readings.is_empty() {
            return Some(nearest);
        }
        self.nearest = Some(nearest);
        None
    }
}

/// All sources of the settings of a service.
pub(crate) struct Layers {
    pub(crate) service: String,
    pub(crate) defaults: Dict,
    pub(crate) file: Option<(PathBuf, Dict)>,
    pub(crate) variables: BTreeMap<Path, Variable>,
}

impl Layers {
    /// The values that hold.
    pub(crate) fn tree(&self) -> Value {
        let mut tree = self.defaults.clone();
        if let Some((_, file)) = &self.file {
            tree::merge(&mut tree, file.clone());
        }
        for (path, variable) in &self.variables {
            if let Some(value) = variable.readings.front() {
                tree::put(&mut tree, path, value.clone());
            }
        }
        tree.into()
    }

    /// Where the value at `path` came from.
    pub(crate) fn origin(&self, path: &[String]) -> Origin {
        if let Some(owner) = self.owner(path) {
            return Origin::Variable(self.variables[&owner].name.clone());
        }
        match &self.file {
            Some((file, tree)) if tree::get(tree, path).is_some() => Origin::File(file.clone()),
            _ => Origin::Default,
        }
    }

    /// Takes what is wrong out of the layer that it is in, or reads it in another way. The fault to
    /// report, if the reader of the settings should hear of it; `Err` when nothing can be taken out.
    pub(crate) fn discard(&mut self, fault: Fault) -> Result<Option<Fault>, Fault> {
        if let Some(owner) = self.owner(&fault.path)
            && let Some(variable) = self.variables.get_mut(&owner)
        {
            let fault = variable.give_up(fault);
            if fault.is_some() {
                self.variables.remove(&owner);
            }
            return Ok(fault);
        }
        let inside_file = self.file.as_mut().is_some_and(|(_, tree)| {
            // A missing key is reported below the table that lacks it.
            tree::remove(tree, &fault.path)
                || tree::remove(tree, &fault.path[..fault.path.len().saturating_sub(1)])
        });
        if inside_file { Ok(Some(fault)) } else { Err(fault) }
    }

    /// Adds the keys of file and environment that are not among the settings.
    pub(crate) fn find_unknown(&self, known: &Dict, faults: &mut Vec<Fault>) {
        let mut given = self.file.as_ref().map(|(_, tree)| tree.clone()).unwrap_or_default();
        for (path, variable) in &self.variables {
            if let Some(value) = variable.readings.front() {
                tree::put(&mut given, path, value.clone());
            }
        }
        faults.extend(tree::unknown(&given, known).into_iter().map(|path| {
            let origin = self.origin(&path);
            Fault { path, what: "is not a setting".to_owned(), origin }
        }));
    }

    /// The variable that set the value at `path`, or something in it.
    fn owner(&self, path: &[String]) -> Option<Path> {
        let above = |owner: &&Path| path.starts_with(owner);
        let below = |owner: &&Path| !path.is_empty() && owner.starts_with(path);
        let paths = || self.variables.keys();
        paths().find(above).or_else(|| paths().find(below)).cloned()
    }
}
