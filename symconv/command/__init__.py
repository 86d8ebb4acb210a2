"""The command line.

- `cli`, `verbs`, `options`, `arguments`: what can be typed, and how it is read.
- `exit_codes`, `interrupts`: how the command ends.
- `deciding`, `worker`, `typed_claims`: decisions, within a time limit in a process of their own.
- `reports`, `simplify_cost`, `solving`, `comparing`, `certificates`: what is said of claims,
  of what is unknown, of networks and of formal proofs.
- `grading`, `answers`, `typical_answers`, `auditing`: of exercises, and of derivations.
- `exploring`, `handouts`, `sites`: pages, and many files at once.
- `terminal`: text in a terminal, or in a pipe.
"""
