"""Chinese: numbers are grouped by thousands, as everywhere in computing."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
