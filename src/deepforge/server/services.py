"""Everything that handlers use: made once in the composition root (`serve.py`), handed to them by the application."""


class Services:
    pass
