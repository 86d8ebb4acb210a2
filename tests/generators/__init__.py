"""What tests are about: tables, and random expressions, signals, claims and changes of them."""
