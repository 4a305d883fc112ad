//! Requests and answers of the Open Inference Protocol, version 2.

use detect::Tensor;
use serde::Deserialize;
use serde_json::{Number, Value, json};

/// Header that says how many bytes of a body are JSON; tensors follow them (binary extension).
pub(super) const HEADER_LENGTH: &str = "inference-header-content-length";
/// More outputs than any detector has.
const MOST_OUTPUTS: usize = 256;

/// A body and the length of its JSON.
pub(super) struct Request {
    pub(super) bytes: Vec<u8>,
    pub(super) header_length: usize,
}

impl Request {
    /// Asks for all outputs, in binary.
    pub(super) fn new(input: &str, tensor: &Tensor) -> Self {
        let header = json!({
            "parameters": { "binary_data_output": true },
            "inputs": [{
                "name": input,
                "shape": tensor.shape,
                "datatype": "FP32",
                "parameters": { "binary_data_size": tensor.data.len() * 4 },
            }],
        });
        let mut bytes = header.to_string().into_bytes();
        let header_length = bytes.len();
        bytes.extend(tensor.data.iter().flat_map(|v| v.to_le_bytes()));
        Self {
            bytes,
            header_length,
        }
    }
}

#[derive(Deserialize)]
struct Answer {
    outputs: Vec<Output>,
}

#[derive(Deserialize)]
struct Output {
    name: String,
    shape: Vec<u64>,
    datatype: String,
    #[serde(default)]
    parameters: Parameters,
    data: Option<Vec<Value>>,
}

#[derive(Default, Deserialize)]
struct Parameters {
    binary_data_size: Option<usize>,
}

/// The outputs of an answer, in its order; what is wrong with it otherwise.
pub(super) fn read(
    body: &[u8],
    header_length: Option<&str>,
) -> Result<Vec<(String, Tensor)>, String> {
    let n_header = match header_length {
        None => body.len(),
        Some(text) => text
            .trim()
            .parse()
            .ok()
            .filter(|n| *n <= body.len())
            .ok_or_else(|| {
                format!(
                    "`{HEADER_LENGTH}: {text}` does not fit its {} bytes",
                    body.len()
                )
            })?,
    };
    let (header, mut rest) = body.split_at(n_header);
    let answer: Answer =
        serde_json::from_slice(header).map_err(|e| format!("its answer is not one: {e}"))?;
    if answer.outputs.len() > MOST_OUTPUTS {
        return Err(format!("its answer has {} outputs", answer.outputs.len()));
    }
    let mut outputs = Vec::new();
    for output in answer.outputs {
        let of = |what: String| format!("output `{}` {what}", output.name);
        let n = output
            .shape
            .iter()
            .try_fold(1_u64, |n, axis| n.checked_mul(*axis))
            .and_then(|n| usize::try_from(n).ok())
            .ok_or_else(|| of(format!("is of shape {:?}", output.shape)))?;
        let data = match (output.parameters.binary_data_size, output.data) {
            (Some(size), _) => {
                if size > rest.len() {
                    return Err(of(format!("says {size} bytes, {} are left", rest.len())));
                }
                let (mine, after) = rest.split_at(size);
                rest = after;
                numbers(&output.datatype, mine)
                    .ok_or_else(|| of(format!("is of type {}", output.datatype)))?
            }
            (None, Some(nested)) => {
                let mut flat = Vec::new();
                flatten(&nested, &mut flat).ok_or_else(|| of("holds no numbers".to_owned()))?;
                flat
            }
            (None, None) => return Err(of("has no data".to_owned())),
        };
        if data.len() != n {
            return Err(of(format!(
                "is of shape {:?} but has {} numbers",
                output.shape,
                data.len()
            )));
        }
        let shape: Vec<usize> = output.shape.iter().map(|axis| *axis as usize).collect();
        outputs.push((output.name, Tensor::new(shape, data)));
    }
    Ok(outputs)
}

/// Little-endian numbers of a type; `None` for a type that is no number, or a part of one.
fn numbers(datatype: &str, bytes: &[u8]) -> Option<Vec<f32>> {
    fn each<const N: usize>(bytes: &[u8], of: impl Fn([u8; N]) -> f32) -> Option<Vec<f32>> {
        let (whole, rest) = bytes.as_chunks::<N>();
        rest.is_empty()
            .then(|| whole.iter().map(|chunk| of(*chunk)).collect())
    }
    match datatype {
        "FP32" => each(bytes, f32::from_le_bytes),
        "FP64" => each(bytes, |b| f64::from_le_bytes(b) as f32),
        "FP16" => each(bytes, |b| half(u16::from_le_bytes(b))),
        "INT8" => each(bytes, |b| i8::from_le_bytes(b) as f32),
        "INT16" => each(bytes, |b| i16::from_le_bytes(b) as f32),
        "INT32" => each(bytes, |b| i32::from_le_bytes(b) as f32),
        "INT64" => each(bytes, |b| i64::from_le_bytes(b) as f32),
        "UINT8" | "BOOL" => each(bytes, |b| u8::from_le_bytes(b) as f32),
        "UINT16" => each(bytes, |b| u16::from_le_bytes(b) as f32),
        "UINT32" => each(bytes, |b| u32::from_le_bytes(b) as f32),
        "UINT64" => each(bytes, |b| u64::from_le_bytes(b) as f32),
        _ => None,
    }
}

/// 2^-24: the step of the smallest halves.
const STEP: f32 = 1.0 / 16_777_216.0;

/// IEEE 754 binary16.
fn half(bits: u16) -> f32 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (u32::from(bits >> 10 & 0x1f), f32::from(bits & 0x3ff));
    sign * match exponent {
        0 => fraction * STEP,
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        _ => (1024.0 + fraction) * (1_u32 << (exponent - 1)) as f32 * STEP,
    }
}

/// Numbers in any nesting of lists; `None` where something else is.
fn flatten(values: &[Value], flat: &mut Vec<f32>) -> Option<()> {
    for value in values {
        match value {
            Value::Number(n) => flat.push(Number::as_f64(n)? as f32),
            Value::Bool(b) => flat.push(f32::from(u8::from(*b))),
            Value::Null => flat.push(f32::NAN),
            Value::Array(inner) => flatten(inner, flat)?,
            Value::String(_) | Value::Object(_) => return None,
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn halves_are_those_of_the_standard() {
        let table = [
            (0x0000, 0.0),
            (0x0001, 5.960_464_5e-8),
            (0x03ff, 6.097_555e-5),
            (0x0400, 6.103_515_6e-5),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x3555, 0.333_251_95),
            (0x7bff, 65504.0),
            (0x7c00, f32::INFINITY),
        ];
        for (bits, value) in table {
            assert_eq!(half(bits), value, "{bits:#06x}");
        }
        assert!(half(0x7e00).is_nan());
    }

    #[test]
    fn answers_in_binary_and_in_json_are_read() {
        let header = r#"{"outputs":[
            {"name":"boxes","datatype":"FP32","shape":[1,2],"parameters":{"binary_data_size":8}},
            {"name":"labels","datatype":"INT64","shape":[1],"parameters":{"binary_data_size":8}},
            {"name":"n","datatype":"INT32","shape":[1,2],"data":[[3, 4]]}]}"#;
        let mut body = header.as_bytes().to_vec();
        body.extend([1.5_f32, -2.0].iter().flat_map(|v| v.to_le_bytes()));
        body.extend(7_i64.to_le_bytes());
        let outputs = read(&body, Some(&header.len().to_string())).expect("an answer");
        let expected = [
            ("boxes", Tensor::new([1, 2], vec![1.5, -2.0])),
            ("labels", Tensor::new([1], vec![7.0])),
            ("n", Tensor::new([1, 2], vec![3.0, 4.0])),
        ];
        assert_eq!(outputs, expected.map(|(name, t)| (name.to_owned(), t)));
    }

    #[test]
    fn an_answer_that_does_not_fit_itself_is_named() {
        let one = |shape: &str, rest: &str| {
            format!(r#"{{"outputs":[{{"name":"a","datatype":"FP32","shape":{shape},{rest}}}]}}"#)
        };
        let cases = [
            ("<html>".to_owned(), "its answer is not one"),
            (
                one("[2]", r#""data":[1]"#),
                "is of shape [2] but has 1 numbers",
            ),
            (one("[1]", r#""data":["x"]"#), "holds no numbers"),
            (
                one("[1]", r#""parameters":{"binary_data_size":4}"#),
                "says 4 bytes, 0 are left",
            ),
            (
                one("[18446744073709551615, 3]", r#""data":[]"#),
                "is of shape",
            ),
            (one("[1]", r#""parameters":{}"#), "has no data"),
        ];
        for (body, what) in cases {
            let error = read(body.as_bytes(), None).expect_err("is wrong");
            assert!(error.contains(what), "{error}");
        }
        assert!(
            read(b"{}", Some("9"))
                .expect_err("too long")
                .contains("does not fit")
        );
    }

    proptest! {
        #[test]
        fn any_answer_is_read_or_refused(
            datatype in "(FP16|FP32|FP64|INT8|INT64|BOOL|BYTES)",
            shape in prop::collection::vec(0_u64..4, 0..3),
            size in 0_usize..40, rest in prop::collection::vec(any::<u8>(), 0..40),
            off in -3_i64..3,
        ) {
            let header = json!({"outputs": [{"name": "a", "datatype": datatype, "shape": shape,
                "parameters": {"binary_data_size": size}}]}).to_string();
            let length = header.len() as i64 + off;
            let body = [header.as_bytes(), &rest].concat();
            if let Ok(outputs) = read(&body, Some(&length.to_string())) {
                let n: usize = outputs[0].1.shape.iter().product();
                prop_assert_eq!(outputs[0].1.data.len(), n);
            }
        }
    }
}
