"""The contracts that others build on: the API's OpenAPI document, the events' schemas and samples.

All of it is generated from the code that does the work, committed, and compared with the code by
`tests/platform/unit/contracts`. Needs `functions` and `layers/shared/python` as import roots.
"""
