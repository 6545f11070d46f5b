"""The cases, one module each.

A case has `HELP`, what it measures in a sentence; `add_arguments(parser)`, its own options; and
`run(sites, options)`, which gives the figures. To add one, write its module and name it in CASES of
benchmarks/__main__.py.
"""
