"""A row beside what is recorded: made, changed, left as it is, or why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from inventory.access import Actor, Permission
from inventory.asset_import.entry import Entry
from inventory.asset_import.ground import Ground
from inventory.asset_import.models import RowOutcome
from inventory.asset_import.options import Options
from inventory.asset_import.present import Present
from inventory.asset_import.reading_row import Reader, Told
from inventory.asset_import.unknown import Skipped, Undecided
from inventory.assets import policy
from inventory.assets.identifiers import SERIAL, Key
from inventory.assets.kinds import Category, Status
from inventory.errors import Conflict, HomeroomError, InvalidInput

NEEDED = (Permission.IMPORT_APPLY, Permission.ASSET_WRITE, Permission.ASSET_BULK)


class Clash(Exception):
    """The row contradicts another one, or what is recorded elsewhere."""


@dataclass(slots=True)
class Result:
    """As the columns of `AssetImportRow`."""

    row_id: int
    outcome: RowOutcome
    tag: str = ""
    asset_id: int | None = None
    asset_version: int = 0
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Comparer:
    """Compares batch by batch, in the file's order; remembers what earlier rows took."""

    actor: Actor
    ground: Ground
    options: Options
    sites: set[int | None] = field(default_factory=set)
    swapped: int = 0
    _assets: dict[int, int] = field(default_factory=dict)
    _tags: dict[str, int] = field(default_factory=dict)
    _keys: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)

    def compare(self, entry: Entry, present: Present) -> Result:
        """What becomes of the row."""
        shown = entry.said.get("tag", "") if entry.tag_key else ""
        result = Result(entry.row_id, RowOutcome.REJECTED, shown)
        if entry.wrong:
            result.notes = entry.wrong
            return result
        try:
            self._compare(entry, present, result)
        except Undecided:
            result.outcome, result.notes = RowOutcome.WAITING, ["it names something unknown"]
        except Skipped:
            result.outcome = RowOutcome.SKIPPED
        except (Clash, Conflict) as clash:
            result.outcome, result.notes = RowOutcome.CONFLICT, [str(clash)]
        except InvalidInput as refused:
            result.outcome, result.notes = RowOutcome.REJECTED, _messages(refused)
        except HomeroomError as refused:
            result.outcome, result.notes = RowOutcome.REJECTED, [str(refused)]
        return result

    def _compare(self, entry: Entry, present: Present, result: Result) -> None:
        asset = self._match(entry, present)
        if asset is not None:
            self._once(self._assets, asset["id"], entry.number, "the same asset")
            result.asset_id, result.asset_version = asset["id"], asset["version"]
            result.tag = asset["tag"]
            self._require_reach(asset["site_id"])
        told = Reader(self.ground, self.options).read(entry, asset)
        if asset is None:
            self._new(told, entry, present, result)
        else:
            self._changed(told, entry, asset, present, result)

    def _match(self, entry: Entry, present: Present) -> Mapping[str, Any] | None:
        by = self.options.match
        if by == "id" and entry.asset_id is not None:
            if entry.asset_id not in present.assets:
                raise Clash(f"there is no asset {entry.asset_id}")
            return self._seen(present, entry.asset_id)
        if by == "tag" and entry.tag_key:
            holder = present.tags.get(entry.tag_key)
            if holder is None:
                self.swapped += any(k == SERIAL for k, v in present.holders if v == _bare(entry))
            return None if holder is None else self._seen(present, holder[0])
        return self._by_serial(entry, present) if entry.serial else None

    def _by_serial(self, entry: Entry, present: Present) -> Mapping[str, Any] | None:
        rows = present.holders.get((SERIAL, entry.serial), [])
        if "manufacturer" in entry.said and len(rows) > 1:
            maker = self.ground.maker(entry.said["manufacturer"])
            rows = [row for row in rows if row[1] in {maker.key, ""}]
        ids = {id_ for id_, _ in rows}
        if len(ids) > 1:
            raise Clash("several assets have this serial number: name the manufacturer")
        return self._seen(present, ids.pop()) if ids else None

    def _seen(self, present: Present, asset_id: int) -> Mapping[str, Any]:
        asset = present.assets[asset_id]
        if not self.actor.may(Permission.ASSET_READ, asset["site_id"]):
            raise Clash("it belongs to an asset out of your reach")
        return asset

    def _new(self, told: Told, entry: Entry, present: Present, result: Result) -> None:
        after = told.fields
        if not after.get("category"):
            maker, model = after.get("manufacturer", ""), after.get("model", "")
            after["category"] = self.ground.category_of(maker, model) or self.options.category
        if not after["category"]:
            raise InvalidInput("the row tells no category of the new asset")
        after.setdefault("status", self.options.status)
        if "site_id" not in after and "new_site" not in after:
            after["site_id"] = self.options.site_id
        policy.require_initial(Status(after["status"]))
        self._require_reach(after.get("site_id"), told.within)
        after["custom"] = told.custom_of(Category(after["category"]), {}, complete=True)
        if entry.tag_key:
            if entry.tag_key in present.tags:
                raise Clash(f"the tag {entry.said['tag']} is or was that of another asset")
            self._once(self._tags, entry.tag_key, entry.number, "the same tag")
            after["tag"] = entry.said["tag"]
        self._claim(told.keys, None, entry, present)
        if told.keys:
            after["identifiers"] = [[key.kind, key.namespace, key.value] for key in told.keys]
        result.outcome = RowOutcome.CREATE
        result.after = {name: value for name, value in after.items() if value not in ("", None, {})}

    def _changed(
        self, told: Told, entry: Entry, asset: Mapping[str, Any], present: Present, result: Result
    ) -> None:
        if told.tag and told.tag != asset["tag"]:
            holder = present.tags.get(entry.tag_key)
            if self.options.match != "tag" or (holder is not None and holder[1]):
                if holder is not None and holder[0] != asset["id"]:
                    raise Clash(f"the tag {told.tag} is or was that of another asset")
                self._once(self._tags, entry.tag_key, entry.number, "the same tag")
                told.fields["tag"], told.before["tag"] = told.tag, asset["tag"]
            else:
                result.notes.append(f"{told.tag} is an old tag of {asset['tag']}")
        if "category" in told.fields or told.custom:
            category = Category(told.fields.get("category", asset["category"]))
            custom = told.custom_of(category, asset["custom"], complete="category" in told.fields)
            if custom != asset["custom"]:
                told.fields["custom"], told.before["custom"] = custom, asset["custom"]
        if "status" in told.fields:
            self._require_move(asset, Status(told.fields["status"]), present)
        if told.before.keys() & {"site_id"}:
            self._require_reach(told.fields.get("site_id"), told.within)
        self._claim(told.keys, asset["id"], entry, present)
        fresh = [k for k in told.keys if not _holds(present, k, asset["id"])]
        added = [[k.kind, k.namespace, k.value] for k in fresh if k.kind != SERIAL]
        if added:
            told.fields["identifiers"], told.before["identifiers"] = added, []
        result.outcome = RowOutcome.UPDATE if told.fields else RowOutcome.UNCHANGED
        if told.fields:
            result.before, result.after = told.before, told.fields

    def _require_move(self, asset: Mapping[str, Any], after: Status, present: Present) -> None:
        before = Status(asset["status"])
        self.actor.require(policy.permission_for(before, after), asset["site_id"])
        policy.require_move(before, after, "import")
        if after in policy.ENDING and asset["id"] in present.held:
            raise Clash("a hold is in force on this device: it must not be retired")

    def _require_reach(self, site_id: int | None, within: int | None = None) -> None:
        place = within if site_id is None and within is not None else site_id
        for permission in NEEDED:
            self.actor.require(permission, place)
        if within is not None and site_id is None:
            self.actor.require(Permission.SITE_WRITE, within)
        self.sites.add(place)

    def _claim(
        self, keys: Sequence[Key], asset_id: int | None, entry: Entry, present: Present
    ) -> None:
        for key in keys:
            for holder, namespace in present.holders.get((key.kind, key.value), []):
                alike = key.kind != SERIAL or "" in {namespace, key.namespace}
                if holder != asset_id and (alike or namespace == key.namespace):
                    other = present.assets[holder]
                    seen = self.actor.may(Permission.ASSET_READ, other["site_id"])
                    whose = other["tag"] if seen else "another asset"
                    raise Clash(f"{key.spoken()} belongs to {whose}")
            taken = self._keys.setdefault((key.kind, key.value), (entry.number, key.namespace))
            if taken[0] != entry.number and (taken[1] == key.namespace or "" in taken):
                raise Clash(f"row {taken[0]} has {key.spoken()}, too")

    def _once(self, seen: dict[Any, int], key: Any, number: int, what: str) -> None:
        first = seen.setdefault(key, number)
        if first != number:
            raise Clash(f"row {first} is about {what}")


def _bare(entry: Entry) -> str:
    return "".join(entry.said["tag"].upper().split())


def _holds(present: Present, key: Key, asset_id: int) -> bool:
    return any(id_ == asset_id for id_, _ in present.holders.get((key.kind, key.value), []))


def _messages(refused: InvalidInput) -> list[str]:
    told = []
    for name, messages in refused.fields.items():
        if isinstance(messages, Mapping):
            told += [f"{key} {' '.join(map(str, lines))}" for key, lines in messages.items()]
        elif isinstance(messages, list):
            told += [f"{name} {message}" for message in messages]
    return [line[:300] for line in told] or [str(refused)[:300]]
