//! Truth and a recorded trace in; counts, rates and intervals out.
