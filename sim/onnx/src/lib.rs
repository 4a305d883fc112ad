//! The detector that runs an ONNX file.
