"""What happens to a project's document: transactions, rules, text, the room of one open project. Never imports the web.

apply(document, transaction)    the next document and its diff, or `Refused` (`apply.py`; the rules are in `rules.py`)
ChangeSet                       how text changes, as CodeMirror sees it (`changes.py`)
rebase(transaction, missed)     a stale transaction brought to the newest version (`rebase.py`)
inverse(diff, later, document)  undo (`inverse.py`)
Room                            orders, stores and publishes the edits of one branch (`room.py`)
"""
