"""No file names a package registry, or any other place to fetch something from."""

import json
import re

from tests.rules.source import files, text_of

# Texts and namespaces that are defined by their address, and machines that are this one.
MEANT = {"www.apache.org", "www.hikvision.com", "www.onvif.org", "www.w3.org", "127.0.0.1", "localhost", "[::1]"}
# Captured messages and hostile input quote what devices really send.
QUOTED = ("tests/corpus/",)
# The services by which people are told; only the list of channels names them.
SPOKEN_TO = {
    "api.telegram.org",
    "bot-api.zaloplatforms.com",
    "business.openapi.zalo.me",
    "oauth.zaloapp.com",
    "openapi.zalo.me",
}
CHANNELS = "config/channels.toml"
# Names that lead nowhere: reserved for examples, or without a dot.
NOWHERE = re.compile(r".*\.example|[^.]*")
BINARY = {".png", ".webp", ".woff2", ".ico"}


def is_meant(host: str) -> bool:
    return host in MEANT or NOWHERE.fullmatch(host) is not None


def test_it_names_no_address_outside():
    found = []
    for path in files():
        if path.suffix not in BINARY and not str(path).startswith(QUOTED):
            hosts = re.findall(
                r"\b(?:https?|wss?|ftp|git|ssh)://(?:[^\s/@\"'`<>]*@)?([^\s/:\"'`<>)\\]+)", text_of(path)
            )
            services = SPOKEN_TO if str(path) == CHANNELS else set()
            found += [f"{path}: {host}" for host in hosts if host not in services and not is_meant(host)]
    assert found == []


def test_it_locks_packages_by_hash_alone():
    locks = [path for path in files() if path.parts[:2] == ("deploy", "locks")]
    assert len(locks) == 5
    for lock in locks:
        assert not re.search(r"^(-|#)|://", text_of(lock), re.MULTILINE)
        # One requirement a paragraph: its name, then nothing but hashes.
        for requirement in re.split(r"\n(?=\S)", text_of(lock).strip()):
            assert re.fullmatch(r"[\w.\[\]-]+==\S+( ; .+?)? \\\n(    --hash=sha256:[0-9a-f]{64}( \\\n)?)+", requirement)


def test_it_locks_the_browsers_assets_by_hash_alone():
    lock = json.loads(text_of("monitor/web/assets/package-lock.json"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    assert all(entry["integrity"].startswith("sha512-") and "resolved" not in entry for entry in packages.values())
