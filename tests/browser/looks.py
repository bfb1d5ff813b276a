"""The looks that a page can take: sizes from 320 px to 4K, schemes, forced colours, no motion."""

import os

from playwright.sync_api import Page

from .test_access import check

WIDE = {
    "1280": (1280, 720, {}),
    "1280 dark": (1280, 720, {"color_scheme": "dark"}),
    "1920": (1920, 1080, {}),
    "4k": (3840, 2160, {}),
    "zoom 200": (640, 360, {}),
    "phone": (390, 844, {"color_scheme": "dark"}),
    "forced": (1280, 720, {"forced_colors": "active"}),
    "still": (1280, 720, {"reduced_motion": "reduce"}),
}
PHONE = {
    "phone": (390, 844, {}),
    "phone dark": (390, 844, {"color_scheme": "dark"}),
    "small": (320, 568, {}),
    "1280": (1280, 720, {}),
    "1920 dark": (1920, 1080, {"color_scheme": "dark"}),
    "forced": (390, 844, {"forced_colors": "active"}),
}
BRIEF = {name: WIDE[name] for name in ("1280", "phone")}
FEW = ("1280", "1280 dark", "phone", "forced")
PLAIN = {"color_scheme": "light", "forced_colors": "none", "reduced_motion": "no-preference"}


def walk(shot, page: Page, words: str, looks=WIDE) -> None:
    """In each look (without PARLEY_SHOTS in few): a picture, nothing too wide, nothing serious for axe."""
    taken = {name: look for name, look in looks.items() if name in FEW or os.environ.get("PARLEY_SHOTS")}
    for name, (width, height, media) in taken.items():
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(**PLAIN | media)
        page.wait_for_timeout(50)
        shot(page, f"{words} {name}")
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, f"{words} {name} is too wide"
        check(page)
    first = next(iter(looks.values()))
    page.set_viewport_size({"width": first[0], "height": first[1]})
    page.emulate_media(**PLAIN)
