"""Prints what zoneinfo says of time zones, as JSON: for each the offset at the start, and each change of it after that.

    list-changes.py FROM_SECONDS TO_SECONDS < names, one a line

Times are seconds since 1970, offsets seconds east of UTC. zoneinfo takes its data from the package tzdata alone.
"""

import datetime
import json
import os
import sys
import zoneinfo

import tzdata

# Changes closer to each other than this could hide from the samples; the closest since 1940 are 6.96 days apart.
STEP_SECONDS = 3 * 86_400


def offset_at(zone, seconds):
    at = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).astimezone(zone)
    return int(at.utcoffset().total_seconds())


def changes_of(zone, start, end):
    first = offset_at(zone, start)
    changes = []
    before, offset_before = start, first
    for sample in range(start + STEP_SECONDS, end, STEP_SECONDS):
        offset = offset_at(zone, sample)
        if offset != offset_before:
            low, high = before, sample
            while high - low > 1:
                middle = (low + high) // 2
                if offset_at(zone, middle) == offset_before:
                    low = middle
                else:
                    high = middle
            changes.append([high, offset])
        before, offset_before = sample, offset
    return {"first": first, "changes": changes}


def main():
    zoneinfo.reset_tzpath([])
    start, end = int(sys.argv[1]), int(sys.argv[2])
    folder = os.path.join(tzdata.__path__[0], "zoneinfo")
    known = {}
    zones = {}
    for name in sys.stdin.read().split():
        path = os.path.join(folder, *name.split("/"))
        if not os.path.exists(path):
            zones[name] = None
            continue
        with open(path, "rb") as file:
            content = file.read()
        # Zones that are links to each other have one content.
        if content not in known:
            known[content] = changes_of(zoneinfo.ZoneInfo(name), start, end)
        zones[name] = known[content]
    with open(os.path.join(tzdata.__path__[0], "zones"), encoding="utf-8") as file:
        names = file.read().split()
    json.dump({"version": tzdata.IANA_VERSION, "names": names, "zones": zones}, sys.stdout)


main()
