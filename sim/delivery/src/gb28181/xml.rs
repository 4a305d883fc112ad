//! The little XML that forms are made of: elements with text, no attributes, no entities of a
//! document's own.

use quick_xml::events::Event;
use quick_xml::{Reader, XmlVersion};
use std::collections::BTreeMap;

/// Deepest nesting read.
const MAX_DEPTH: usize = 8;
/// Most elements read.
const MAX_ELEMENTS: usize = 256;

/// Why text is not such XML.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    /// Not well-formed.
    #[error("{why} at byte {at}")]
    Syntax {
        /// What the reader said.
        why: String,
        /// Where.
        at: u64,
    },
    /// It brings a document type, which no form has.
    #[error("a document type is not allowed")]
    DocumentType,
    /// Too deep or too many elements.
    #[error("more than {MAX_ELEMENTS} elements or deeper than {MAX_DEPTH}")]
    TooLarge,
    /// No element, or one that does not end.
    #[error("it ends early")]
    Unfinished,
}

/// Text of the elements that hold only text, by name: of several of a name the first.
#[derive(Debug)]
pub(super) struct Leaves {
    root: String,
    texts: BTreeMap<String, String>,
}

impl Leaves {
    pub(super) fn root(&self) -> &str {
        &self.root
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(String::as_str)
    }
}

/// Text with what XML reserves as references, and what it forbids (XML 1.0, 2.2) as spaces.
pub(super) fn escape(text: &str) -> String {
    let allowed = |c: char| match c {
        '\t' | '\n' | '\r' => c,
        c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => ' ',
        c => c,
    };
    let text: String = text.chars().map(allowed).collect();
    quick_xml::escape::escape(&text).into_owned()
}

/// Reads a document.
pub(super) fn leaves(text: &str) -> Result<Leaves, XmlError> {
    let mut reader = Reader::from_str(text);
    let (mut texts, mut root) = (BTreeMap::new(), None);
    // Of each open element its name, its text, whether it has children.
    let mut open: Vec<(String, String, bool)> = Vec::new();
    let mut elements = 0;
    loop {
        let at = reader.buffer_position();
        let syntax = |why: String| XmlError::Syntax { why, at };
        let event = reader.read_event().map_err(|e| syntax(e.to_string()))?;
        match event {
            Event::Start(start) => {
                let name = String::from_utf8_lossy(start.name().as_ref()).into_owned();
                begin(&mut open, &mut root, &mut elements, &name)?;
                open.push((name, String::new(), false));
            }
            Event::Empty(empty) => {
                let name = String::from_utf8_lossy(empty.name().as_ref()).into_owned();
                begin(&mut open, &mut root, &mut elements, &name)?;
                texts.entry(name).or_insert_with(String::new);
            }
            Event::End(_) => {
                if let Some((name, text, false)) = open.pop() {
                    texts.entry(name).or_insert(text);
                }
            }
            Event::Text(content) => {
                let content = content
                    .xml_content(XmlVersion::Implicit1_0)
                    .map_err(|e| syntax(e.to_string()))?;
                append(&mut open, &content);
            }
            Event::CData(content) => {
                let content = content.decode().map_err(|e| syntax(e.to_string()))?;
                append(&mut open, &content);
            }
            Event::GeneralRef(reference) => {
                let letter = reference
                    .resolve_char_ref()
                    .map_err(|e| syntax(e.to_string()))?;
                let name = reference.decode().map_err(|e| syntax(e.to_string()))?;
                match letter {
                    Some(letter) => append(&mut open, letter.encode_utf8(&mut [0; 4])),
                    None => match quick_xml::escape::resolve_predefined_entity(&name) {
                        Some(letters) => append(&mut open, letters),
                        None => return Err(syntax(format!("unknown entity `{name}`"))),
                    },
                }
            }
            Event::DocType(_) => return Err(XmlError::DocumentType),
            Event::Eof => break,
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
        }
    }
    match (root, open.is_empty()) {
        (Some(root), true) => Ok(Leaves { root, texts }),
        _ => Err(XmlError::Unfinished),
    }
}

fn begin(
    open: &mut [(String, String, bool)],
    root: &mut Option<String>,
    elements: &mut usize,
    name: &str,
) -> Result<(), XmlError> {
    *elements += 1;
    if *elements > MAX_ELEMENTS || open.len() >= MAX_DEPTH {
        return Err(XmlError::TooLarge);
    }
    match open.last_mut() {
        Some((_, _, has_children)) => *has_children = true,
        None => {
            root.get_or_insert_with(|| name.to_owned());
        }
    }
    Ok(())
}

fn append(open: &mut [(String, String, bool)], text: &str) {
    if let Some((_, content, _)) = open.last_mut() {
        content.push_str(text);
    }
}
