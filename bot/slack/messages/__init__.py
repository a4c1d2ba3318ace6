"""One module a message: pure functions from an operation to blocks."""
