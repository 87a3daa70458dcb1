"""More than one machine: daemons known by name, and what one command asks of all of them (`llmasos cluster`)."""
