"""The rules about the code, as functions: each takes the folder of a checkout and returns its complaints."""

from __future__ import annotations

import ast
import re
import subprocess
import tokenize
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

LINES_MAX = 400
BANNED_NAMES = frozenset(
    "utils helpers common misc manager handler processor data info base impl".split()  # noqa: SIM905 - reads as a list
)
FOLDER_FILES = frozenset(
    {
        *("README.md", "__init__.py", "models.py", "queries.py", "actions.py", "forms.py", "views.py"),
        *("endpoints.py", "jobs.py", "urls.py"),
    }
)
# A file past 400 lines becomes a folder of the same name.
FOLDER_FOLDERS = frozenset({"templates", "templatetags", "tests", "migrations", "locale", "__pycache__"}) | {
    name.removesuffix(".py") for name in FOLDER_FILES if name.endswith(".py")
}
LEFT_OUT = frozenset(
    {".git", ".venv", ".kerong", "__pycache__", ".pytest_cache", ".ruff_cache", ".hypothesis", "node_modules"}
    | {".import_linter_cache", "build", "dist", "out"}
)
TEXT_ENDINGS = frozenset(
    {
        ".py",
        ".md",
        ".txt",
        ".toml",
        ".yaml",
        ".yml",
        ".json",
        ".html",
        ".css",
        ".ini",
        ".cfg",
        ".po",
        ".sh",
        "",
    }
)
SETUP_COMMANDS = ["make run", "make test"]

# Written in two halves, so that this file does not hold what it forbids.
FORBIDDEN_TEXT = {
    # The address of the work page ends where a folder would go on.
    "a path of the developer's machine": re.compile(r"(?<![\w./])/(?:work/(?=\w)|root/|home/\w+/)"),
    "the host of a package registry": re.compile(
        "|".join(re.escape(half + "." + rest) for half, rest in [("pypi", "org"), ("pythonhosted", "org")])
        + "|"
        + re.escape("registry." + "npmjs")
    ),
}


def docstring_complaints(root: Path) -> list[str]:
    """Every file opens with one sentence that says what it holds."""
    found: list[str] = []
    for path in _python_files(root):
        if "migrations" in path.parts or (
            path.name == "__init__.py" and not path.read_text(encoding="utf-8").strip()
        ):
            continue
        docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        first = docstring.splitlines()[0].strip() if docstring else ""
        if not first.endswith((".", "。", "?", ":")):
            found.append(
                f"{_name(path, root)}: the file must open with one sentence in one line, ending with a "
                f"full stop"
            )
    return found


def length_complaints(root: Path) -> list[str]:
    """No file is longer than a person reads in one go."""
    return [
        f"{_name(path, root)}: {lines} lines, at most {LINES_MAX}; make it a folder of the same name"
        for path in _python_files(root)
        if "migrations" not in path.parts
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > LINES_MAX
    ]


def name_complaints(root: Path) -> list[str]:
    """A module's name says what it is about."""
    candidates = [*_python_files(root), *{path.parent for path in _python_files(root)}]
    return sorted(
        f"{_name(path, root)}: the name {path.stem!r} says nothing; find the idea that has a name"
        for path in candidates
        if path.stem.lower() in BANNED_NAMES
        or BANNED_NAMES & set(path.stem.lower().split("_")) & {"utils", "helpers"}
    )


def folder_complaints(root: Path) -> list[str]:
    """Record and capability folders have the same file names and a README of their own."""
    found: list[str] = []
    for storey in ("records", "capabilities"):
        for folder in sorted((root / "src" / "kerong" / storey).glob("*/")):
            if folder.name == "__pycache__":
                continue
            if not (folder / "README.md").is_file():
                found.append(f"{_name(folder, root)}: has no README.md")
            for entry in sorted(folder.iterdir()):
                allowed = FOLDER_FOLDERS if entry.is_dir() else FOLDER_FILES
                if entry.name not in allowed:
                    found.append(f"{_name(entry, root)}: is not one of the names that every such folder has")
    return found


def readme_complaints(root: Path) -> list[str]:
    """A stranger needs two commands and finds them on the first screen, in both languages."""
    found: list[str] = []
    for name in ("README.md", "README.zh-CN.md"):
        text = (root / name).read_text(encoding="utf-8")
        commands = [
            line.split("#")[0].strip()
            for block in re.findall(r"```(?:sh|bash|console)?\n(.*?)```", text, re.DOTALL)
            for line in block.splitlines()
            if line.split("#")[0].strip()
        ]
        if commands != SETUP_COMMANDS:
            found.append(f"{name}: shows the commands {commands}, expected exactly {SETUP_COMMANDS}")
    return found


def requirements_complaints(root: Path) -> list[str]:
    """What is installed is pinned and hash-checked, and names no address."""
    found: list[str] = []
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (root / name).read_text(encoding="utf-8")
        if "://" in text or "--index-url" in text or "--find-links" in text:
            found.append(f"{name}: holds an address; run `make lock`")
        logical_lines = text.replace("\\\n", " ").splitlines()
        found += [
            f"{name}: {line.split()[0]} is not pinned with a hash; run `make lock`"
            for line in logical_lines
            if line.strip()
            and not line.strip().startswith("#")
            and ("==" not in line or "--hash=sha256:" not in line)
        ]
    return found


def private_text_complaints(root: Path) -> list[str]:
    """Files that are handed on name no machine of ours and no registry."""
    found: list[str] = []
    for path in _text_files(root):
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            found += [
                f"{_name(path, root)}:{number}: holds {what}"
                for what, pattern in FORBIDDEN_TEXT.items()
                if pattern.search(line)
            ]
    return found


def silenced_rule_complaints(root: Path) -> list[str]:
    """Whoever silences a checker says why, in the configuration and in the code alike."""
    found = [
        f"pyproject.toml:{number}: the ignored rule {rule.group(1)} has no reason beside it"
        for number, line in enumerate((root / "pyproject.toml").read_text(encoding="utf-8").splitlines(), 1)
        if (rule := re.match(r'\s+"([A-Z]+\d+)",?\s*(#.*\w.*)?$', line)) and not rule.group(2)
    ]
    for path in _python_files(root):
        with tokenize.open(path) as file:
            comments = [
                token for token in tokenize.generate_tokens(file.readline) if token.type == tokenize.COMMENT
            ]
        for token in comments:
            silenced = re.match(
                r"#\s*(noqa|type:\s*ignore|pyright:\s*ignore|ruff:\s*noqa)\b(.*)", token.string
            )
            # A reason is words after the rule's code and a dash.
            if silenced and not re.search(r"\s[-–—#]\s*\w.{2,}", silenced.group(2)):
                found.append(f"{_name(path, root)}:{token.start[0]}: {token.string.strip()} has no reason")
    return found


def changelog_complaints(root: Path) -> list[str]:
    """The changelog has a place for what comes next."""
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    return (
        []
        if re.search(r"^## \[Unreleased\]", text, re.MULTILINE)
        else ["CHANGELOG.md: has no [Unreleased] section"]
    )


def purity_complaints(root: Path) -> list[str]:
    """Engines and basics know neither Django nor network, database or clock."""
    banned = {"django", "psycopg", "httpx", "requests", "socket", "urllib", "http"}
    found: list[str] = []
    for storey in ("engines", "basics"):
        for path in _python_files(root / "src" / "kerong" / storey):
            if "tests" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                found += [
                    f"{_name(path, root)}: imports {module}"
                    for module in _imported(node)
                    if module.split(".")[0] in banned
                ]
    return found


def generated_page_complaints(root: Path, wanted: str) -> list[str]:
    """Pages that are generated are fresh."""
    page = root / "docs" / "floor_plan.md"
    is_fresh = page.exists() and page.read_text(encoding="utf-8") == wanted
    return [] if is_fresh else ["docs/floor_plan.md: is not fresh; run `make floor-plan`"]


def decision_complaints(root: Path) -> list[str]:
    """Decisions are numbered without gaps and say what was decided and what follows."""
    pages = sorted((root / "docs" / "decisions").glob("*.md"))
    found: list[str] = []
    for number, page in enumerate(pages, 1):
        if not page.name.startswith(f"{number:04d}-"):
            found.append(f"docs/decisions/{page.name}: expected number {number:04d}")
        text = page.read_text(encoding="utf-8")
        found += [
            f"docs/decisions/{page.name}: has no section {section!r}"
            for section in ("## Context", "## Decision", "## Consequences")
            if section not in text
        ]
    return found


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module else []


def _python_files(folder: Path) -> list[Path]:
    return [path for path in _text_files(folder) if path.suffix == ".py"]


def _text_files(folder: Path) -> list[Path]:
    """Return the files that are handed on: those that git would commit, or all where there is no git."""
    asked = subprocess.run(
        ["git", "-C", str(folder), "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        capture_output=True,
        check=False,
    )
    if asked.returncode == 0 and (names := [name for name in asked.stdout.decode().split("\0") if name]):
        candidates = [folder / name for name in names]
    else:
        candidates = list(folder.rglob("*"))
    return sorted(
        path
        for path in candidates
        if path.is_file()
        and path.suffix in TEXT_ENDINGS
        and LEFT_OUT.isdisjoint(path.relative_to(folder).parts)
        and not any(part.endswith(".egg-info") for part in path.parts)
    )


def _name(path: Path, root: Path) -> str:
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
