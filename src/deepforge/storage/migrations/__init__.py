"""How a database of an older version becomes one of this version. Applied in order when a database is opened."""
