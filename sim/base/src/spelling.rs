//! What a misspelt name was meant to be, for the remedy of an error.

/// The name nearest to a misspelt one, if any is near enough to be meant: one slip, and one more for
/// every four letters (optimal string alignment distance).
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = 1 + word.chars().count() / 4;
    known
        .into_iter()
        .map(|k| (strsim::osa_distance(word, k), k))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, k)| k)
}

/// "did you mean `x`?" for the nearest of `known`, else the list of them; empty when none is known.
pub fn did_you_mean(word: &str, known: &[&str]) -> String {
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => String::new(),
        None => format!("one of {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_and_one_for_every_four_letters_is_near() {
        let known = ["grace_s", "lead_in_s"];
        assert_eq!(nearest("grase_s", known), Some("grace_s"));
        // Swapped neighbours are one slip.
        assert_eq!(nearest("garce_s", known), Some("grace_s"));
        assert_eq!(nearest("grxxx_s", known), None);
        assert_eq!(did_you_mean("id", &["a", "b"]), "one of a, b");
        assert_eq!(did_you_mean("id", &[]), "");
    }
}
