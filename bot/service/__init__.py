"""The use cases, one small module each; they know ports, actions and the domain, and nothing concrete."""
