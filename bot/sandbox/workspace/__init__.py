"""A simulated Slack workspace.

Web API, Socket Mode and signed HTTP for the app, a user side for the page and the tests.
"""
