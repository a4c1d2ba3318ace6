"""What the repository's own tasks need: a browser, and pictures of the page."""
