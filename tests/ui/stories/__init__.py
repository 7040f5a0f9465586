"""One whole story per role. Each module tells one: `prepare` makes what must be there before, `tell` is what people do."""

STORIES = ("transferring_officer", "archivist", "reader", "disposal", "inspector", "administrator")
