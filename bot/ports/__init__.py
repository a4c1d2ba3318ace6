"""What the house needs from the outside, each need as one small Protocol."""
