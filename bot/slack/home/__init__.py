"""The Home tab: what it looks like, its pages, who looks at it, and what publishes it."""
