//! From a path to a checked scenario or site, with all files it needs.

use crate::check;
use crate::error::{Fault, Invalid, LoadError, Problems, Sources, suggest};
use crate::file::merge::merge;
use crate::file::read::Section as _;
use crate::file::scenario::ScenarioFile;
use crate::file::site::SiteFile;
use crate::file::tree::{At, Loc, Node, Table, Value, parse};
use crate::model::{Scenario, SiteSpec};
use base::hash::blake3_hex;
use std::io;
use std::path::{Component, Path, PathBuf};

/// Folder of the site files, in the scenario's folder or one above it.
const SITES: &str = "fixtures/sites";

/// Loads and checks a scenario with the files it extends and its site.
///
/// # Errors
/// When the file cannot be read, or with every mistake found in it and in the files it needs.
pub fn load(path: &Path) -> Result<Scenario, LoadError> {
    load_text(path, &read(path)?)
}

/// Loads and checks a scenario, and names the files that decide what it is, read or not: itself,
/// those it extends, its site.
pub fn load_with_files(path: &Path) -> (Result<Scenario, LoadError>, Vec<PathBuf>) {
    let text = match read(path) {
        Ok(text) => text,
        Err(error) => return (Err(error), vec![path.to_owned()]),
    };
    let mut loader = Loader::default();
    let scenario = loader.scenario(path, &text);
    let files = loader.sources.files.iter();
    let files = files.map(|(name, _)| PathBuf::from(name)).collect();
    let scenario = loader.finish(path, scenario).map(|scenario| Scenario {
        hash: hash(&scenario),
        ..scenario
    });
    (scenario.map_err(LoadError::from), files)
}

/// Checks the text of a scenario as if it stood at `path`.
///
/// # Errors
/// With every mistake found in it and in the files it needs.
pub fn load_text(path: &Path, text: &str) -> Result<Scenario, LoadError> {
    let mut loader = Loader::default();
    let scenario = loader.scenario(path, text);
    let scenario = loader.finish(path, scenario)?;
    Ok(Scenario {
        hash: hash(&scenario),
        ..scenario
    })
}

/// Loads and checks a site.
///
/// # Errors
/// When the file cannot be read, or with every mistake found in it.
pub fn load_site(path: &Path) -> Result<SiteSpec, LoadError> {
    load_site_text(path, &read(path)?)
}

/// Checks the text of a site as if it stood at `path`.
///
/// # Errors
/// With every mistake found in it.
pub fn load_site_text(path: &Path, text: &str) -> Result<SiteSpec, LoadError> {
    let mut loader = Loader::default();
    let site = loader.site(path, text);
    Ok(loader.finish(path, site)?)
}

/// BLAKE3 of the model in canonical form. The model holds only numbers, words and lists, none
/// of which fails to serialise.
fn hash(scenario: &Scenario) -> String {
    blake3_hex(&serde_json::to_vec(scenario).unwrap_or_default())
}

fn read(path: &Path) -> Result<String, LoadError> {
    let bytes = std::fs::read(path).map_err(|source| LoadError::Read {
        path: path.to_owned(),
        source,
    })?;
    String::from_utf8(bytes).map_err(|error| LoadError::NotText {
        path: path.to_owned(),
        offset: error.utf8_error().valid_up_to(),
    })
}

/// The files read so far and what is wrong with them.
#[derive(Default)]
struct Loader {
    sources: Sources,
    problems: Problems,
    /// Files being extended, outermost first: as named, and as the system knows them.
    chain: Vec<(String, PathBuf)>,
}

impl Loader {
    fn finish<T>(self, path: &Path, value: Option<T>) -> Result<T, Invalid> {
        let invalid = self.problems.finish(path.to_owned(), &self.sources);
        match value {
            Some(value) if invalid.problems.is_empty() => Ok(value),
            _ => Err(invalid),
        }
    }

    fn scenario(&mut self, path: &Path, text: &str) -> Option<Scenario> {
        let (whole, tree) = self.tree(path, text)?;
        let file = ScenarioFile::read(whole, &tree, &mut self.problems);
        // The sites are looked for even when other parts are wrong, so that all is told at once.
        let named = match &file {
            Some(file) => file.scenario.site.value.clone(),
            None => sites_in(&tree),
        };
        let sites: Vec<_> = named
            .iter()
            .map(|site| self.named_site(&site.value, site.loc))
            .collect();
        let sites = sites.into_iter().collect::<Option<_>>();
        check::scenario::scenario(path, &file?, sites?, &mut self.problems)
    }

    /// The file's tree with all it extends, and where the file as a whole stands.
    fn tree(&mut self, path: &Path, text: &str) -> Option<(Loc, Table)> {
        let name = shown(path);
        let file = self.sources.add(name.clone(), text);
        let before = self.problems.len();
        let own = parse(file, text, &mut self.problems);
        if self.problems.len() > before {
            return None;
        }
        let whole = Loc {
            file,
            start: 0,
            end: 0,
        };
        let Some(extends) = own.entries.get("extends").map(|e| &e.node) else {
            return Some((whole, own));
        };
        let Value::Text(base) = &extends.value else {
            return Some((whole, own));
        };
        let loc = extends.loc;
        let base = tidy(&folder(path).join(base));
        self.chain.push((name, identity(path)));
        let table = self.base(&base, loc);
        self.chain.pop();
        Some((whole, merge(own, table?, &mut self.problems)))
    }

    /// The tree of a file that is extended at `loc`.
    fn base(&mut self, path: &Path, loc: Loc) -> Option<Table> {
        let id = identity(path);
        if let Some(at) = self.chain.iter().position(|(_, seen)| *seen == id) {
            let mut names: Vec<_> = self.chain[at..].iter().map(|(n, _)| n.clone()).collect();
            names.push(shown(path));
            self.problems
                .add(Fault::Cycle(names.join(" -> ")), loc)
                .label("leads back here")
                .help("let one of them stand alone");
            return None;
        }
        let text = self.needed(path, loc)?;
        self.tree(path, &text).map(|(_, table)| table)
    }

    /// The text of a file that another needs at `loc`.
    fn needed(&mut self, path: &Path, loc: Loc) -> Option<String> {
        let reason = match read(path) {
            Ok(text) => return Some(text),
            Err(LoadError::Read { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                "no such file".to_owned()
            }
            Err(LoadError::Read { source, .. }) => source.to_string(),
            Err(LoadError::NotText { offset, .. }) => format!("not UTF-8 text at byte {offset}"),
            Err(LoadError::Invalid(invalid)) => invalid.to_string(),
        };
        self.problems
            .add(
                Fault::CannotRead {
                    path: shown(path),
                    reason,
                },
                loc,
            )
            .label("named here")
            .help("paths are relative to the file that names them");
        None
    }

    /// The site that is named at `loc`; looked for from the file that names it.
    fn named_site(&mut self, name: &str, loc: Loc) -> Option<SiteSpec> {
        let naming = PathBuf::from(&self.sources.files.get(loc.file)?.0);
        if name.starts_with("./") || name.starts_with("../") {
            let path = tidy(&folder(&naming).join(name));
            let text = self.needed(&path, loc)?;
            return self.site(&path, &text);
        }
        let folders = site_folders(&naming);
        let file = format!("{name}.toml");
        if let Some(path) = folders.iter().map(|f| f.join(&file)).find(|p| p.is_file()) {
            let text = self.needed(&path, loc)?;
            return self.site(&path, &text);
        }
        let known: Vec<String> = folders.iter().flat_map(|f| stems(f)).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let help = if known.is_empty() {
            format!("no folder from the scenario's upwards has a site in `{SITES}`")
        } else {
            suggest(name, &known)
        };
        self.problems
            .add(Fault::NoSite(name.to_owned()), loc)
            .label("no such site")
            .help(help);
        None
    }

    fn site(&mut self, path: &Path, text: &str) -> Option<SiteSpec> {
        let file = self.sources.add(shown(path), text);
        let before = self.problems.len();
        let tree = parse(file, text, &mut self.problems);
        if self.problems.len() > before {
            return None;
        }
        let whole = Loc {
            file,
            start: 0,
            end: 0,
        };
        let file = SiteFile::read(whole, &tree, &mut self.problems)?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let site = check::site::site(&stem, &file, &mut self.problems)?;
        // A site with mistakes would only make the scenario's look wrong.
        (self.problems.len() == before).then_some(site)
    }
}

/// A path for messages, the same on every system.
fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn folder(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

/// Without `.` and without `x/..`.
fn tidy(path: &Path) -> PathBuf {
    let mut tidied = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(tidied.components().next_back(), Some(Component::Normal(_))) =>
            {
                tidied.pop();
            }
            other => tidied.push(other),
        }
    }
    tidied
}

/// What tells files apart however they are named.
fn identity(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| tidy(path))
}

/// The sites that a scenario names, before anything else of it is read.
fn sites_in(tree: &Table) -> Vec<At<String>> {
    let Some(Value::Table(head)) = tree.entries.get("scenario").map(|e| &e.node.value) else {
        return Vec::new();
    };
    let text = |node: &Node| match &node.value {
        Value::Text(name) => Some(At {
            value: name.clone(),
            loc: node.loc,
        }),
        _ => None,
    };
    match head.entries.get("site").map(|e| &e.node) {
        Some(node) => match &node.value {
            Value::List(items) => items.iter().filter_map(text).collect(),
            _ => text(node).into_iter().collect(),
        },
        None => Vec::new(),
    }
}

/// The folders in which a scenario's site is looked for, nearest first.
fn site_folders(scenario: &Path) -> Vec<PathBuf> {
    let given = folder(scenario).ancestors();
    let absolute = std::path::absolute(folder(scenario)).unwrap_or_default();
    let folders = given.chain(absolute.ancestors()).map(|f| f.join(SITES));
    let mut found: Vec<PathBuf> = Vec::new();
    for folder in folders.filter(|f| f.is_dir()) {
        if !found.iter().any(|f| identity(f) == identity(&folder)) {
            found.push(folder);
        }
    }
    found
}

/// Names of the sites in a folder, in order.
fn stems(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut stems: Vec<String> = entries
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|x| x == "toml"))
        .filter_map(|p| Some(p.file_stem()?.to_string_lossy().into_owned()))
        .collect();
    stems.sort();
    stems
}

#[cfg(test)]
mod tests;
