"""The demo world: synthetic firms, a synthetic population, and what `kerong run` prepares for them."""
