"""What servers say of themselves, and collections."""

import time

import pytest

from apcore import collections, hostmeta, nodeinfo
from apcore.collections import Page
from apcore.jsonld import Malformed

BASE = "https://a.test"
PEOPLE = f"{BASE}/u/1/followers"
SERVER = nodeinfo.Server(
    software="murmuration", version="0.1.0", repository="https://code.test/m", name="A", users=3, local_posts=5
)


@pytest.mark.parametrize("version", nodeinfo.VERSIONS)
def test_nodeinfo_says_what_runs_here(version):
    document = nodeinfo.document(version, SERVER)
    assert document["version"] == version
    assert document["usage"] == {"users": {"total": 3, "activeMonth": 0, "activeHalfyear": 0}, "localPosts": 5}
    assert ("repository" in document["software"]) == (version == "2.1")
    assert nodeinfo.software_of(document) == ("murmuration", "0.1.0")


def test_the_newest_nodeinfo_is_asked_for():
    assert nodeinfo.link_of(nodeinfo.links(BASE)) == f"{BASE}/nodeinfo/2.1"


@pytest.mark.parametrize("href", ["data:application/json,{}", "file:///etc/passwd", None, 7])
def test_a_nodeinfo_link_is_a_web_address(href):
    assert nodeinfo.link_of({"links": [{"rel": f"{nodeinfo.SCHEMA}2.0", "href": href}]}) is None


def test_host_meta_is_read_as_it_is_written():
    assert hostmeta.lrdd_template(hostmeta.xrd(BASE).encode()) == hostmeta.template(BASE)
    assert hostmeta.jrd(BASE)["links"][0]["template"] == hostmeta.template(BASE)


def test_host_meta_may_use_other_quotes_and_prefixes():
    document = b"<hm:Link type='application/xrd+xml' rel='lrdd'\n template='https://a.test/?q={uri}&amp;x=1'/>"
    assert hostmeta.lrdd_template(document) == "https://a.test/?q={uri}&x=1"


@pytest.mark.parametrize(
    "document", [b"", b"\xff", b"<Link rel='lrdd'/>", b"<Link " * 10_000, b"<Link a" + b" " * 65_000]
)
def test_host_meta_without_a_template_says_nothing_quickly(document):
    started = time.perf_counter()
    assert hostmeta.lrdd_template(document) is None
    assert time.perf_counter() - started < 0.5


def test_a_collection_is_read_as_it_is_written():
    document = collections.write_collection(PEOPLE, total=7, first=f"{PEOPLE}?page=1")
    read = collections.read_collection(document)
    assert (read.id, read.total, read.first, read.items) == (PEOPLE, 7, f"{PEOPLE}?page=1", ())


def test_a_hidden_collection_has_no_first_page():
    assert collections.read_collection(collections.write_collection(PEOPLE, total=7)).first is None


@pytest.mark.parametrize("ordered", [True, False])
def test_a_page_is_read_as_it_is_written(ordered):
    note = {"id": f"{BASE}/n/1", "type": "Note"}
    page = Page(id=f"{PEOPLE}?page=2", part_of=PEOPLE, items=(f"{BASE}/u/2", note), next=f"{PEOPLE}?page=3",
                prev=f"{PEOPLE}?page=1")  # fmt: skip
    assert collections.read_page(collections.write_page(page, total=7, ordered=ordered)) == page


def test_an_inlined_first_page_is_read_too():
    document = {
        "id": PEOPLE,
        "type": "Collection",
        "first": {"type": "CollectionPage", "next": f"{PEOPLE}?page=2", "items": [f"{BASE}/n/1"]},
    }
    page = collections.read_collection(document).first_page
    assert page == Page(items=(f"{BASE}/n/1",), next=f"{PEOPLE}?page=2")


def test_a_million_items_are_cut():
    document = {"id": PEOPLE, "type": "Collection", "items": [f"{BASE}/{n}" for n in range(5_000)]}
    assert len(collections.read_collection(document).items) == 500


@pytest.mark.parametrize("reader", [collections.read_collection, collections.read_page])
def test_what_is_no_collection_is_malformed(reader):
    with pytest.raises(Malformed):
        reader({"type": "Note"})
