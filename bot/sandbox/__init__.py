"""The simulated outside world: Contentstack and a Slack workspace over real HTTP and WebSocket."""
