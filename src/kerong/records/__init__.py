"""What all capabilities share; each record has one door for reading and one for writing."""
