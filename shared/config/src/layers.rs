//! The sources of settings, one over the other.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::path::PathBuf;

use figment::value::{Dict, Value};

use crate::error::ConfigError;
use crate::tree::{self, Path};

/// The source of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Not set.
    Default,
    /// The settings file.
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
    /// The error of the best reading: the one with the longest path.
    nearest: Option<ConfigError>,
}

impl Variable {
    /// A variable whose value is the first reading that fits the setting.
    pub(crate) fn new(name: String, readings: VecDeque<Value>) -> Self {
        Self { name, readings, nearest: None }
    }

    /// Removes the reading in use. Returns the error to report if no reading is left.
    fn reject_reading(&mut self, error: ConfigError) -> Option<ConfigError> {
        let nearest = match self.nearest.take() {
            Some(nearest) if nearest.path.len() >= error.path.len() => nearest,
            _ => error,
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
    /// The merged values.
    pub(crate) fn merged_tree(&self) -> Value {
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

    /// The source of the value at `path`.
    pub(crate) fn origin(&self, path: &[String]) -> Origin {
        if let Some(owner) = self.find_variable(path) {
            return Origin::Variable(self.variables[&owner].name.clone());
        }
        match &self.file {
            Some((file, tree)) if tree::get(tree, path).is_some() => Origin::File(file.clone()),
            _ => Origin::Default,
        }
    }

    /// Removes an invalid value from its layer, or switches to another reading of it. Returns the error
    /// to report, if any; `Err` if there is nothing to remove.
    pub(crate) fn discard_invalid(
        &mut self,
        error: ConfigError,
    ) -> Result<Option<ConfigError>, ConfigError> {
        if let Some(owner) = self.find_variable(&error.path)
            && let Some(variable) = self.variables.get_mut(&owner)
        {
            let error = variable.reject_reading(error);
            if error.is_some() {
                self.variables.remove(&owner);
            }
            return Ok(error);
        }
        let inside_file = self.file.as_mut().is_some_and(|(_, tree)| {
            // A missing key is reported below the table that lacks it.
            tree::remove(tree, &error.path)
                || tree::remove(tree, &error.path[..error.path.len().saturating_sub(1)])
        });
        if inside_file { Ok(Some(error)) } else { Err(error) }
    }

    /// Adds an error for each key of the file and the environment that is not a setting.
    pub(crate) fn push_unknown_keys(&self, known: &Dict, errors: &mut Vec<ConfigError>) {
        let mut given = self.file.as_ref().map(|(_, tree)| tree.clone()).unwrap_or_default();
        for (path, variable) in &self.variables {
            if let Some(value) = variable.readings.front() {
                tree::put(&mut given, path, value.clone());
            }
        }
        errors.extend(tree::unknown(&given, known).into_iter().map(|path| {
            let origin = self.origin(&path);
            ConfigError { path, message: "is not a setting".to_owned(), origin }
        }));
    }

    /// The path of the variable that set the value at `path`, or a part of it.
    fn find_variable(&self, path: &[String]) -> Option<Path> {
        let above = |owner: &&Path| path.starts_with(owner);
        let below = |owner: &&Path| !path.is_empty() && owner.starts_with(path);
        let paths = || self.variables.keys();
        paths().find(above).or_else(|| paths().find(below)).cloned()
    }
}
