"""What is known of whom: today synthetic demo firms only; real facts come with consents and the one door."""
