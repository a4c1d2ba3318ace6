"""Running an operation: begin, one batch after another, finish (design §4).

``worker`` is what the engine drives; ``turn`` takes one batch; ``calling`` makes one call between its
intent and its reply; ``settle`` re-reads what can be re-read. Everything may be called again after a crash.
"""
