"""Documents as the graphs that LD signatures sign: their digest, and what of a document is in its graph.

The same graph can be written as many documents. So what was signed is not read as it came: it is written anew, from the
graph, in our own terms, and only if there is one way to understand it.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from cachetools import LRUCache
from pyld import jsonld as ld
from pyld.context_resolver import ContextResolver

from apcore import jsonld
from apcore.context import CONTEXT, NAMESPACE
from apcore.jsonld import Json, Malformed
from apcore.vocabularies import FIXED, KNOWN, SEC, Terms

MOST_NODES: Final = 1000
MOST_CONTEXTS: Final = 16
MOST_TERMS: Final = 256
CONTAINERS: Final = frozenset({"@list", "@set", "@language"})
DEFINITION: Final = frozenset({"@id", "@type", "@container"})
PROOF: Final = f"{SEC}proof"
OBJECT: Final = f"{NAMESPACE}object"
# What says who did what to what: of each there is one, as a graph has no order.
ONE_EACH: Final = ("@type", f"{NAMESPACE}actor", OBJECT)
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`\x7f]*")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")

CANONICAL: Final = {"algorithm": "URDNA2015", "format": "application/n-quads"}

Node = dict[str, Any]
Memory: TypeAlias = ContextResolver
"""What was understood of contexts."""


class Ambiguous(Exception):  # noqa: N818 (reads as what the document is)
    """The document cannot be understood as a graph, or in more than one way."""


def memory(contexts: int = MOST_CONTEXTS) -> Memory:
    """An empty one. One that lives on is for documents of our own alone."""
    return ContextResolver(LRUCache(maxsize=contexts), _load)


def digest(document: Json, known: Memory | None = None) -> str:
    """Of the canonical form of the graph (RDFC-1.0), in hex. Its contexts must be known; see `check_contexts`."""
    try:
        canonical: str = ld.normalize(document, _options(known) | CANONICAL)
    except (ld.JsonLdError, ValueError, TypeError, RecursionError) as error:
        raise Ambiguous("no graph") from error
    return hashlib.sha256(canonical.encode()).hexdigest()


def check_contexts(document: Json) -> None:
    """Raise unless every context in the document is one we know, or defines only further terms, plainly."""
    found = list(_contexts_in(document, jsonld.MAX_DEPTH))
    if len(found) > MOST_CONTEXTS:
        raise Ambiguous("too many contexts")
    for context in found:
        if isinstance(context, dict):
            _check_terms(context)
        elif not (isinstance(context, str) and context in KNOWN):
            raise Ambiguous("a context that we do not know")


def restated(document: Json) -> Json:
    """What the graph of the document says, in our terms. What is not in the graph is not in the answer either."""
    try:
        known = memory()
        [root] = ld.expand(document, _options(known))
        if not isinstance(root, dict):
            raise Ambiguous("no object")
        stated = _stated(root, [MOST_NODES])
        _check_structure(stated)
        compact = ld.compact(stated, {"@context": list(CONTEXT)}, _options(known))
        return jsonld.normal(compact)
    except (ld.JsonLdError, ValueError, TypeError, RecursionError, Malformed) as error:
        raise Ambiguous("no single object") from error


def _options(known: Memory | None = None) -> Json:
    return {"documentLoader": _load, "contextResolver": known or memory(), "base": ""}


def _load(url: str, _: object) -> Json:
    """Never from the network."""
    if url not in KNOWN:
        raise Ambiguous("a context that we do not know")
    document = {"@context": KNOWN[url]}
    return {"contextUrl": None, "documentUrl": url, "document": document, "contentType": "application/ld+json"}


def _contexts_in(value: object, depth: int) -> Iterator[object]:
    if depth < 0:
        raise Ambiguous("too deep")
    if isinstance(value, dict):
        if "@context" in value:
            yield from jsonld.many(value["@context"])
        for name, item in value.items():
            if name != "@context":
                yield from _contexts_in(item, depth - 1)
    elif isinstance(value, list):
        for item in value:
            yield from _contexts_in(item, depth - 1)


def _check_terms(terms: Terms) -> None:
    if len(terms) > MOST_TERMS:
        raise Ambiguous("too many terms")
    for name, meaning in terms.items():
        if name in FIXED and not any(known.get(name) == meaning for known in KNOWN.values()):
            raise Ambiguous("a known term with another meaning")
        if name.startswith("@") or ":" in name or not _is_plain(meaning):
            raise Ambiguous("a term that folds the graph")


def _is_plain(meaning: object) -> bool:
    """Whether it names a word of a vocabulary, and does nothing else to the document."""
    if isinstance(meaning, str):
        return not meaning.startswith("@")
    if not isinstance(meaning, dict) or not set(meaning) <= DEFINITION:
        return False
    identity, kind, container = (meaning.get(name, "") for name in ("@id", "@type", "@container"))
    return (
        isinstance(identity, str)
        and not identity.startswith("@")
        and isinstance(kind, str)
        and (kind == "@id" or not kind.startswith("@"))
        and (container == "" or (isinstance(container, str) and container in CONTAINERS))
    )


def _stated(node: Node, budget: list[int]) -> Node:
    """The node as far as it is in the graph."""
    budget[0] -= 1
    if budget[0] < 0:
        raise Ambiguous("too many nodes")
    if "@value" in node:
        return _literal(node)
    if "@list" in node:
        return {"@list": [_stated(item, budget) for item in node["@list"]]}
    stated: Node = {}
    for name, items in node.items():
        if name == "@id":
            stated[name] = _iri(items)
        elif name == "@type":
            stated[name] = [_iri(kind) for kind in items if not kind.startswith("_:")]
        elif name.startswith("@"):
            raise Ambiguous("a keyword that folds the graph")
        elif not name.startswith("_:") and name != PROOF:
            stated[_iri(name)] = [_stated(item, budget) for item in items]
    return stated


def _literal(node: Node) -> Node:
    if "@language" in node and not _LANGUAGE.fullmatch(str(node["@language"])):
        raise Ambiguous("no language")
    if "@type" in node:
        _iri(node["@type"])
    if "@direction" in node or isinstance(node["@value"], dict | list):
        raise Ambiguous("no plain value")
    return {name: item for name, item in node.items() if name in ("@value", "@type", "@language")}


def _iri(text: object) -> str:
    """Relative and unnamed ones are in no graph, and some others could break out of its canonical form."""
    if not isinstance(text, str) or not _IRI.fullmatch(text):
        raise Ambiguous("no IRI")
    return text


def _check_structure(root: Node) -> None:
    if any(len(root.get(name, ())) != 1 for name in ONE_EACH):
        raise Ambiguous("several types, actors or objects")
    [thing] = root[OBJECT]
    if len(thing.get("@type", ())) > 1 or len(thing.get(f"{NAMESPACE}attributedTo", ())) > 1:
        raise Ambiguous("several types or authors")
    nodes = list(_nodes_in(root))
    described = Counter(node["@id"] for node in nodes if "@id" in node and len(node) > 1)
    if any(count > 1 for count in described.values()) or (len(thing) == 1 and described[thing.get("@id")]):
        raise Ambiguous("something is described in several places")
    _check_effort(nodes)


def _nodes_in(node: Node) -> Iterator[Node]:
    if "@value" in node:
        return
    if "@list" in node:
        for item in node["@list"]:
            yield from _nodes_in(item)
        return
    yield node
    for name, items in node.items():
        if not name.startswith("@"):
            for item in items:
                yield from _nodes_in(item)


def _check_effort(nodes: list[Node]) -> None:
    """Nameless nodes that look alike and have nameless ones below take ever longer to tell apart."""
    alike = Counter(_looks(node) for node in nodes if "@id" not in node and _has_nameless(node))
    if any(count > 1 for count in alike.values()):
        raise Ambiguous("too many nameless nodes")


def _has_nameless(node: Node) -> bool:
    return any("@id" not in below for below in _nodes_in(node) if below is not node)


def _looks(node: Node) -> str:
    """As it looks from outside: what lies below without a name counts as the same."""

    def shown(item: Node) -> str:
        if "@value" in item:
            return repr(sorted(item.items()))
        return str(item.get("@id", "@list" if "@list" in item else "_"))

    return repr(sorted((name, sorted(map(shown, items))) for name, items in node.items() if not name.startswith("@")))
