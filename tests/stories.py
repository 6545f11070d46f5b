"""How many random stories a run tells: CHORUS_STORIES=10 tells ten times as many as usual."""

import os


def told(usual: int) -> int:
    return usual * int(os.environ.get("CHORUS_STORIES", "1"))
