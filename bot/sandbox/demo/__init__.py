"""`make demo`: the simulated Contentstack and Slack on loopback, and the bot as a process of its own."""
