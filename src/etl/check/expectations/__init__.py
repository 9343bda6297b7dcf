"""Custom expectations of Great Expectations: do figures fit together within what their print allows?

Importing ``etl.check.expectations.reconciliation`` registers them; a suite that names one must be loaded after that.
"""
