"""Background jobs of the service: when they run, and the process that runs them."""
