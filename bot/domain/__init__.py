"""What is true: plain frozen values and pure functions; no IO, no clock of its own."""
