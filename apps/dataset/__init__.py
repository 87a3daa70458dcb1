"""Data sets as files of records: reading, cleaning, splitting and labelling them (`llmasos data`)."""
