"""A browser of one person's own, so that it can be killed, or sleep as under a closed lid."""

import contextlib
from pathlib import Path

from playwright.sync_api import Browser, BrowserType, Page

from tests.servers import Process, folder, free_port, listens

CHROMIUM = "/usr/bin/chromium"
# Chromium heeds the last such list alone: these are the ones that Playwright switches off, which must stay so, and at
# the end two pages that Chromium draws its address bar with, in a process of their own for each window.
OFF = [
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "TcpPortRandomizationWin",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
]
FLAGS = [
    f"--disable-features={','.join(OFF)}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class OwnBrowser:
    """`process` is chromium itself; its pages are driven as any others."""

    def __init__(self, kind: BrowserType, path: Path):
        port = free_port()
        given = ["--headless=new", f"--remote-debugging-port={port}", f"--user-data-dir={path}/profile", "about:blank"]
        self.process = Process([CHROMIUM, *FLAGS, *given], path / "log")
        self.process.wait_for(lambda: listens(port))
        self.browser: Browser = kind.connect_over_cdp(f"http://127.0.0.1:{port}")

    def page(self, url: str, **options) -> Page:
        options = {"viewport": {"width": 1280, "height": 720}, "locale": "en-GB"} | options
        return self.browser.new_context(base_url=url, **options).new_page()

    def close(self) -> None:
        with contextlib.suppress(Exception):  # a killed one cannot say goodbye
            self.browser.close()
        self.process.crash()


@contextlib.contextmanager
def own_browser(kind: BrowserType):
    with folder() as path:
        own = OwnBrowser(kind, path)
        try:
            yield own
        finally:
            own.close()
