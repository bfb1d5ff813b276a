"""Somebody who cannot see: the page is what Chromium's accessibility tree says, and there is only a keyboard."""

import re
import time
from dataclasses import dataclass, field

from playwright.sync_api import Page

PATIENCE = 60.0
LIVE = ("polite", "assertive")
ROOT = "RootWebArea"


@dataclass
class Node:
    id: str
    role: str
    name: str
    description: str
    states: dict
    parent: "Node | None" = None
    children: list["Node"] = field(default_factory=list)

    def within(self) -> list["Node"]:
        return [self, *(below for child in self.children for below in child.within())]

    def around(self) -> list["Node"]:
        return [self, *(self.parent.around() if self.parent else [])]

    @property
    def text(self) -> str:
        """All that is read in it."""
        return " ".join(one.name for one in self.within() if one.role == "StaticText").strip()

    def __str__(self) -> str:
        return f"{self.role} {self.name!r}"


class Ears:
    """`heard` holds what live regions said: (polite or assertive, words)."""

    def __init__(self, page: Page):
        self.keys = page.keyboard
        self.page = page
        self._cdp = page.context.new_cdp_session(page)
        self._cdp.send("Accessibility.enable")
        self._standing: set[tuple[str, str]] = set()
        self.heard: list[tuple[str, str]] = []

    # --- what is there ----------------------------------------------------------------------

    def tree(self) -> Node:
        rows = self._cdp.send("Accessibility.getFullAXTree")["nodes"]
        nodes = {row["nodeId"]: (row, self._node(row)) for row in rows}
        for row, node in nodes.values():
            node.children = [nodes[id][1] for id in row.get("childIds", ()) if id in nodes]
            for child in node.children:
                child.parent = node
        self._listen([node for _, node in nodes.values()])
        return nodes[rows[0]["nodeId"]][1]

    @staticmethod
    def _node(row: dict) -> Node:
        states = {one["name"]: one["value"].get("value") for one in row.get("properties", ())}
        says = {name: row.get(name, {}).get("value", "") or "" for name in ("role", "name", "description")}
        return Node(row["nodeId"], **says, states=states | {"ignored": row["ignored"]})

    def all(self, role: str, name: str | re.Pattern = "") -> list[Node]:
        found = [one for one in self.tree().within() if one.role == role and not one.states["ignored"]]
        return [one for one in found if re.search(name, one.name)]

    def finds(self, role: str, name: str | re.Pattern = "") -> Node:
        """Until it is there."""
        return self._until(lambda: next(iter(self.all(role, name)), None), f"{role} {name!r}")

    def finds_set(self, role: str, name: str) -> None:
        """Until it is checked."""
        self._until(lambda: any(one.states.get("checked") == "true" for one in self.all(role, name)), f"{name} set")

    def reads(self, region: str, text: str) -> None:
        """Somewhere in the region stands this text."""
        self._until(lambda: any(text in one.text for one in self.all("region", region)), f"{text!r} in {region}")

    # --- where one is -----------------------------------------------------------------------

    def here(self) -> Node:
        """What has the focus, or in a list what it points at; never the page itself."""
        found = [one for one in self.tree().within() if one.states.get("focused")]
        assert found and found[-1].role != ROOT, "the focus is lost"
        return found[-1]

    def is_at(self, role: str, name: str | re.Pattern = "") -> Node:
        def there():
            found = [one for one in self.tree().within() if one.states.get("focused")]
            at = found[-1] if found else None
            return at if at and at.role == role and re.search(name, at.name) else None

        return self._until(there, f"the focus at {role} {name!r}")

    def goes_to(self, role: str, name: str | re.Pattern = "", key="Tab", most=60) -> Node:
        """Presses the key until the focus is there. Whatever gets the focus has a name."""
        for _ in range(most):
            at = self.here()
            assert at.name, f"a {at.role} without a name"
            if at.role == role and re.search(name, at.name):
                return at
            self.keys.press(key)
        raise AssertionError(f"{key} does not reach {role} {name!r}")

    def into(self, role: str, name: str, key="Tab", most=60) -> None:
        """Presses the key until the focus is inside of it."""
        for _ in range(most):
            if any(one.role == role and one.name == name for one in self.here().around()):
                return
            self.keys.press(key)
        raise AssertionError(f"{key} does not lead into {role} {name!r}")

    # --- what is said -----------------------------------------------------------------------

    def hears(self, words: str, live: str | None = None) -> None:
        """A live region has said it since it was last heard of."""

        def said():
            self.tree()
            return next((one for one in self.heard if words in one[1] and live in (None, one[0])), None)

        self.heard = self.heard[self.heard.index(self._until(said, f"{words!r} heard")) + 1 :]

    def _listen(self, nodes: list[Node]) -> None:
        """What stands in a live region and did not stand there at the last look."""
        before, self._standing = self._standing, set()
        for region in nodes:
            if (live := region.states.get("live")) not in LIVE:
                continue
            words = [one for one in region.within() if one.role == "StaticText"]
            self._standing |= {(one.id, one.name) for one in words}
            if new := [one.name for one in words if (one.id, one.name) not in before]:
                self.heard.append((live, " ".join(new)))

    def _until(self, look, what: str):
        end = time.monotonic() + PATIENCE
        while not (found := look()):
            if time.monotonic() > end:
                at = [str(one) for one in self.tree().within() if one.states.get("focused")]
                raise AssertionError(f"missing: {what}; focus: {at}; heard: {self.heard[-8:]}")
            self.page.wait_for_timeout(60)
        return found
