"""The helpdesk's answer in one statement, the same for SQLite and PostgreSQL.

Kept as text and free of SQLAlchemy, so that the command line starts fast (decision 4). The two
databases differ in the names of two JSON functions only, and in the driver's placeholder.
"""

import json
from typing import Any

OPEN_MATTERS = 5
SUPPLIES = 40
ADDRESSES = 10

_STATEMENT = """
WITH RECURSIVE found AS (
  SELECT a.*, t.tag AS asked_tag, t.current AS tag_is_current
  FROM asset_tag t JOIN asset a ON a.id = t.asset_id
  WHERE t.tag_key = {key}
), up(id, parent_id, name, kind, height) AS (
  SELECT s.id, s.parent_id, s.name, s.kind, 0 FROM site s JOIN found ON s.id = found.site_id
  UNION ALL
  SELECT s.id, s.parent_id, s.name, s.kind, up.height + 1
  FROM site s JOIN up ON s.id = up.parent_id WHERE up.height < 20
)
SELECT
  found.id, found.site_id, found.tag, found.asked_tag, found.tag_is_current, found.category,
  found.status, found.name, found.serial, found.firmware, found.last_seen_at,
  found.last_seen_source, found.last_seen_address, found.version,
  (SELECT m.name FROM manufacturer m WHERE m.id = found.manufacturer_id) AS manufacturer,
  (SELECT m.name FROM asset_model m WHERE m.id = found.model_id) AS model,
  (SELECT {array}({object}('name', up.name, 'kind', up.kind, 'height', up.height)) FROM up)
    AS place,
  (SELECT {array}({object}('address', n.address, 'mac', n.mac, 'last_at', n.last_at))
   FROM (SELECT * FROM asset_address WHERE asset_id = found.id AND current
         ORDER BY last_at DESC LIMIT {addresses}) n) AS addresses,
  (SELECT {array}({object}('switch', p.switch_name, 'port', p.port, 'vlan', p.vlan,
                           'at', p.last_at))
   FROM asset_port p WHERE p.asset_id = found.id AND p.current)
    AS switch_port,
  (SELECT {array}({object}('name', r.name, 'type', r.type, 'color', r.color,
                           'level_percent', r.level_percent, 'state', r.state, 'at', r.at))
   FROM (SELECT * FROM supply_reading WHERE asset_id = found.id AND current
         ORDER BY supply_index LIMIT {supplies}) r) AS supplies,
  (SELECT {array}({object}('id', f.id, 'outcome', f.outcome, 'address', f.address,
                           'serial', f.serial))
   FROM (SELECT * FROM discovery_finding
         WHERE asset_id = found.id AND outcome = 'conflict' AND decision IS NULL
         ORDER BY id LIMIT {matters}) f) AS conflicts,
  (SELECT {array}({object}('custody_id', c.id, 'kind', c.kind, 'since', c.given_at,
                           'due_at', c.due_at, 'person_id', c.person_id,
                           'name', COALESCE(p.given_name || ' ' || p.family_name, s.name, k.name)))
   FROM custody c LEFT JOIN person p ON p.id = c.person_id
   LEFT JOIN site s ON s.id = c.place_id LEFT JOIN cart k ON k.id = c.cart_id
   WHERE c.asset_id = found.id AND c.returned_at IS NULL) AS holders
FROM found
"""


def statement(*, sqlite: bool) -> str:
    """The statement with one parameter, the tag's key."""
    return _STATEMENT.format(
        key="?" if sqlite else "%s",
        array="json_group_array" if sqlite else "json_agg",
        object="json_object" if sqlite else "json_build_object",
        addresses=ADDRESSES,
        supplies=SUPPLIES,
        matters=OPEN_MATTERS,
    )


SQLITE, POSTGRESQL = statement(sqlite=True), statement(sqlite=False)


def items(cell: object) -> list[dict[str, Any]]:
    """A JSON aggregate of either database: text, a list, or NULL for none."""
    if cell is None:
        return []
    return json.loads(cell) if isinstance(cell, str) else list(cell)  # type: ignore[call-overload,no-any-return]
