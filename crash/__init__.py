"""Kills a real bot at every boundary and looks whether anything was lost, doubled or claimed (`make crash`).

Real processes on both simulated systems: one bot that serves several organizations, `kill -9`, start again.
What is true afterwards is read from the outside, in the journals and the state of the simulated systems, and
held against what Rollcall says in its store and in Slack.
"""
