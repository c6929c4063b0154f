"""The plant's first master data, as data: parts, places, routings, designs, cells. `loading.load` brings them in.

Every figure that the plant may change is a default of the plant, (P) in domain/nvl72.md; its source stands beside it:
the section or source key there and its confidence (H vendor, M third party, L judgement, U unverified). Nothing here is
read at run time: it is released once through the operations, and the database is the truth from then on.
"""
