"""Takes the few screenshots of policies/README.md from a running service: `python manual_images.py ADDRESS`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "docs" / "manual" / "images"
BYTES_MAX = 150_000
WIDTH = 1080
KNOWLEDGE = "hubei.credit.knowledge_value_loan"
# name → (path, height of what is shown)
PICTURES = {
    "rules": ("/rules/", 700),
    "rule": (f"/rules/{KNOWLEDGE}/", 720),
    "value": ("/rules/national.recognition.little_giant/values/main_business_share_min/", 720),
    "unpublished": ("/unpublished/?q=%E7%9F%A5%E8%AF%86%E4%BB%B7%E5%80%BC", 700),
    "what_if": (f"/what-if/?rule={KNOWLEDGE}&parameter=compensation_share&value=70", 740),
}


def take(page: Page, address: str, name: str) -> int:
    """Take one picture and return its size. Raises SystemExit when it is too large or the page is not whole."""
    path, height = PICTURES[name]
    page.set_viewport_size({"width": WIDTH, "height": height})
    answer = page.goto(address.rstrip("/") + path)
    if answer is None or not answer.ok:
        raise SystemExit(f"{path} did not answer")
    if name == "what_if":
        page.locator(".tile").first.wait_for()
    picture = page.screenshot(path=IMAGES / f"{name}.png", scale="css", animations="disabled")
    if len(picture) > BYTES_MAX:
        raise SystemExit(f"{name}.png has {len(picture)} bytes, at most {BYTES_MAX}")
    return len(picture)


def main(address: str) -> None:
    """Take all pictures."""
    sys.path.insert(0, str(ROOT))
    from conftest import CHROMIUM_FLAGS, chromium_path

    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        root = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*CHROMIUM_FLAGS, *root])
        page = browser.new_page(locale="zh-CN")
        for name in PICTURES:
            print(f"{name}.png {take(page, address, name):,} bytes")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
