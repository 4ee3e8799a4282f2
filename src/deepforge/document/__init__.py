"""What happens to a project's document: transactions, rules, text, the room of one open project. Never imports the web."""
