"""Keeping secrets out of the logs of libraries.

urllib3 writes request paths at DEBUG even where all went well, and a bot's token is part of them; botocore writes
signed headers, Apprise whole addresses. Whoever turns on debugging for a whole process must not find them.
"""

from __future__ import annotations

import logging

_TALKATIVE = ("urllib3", "botocore", "boto3", "requests_oauthlib", "slixmpp")


def quiet() -> None:
    """Before any of them is used. What they have to say reaches people as a DeliveryError, in our own words."""
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL)
