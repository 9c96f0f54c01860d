"""How people sign in and stay signed in: allauth's pages with our rules (decision 0012)."""
