"""The hub's cache, shared with Python: huggingface_hub opens what the library kept, the library what huggingface_hub kept.

    node build.mjs
    python tests/golden/hub-cache.py

Both fetch from a small hub that this script plays. It prints a line for each thing that is compared, and ends with 1 where one
differs. Tested: huggingface_hub 2.4.0.
"""

import hashlib
import json
import os
import struct
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

HERE = Path(__file__).parent
REPO = "owner/name"

numbers = struct.pack("<4f", 1, 2, 3, 4)
header = json.dumps({"embeddings": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}}).encode()
tokenizer = {
    **{"added_tokens": [], "normalizer": None, "post_processor": None, "decoder": None},
    "pre_tokenizer": {"type": "Whitespace"},
    "model": {"type": "WordLevel", "vocab": {"a": 0, "b": 1}, "unk_token": "a"},
}
FILES = {
    "tokenizer.json": json.dumps(tokenizer).encode(),
    "model.safetensors": struct.pack("<Q", len(header)) + header + numbers,
}
COMMIT = hashlib.sha1(b"".join(FILES.values())).hexdigest()


def blob_id(data):
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def lfs(name):
    data = FILES[name]
    return {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 130} if name.endswith("tensors") else None


class Hub(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, headers, body=b""):
        self.send_response(status)
        for name, value in {"Content-Length": len(body), **headers}.items():
            self.send_header(name, str(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        path = unquote(urlsplit(self.path).path)
        begin, end = 0, None
        if "Range" in self.headers:
            begin, last = self.headers["Range"].split("=")[1].split("-")
            begin, end = int(begin), int(last) + 1 if last else None
        if path == "/api/models/%s/revision/main" % REPO:
            siblings = [{"rfilename": n, "size": len(d), "blobId": blob_id(d), "lfs": lfs(n)} for n, d in FILES.items()]
            answer = {"id": REPO, "_id": "1", "sha": COMMIT, "siblings": siblings, "tags": [], "private": False}
            return self.reply(200, {"Content-Type": "application/json"}, json.dumps(answer).encode())
        if path == "/api/models/%s/tree/%s" % (REPO, COMMIT):
            tree = []
            for name, data in FILES.items():
                item = {"type": "file", "path": name, "size": len(data), "oid": blob_id(data)}
                large = lfs(name)
                if large:
                    item["lfs"] = {"oid": large["sha256"], "size": len(data), "pointerSize": 130}
                tree.append(item)
            return self.reply(200, {"Content-Type": "application/json"}, json.dumps(tree).encode())
        name = path.split("/")[-1]
        data = FILES.get(name)
        headers = {"X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
        if data is None:
            return self.reply(404, {**headers, "X-Error-Code": "EntryNotFound", "X-Error-Message": "Entry not found"})
        large = lfs(name)
        if large and not path.startswith("/store/"):
            linked = {"X-Linked-Etag": '"%s"' % large["sha256"], "X-Linked-Size": len(data)}
            return self.reply(302, {**headers, **linked, "Location": "%s/store/%s" % (store, name)})
        headers["ETag"] = '"%s"' % blob_id(data)
        part = data[begin:end]
        if "Range" not in self.headers:
            return self.reply(200, headers, data)
        headers["Content-Range"] = "bytes %d-%d/%d" % (begin, begin + len(part) - 1, len(data))
        return self.reply(206, headers, part)


def serve():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return "http://127.0.0.1:%d" % server.server_port


store = serve()
endpoint = serve()
for variable in [name for name in os.environ if name.startswith("HF_") or name.endswith("PROXY") or name.endswith("proxy")]:
    del os.environ[variable]
os.environ["HF_ENDPOINT"] = endpoint
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"

from huggingface_hub import _CACHED_NO_EXIST, hf_hub_download, scan_cache_dir, snapshot_download, try_to_load_from_cache  # noqa: E402

failures = 0


def report(what, is_same):
    global failures
    failures += not is_same
    print("%-72s %s" % (what, "same" if is_same else "DIFFERS"))


def ours(cache, options=None, **environment):
    command = ["node", str(HERE / "hub-cache.mjs"), REPO, json.dumps(options or {})]
    env = {**os.environ, "HF_HUB_CACHE": str(cache), **environment}
    result = subprocess.run(command, env=env, stdout=subprocess.PIPE, check=False)
    return json.loads(result.stdout) if result.returncode == 0 else None


def contents(cache):
    """The files of a cache: what each is, or where it leads to."""
    found = {}
    for path in sorted((cache / "models--owner--name").rglob("*")):
        name = str(path.relative_to(cache))
        if path.is_symlink():
            found[name] = "-> %s" % os.readlink(path)
        elif path.is_file():
            found[name] = path.read_bytes()
    return found


EXPECTED = {"ids": [1, 0], "rows": [3, 4, 1, 2]}

with tempfile.TemporaryDirectory() as folder:
    mine, theirs, mixed = (Path(folder) / name for name in ("mine", "theirs", "mixed"))

    report("the library fetches and keeps", ours(mine, {"download": True}) == EXPECTED)
    snapshot = Path(snapshot_download(REPO, cache_dir=mine, local_files_only=True))
    report("snapshot_download finds it", {p.name: p.read_bytes() for p in snapshot.iterdir()} == FILES)
    for name, data in FILES.items():
        found = try_to_load_from_cache(REPO, name, cache_dir=mine)
        report("try_to_load_from_cache: %s" % name, isinstance(found, str) and Path(found).read_bytes() == data)
        path = hf_hub_download(REPO, name, cache_dir=mine, local_files_only=True)
        report("hf_hub_download: %s" % name, Path(path).read_bytes() == data)
    absent = try_to_load_from_cache(REPO, "tokenizer_config.json", cache_dir=mine)
    report("try_to_load_from_cache: what is known not to be there", absent is _CACHED_NO_EXIST)
    scan = scan_cache_dir(mine)
    report("scan_cache_dir has nothing to warn of", not scan.warnings and len(scan.repos) == 1)

    snapshot_download(REPO, cache_dir=theirs)
    known = {name: what for name, what in contents(theirs).items() if "/trees/" not in name}
    kept = {name: what for name, what in contents(mine).items() if "/.no_exist/" not in name}
    report("both keep the same files, links and refs", known == kept)
    report("the library reads it offline", ours(theirs, HF_HUB_OFFLINE="1") == EXPECTED)
    report("the library reads it with localFilesOnly", ours(theirs, {"localFilesOnly": True}) == EXPECTED)

    hf_hub_download(REPO, "tokenizer.json", cache_dir=mixed)
    report("the library adds to what Python began", ours(mixed, {"download": True}) == EXPECTED)
    before = contents(mixed)
    snapshot_download(REPO, cache_dir=mixed)
    after = {name: what for name, what in contents(mixed).items() if "/trees/" not in name}
    report("Python has nothing to add", before == after)

    busy = Path(folder) / "busy"
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: ours(busy, {"download": True}), range(4)))
    report("four processes that fetch it at once", answers == [EXPECTED] * 4)
    report("keep it once", contents(busy) == contents(mine))

    blob = theirs / "models--owner--name" / "blobs" / lfs("model.safetensors")["sha256"]
    shared = theirs / "blobs" / "ab" / ("ab" * 32)
    shared.parent.mkdir(parents=True)
    blob.rename(shared)
    blob.symlink_to(os.path.relpath(shared, blob.parent))
    report("the library reads through links into a shared store", ours(theirs, {"download": True}) == EXPECTED)
    report("and leaves them", blob.is_symlink() and shared.read_bytes() == FILES["model.safetensors"])

sys.exit(1 if failures else 0)
