"""A simulated plant of any size: `manage.py simulate_plant`.

`plan` says what happens (seeded, pure): a few stories of a rack's life, each told by many racks on different days with
their own serials, cells, lots and places in the hall. `acting` tells it through the operations, all racks on one clock.

`--fast` leaves the same rows by COPY. It knows none of the operations' rules: it lets each story happen once through
the operations in a transaction that is rolled back (`recording`), looks at what was left, and writes that again for
every rack with the keys, names, days and hashes that rack would have got (`tokens`, `printing`, `copying`). Constraints
and triggers hold in both; a test builds a plant both ways and compares every row of every table.
"""
