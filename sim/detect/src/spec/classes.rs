//! Which class of a network is which of ours.

use super::error::{SpecError, SpecProblem, nearest};
use super::section::Section;
use base::ObjectClass;
use toml::de::DeValue;

/// The 80 classes of COCO 2017 in the order networks use.
const COCO: &str = "person bicycle car motorcycle airplane bus train truck boat traffic_light \
    fire_hydrant stop_sign parking_meter bench bird cat dog horse sheep cow elephant bear zebra \
    giraffe backpack umbrella handbag tie suitcase frisbee skis snowboard sports_ball kite \
    baseball_bat baseball_glove skateboard surfboard tennis_racket bottle wine_glass cup fork \
    knife spoon bowl banana apple sandwich orange broccoli carrot hot_dog pizza donut cake chair \
    couch potted_plant bed dining_table toilet tv laptop mouse remote keyboard cell_phone \
    microwave oven toaster sink refrigerator book clock vase scissors teddy_bear hair_drier \
    toothbrush";

/// The classes of a network, each with ours or `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassMap {
    /// By class index of the network.
    pub of_model: Vec<Option<ObjectClass>>,
}

impl ClassMap {
    /// How many classes the network knows.
    pub fn n_model(&self) -> usize {
        self.of_model.len()
    }

    /// Ours that can be reported, without doubles, in the order of [`ObjectClass::ALL`].
    pub fn reported(&self) -> Vec<ObjectClass> {
        ObjectClass::ALL
            .into_iter()
            .filter(|c| self.of_model.contains(&Some(*c)))
            .collect()
    }
}

/// Reads `[classes]`: `names` (a list, or "coco") or `count`, and the table `map` from a
/// network's class name or index to one of ours.
pub(super) fn read(section: &Section<'_>) -> Result<ClassMap, SpecError> {
    let names = read_names(section)?;
    let count = section.whole("count", 1..=10_000)?.map(|n| n as usize);
    let n = match (&names, count) {
        (Some(names), None) => names.len(),
        (None, Some(n)) => n,
        _ => {
            let problem = SpecProblem::ExactlyOne("names".to_owned(), "count".to_owned());
            let help = "names = [\"boat\", ...] in the order of the network, names = \"coco\", \
                        or count = N to map by index";
            return Err(section.error("count", problem, help.to_owned()));
        }
    };
    let mut of_model = vec![None; n];
    let (table, _) = section
        .table("map")?
        .ok_or_else(|| section.missing_section("map"))?;
    for (key, value) in table {
        let document = section.document();
        let word = key.get_ref().as_ref();
        let index = names
            .as_ref()
            .and_then(|names| names.iter().position(|n| n == word));
        let index = index
            .or_else(|| word.parse().ok().filter(|i| *i < n))
            .ok_or_else(|| {
                let known: Vec<&str> = names.iter().flatten().map(String::as_str).collect();
                let help = match known.len() {
                    0 => Some(format!("an index from 0 to {}", n - 1)),
                    // A list of eighty names would bury the message.
                    _ => nearest(word, &known).filter(|hint| hint.len() < 120),
                };
                let what = "class of the network".to_owned();
                let problem = SpecProblem::UnknownWord {
                    word: word.to_owned(),
                    what,
                };
                document.error(key.span(), problem, help)
            })?;
        let ours = match value.get_ref() {
            DeValue::String(id) => id.parse::<ObjectClass>().map_err(|e| e.0),
            other => Err(other.type_str().to_owned()),
        };
        let ours = ours.map_err(|word| {
            let help = nearest(&word, &ObjectClass::ALL.map(ObjectClass::id));
            let what = "object class".to_owned();
            document.error(value.span(), SpecProblem::UnknownWord { word, what }, help)
        })?;
        of_model[index] = Some(ours);
    }
    if of_model.iter().all(Option::is_none) {
        return Err(section.error("map", SpecProblem::NothingMapped, None));
    }
    Ok(ClassMap { of_model })
}

pub(super) fn read_names(section: &Section<'_>) -> Result<Option<Vec<String>>, SpecError> {
    // Either a list, or the one word; the list's own type check gives the better error.
    if let Ok(Some(word)) = section.text("names") {
        let known = section.choice("names", &[("coco", COCO)])?;
        return Ok(known
            .or(Some(word))
            .map(|all| all.split_whitespace().map(str::to_owned).collect()));
    }
    let Some(names) = section.texts("names")? else {
        return Ok(None);
    };
    if names.is_empty() {
        return Err(section.wrong_length("names", 1, 0));
    }
    Ok(Some(names.into_iter().map(str::to_owned).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coco_has_eighty_classes_in_its_usual_order() {
        let names: Vec<&str> = COCO.split_whitespace().collect();
        assert_eq!(names.len(), 80);
        for (index, name) in [
            (0, "person"),
            (8, "boat"),
            (14, "bird"),
            (16, "dog"),
            (19, "cow"),
        ] {
            assert_eq!(names[index], name);
        }
        assert_eq!(names[25], "umbrella");
        assert_eq!(names[79], "toothbrush");
    }
}
