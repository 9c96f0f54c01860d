"""One folder for each line of the plan; they never know each other."""
