"""The Web API methods that an app calls under `/api/`, one module per family."""
