"""Write `dashboards/*.json` from what stands beside this, or with --check say whether they are fresh.

A dashboard is a title and rows of panels; a panel is a title, a unit and the series it draws. All else (places, ids,
the data source) is the same everywhere and stands here, so nobody edits JSON.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from all_services import ONECHOSEN, OVERVIEW
from other_servers import DELIVERY, FEDERATION, INBOX
from panels import Dashboard, Panel
from people_here import MEDIA, MODERATION, TIMELINES

FOLDER = Path(__file__).parent / "dashboards"
SOURCE = {"type": "prometheus", "uid": "${source}"}
WIDTH, HEIGHT = 24, 8
DASHBOARDS = (OVERVIEW, FEDERATION, DELIVERY, INBOX, TIMELINES, MEDIA, MODERATION, ONECHOSEN)


def document(dashboard: Dashboard) -> dict[str, Any]:
    """As Grafana 10 and newer import it."""
    return {
        "uid": f"murmuration-{dashboard.name}",
        "title": f"Murmuration: {dashboard.title}",
        "tags": ["murmuration"],
        "schemaVersion": 39,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "templating": {"list": list(_variables(dashboard))},
        "panels": list(_placed(dashboard.rows)),
    }


def _variables(dashboard: Dashboard) -> Iterator[dict[str, Any]]:
    yield {"name": "source", "label": "Source", "type": "datasource", "query": "prometheus"}
    if dashboard.by_service:
        yield {
            "name": "service",
            "label": "Service",
            "type": "query",
            "datasource": SOURCE,
            "query": 'label_values(up{job="murmuration"}, service)',
            "refresh": 2,
        }


def _placed(rows: Sequence[Sequence[Panel]]) -> Iterator[dict[str, Any]]:
    number = 0
    for line, row in enumerate(rows):
        width = WIDTH // len(row)
        for place, panel in enumerate(row):
            number += 1
            where = {"x": place * width, "y": line * HEIGHT, "w": width, "h": HEIGHT}
            yield _panel(panel, number) | {"gridPos": where}


def _panel(panel: Panel, number: int) -> dict[str, Any]:
    return {
        "id": number,
        "title": panel.title,
        "type": panel.kind,
        "datasource": SOURCE,
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + place), "datasource": SOURCE, "expr": expression, "legendFormat": name}
            for place, (expression, name) in enumerate(panel.series)
        ],
    }


def main() -> None:
    made = {
        FOLDER / f"{one.name}.json": json.dumps(document(one), indent=1, ensure_ascii=False) + "\n"
        for one in DASHBOARDS
    }
    found = {path: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    if "--check" in sys.argv:
        if made != found:
            sys.exit("deploy/grafana/dashboards is not fresh: run `make dashboards`")
        return
    for path in found.keys() - made.keys():
        path.unlink()
    for path, text in made.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
