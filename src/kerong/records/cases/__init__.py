"""Cases: anything that people work on step by step, with its workflow, clocks and whole story."""
