"""Messages, to-dos and reminders: told once, to a party or a person, in the service and by e-mail."""
