//! Wires the stages and owns simulated time, open-loop arrivals and the trace.
