"""Who takes part: today the users who sign in; enterprises, institutions and offices are still to come."""
