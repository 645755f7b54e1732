"""The JSON-LD contexts that we know by heart. None is ever fetched: what is not here has no meaning to us."""

from typing import Any, Final

from apcore.context import ACTIVITYSTREAMS, NAMESPACE, SECURITY

WEBFINGER: Final = "https://purl.archive.org/socialweb/webfinger"
DATA_INTEGRITY: Final = "https://w3id.org/security/data-integrity/v1"
IDENTITY: Final = "https://w3id.org/identity/v1"

DC: Final = "http://purl.org/dc/terms/"
SEC: Final = "https://w3id.org/security#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"

Terms = dict[str, Any]


def _plain(prefix: str, names: str) -> Terms:
    """Terms that mean the same word of a vocabulary."""
    return {name: prefix + name for name in names.split()}


def _typed(prefix: str, names: str, kind: str, **more: str) -> Terms:
    return {name: {"@id": prefix + name, "@type": kind} | more for name in names.split()}


ALIASES: Final[Terms] = {"id": "@id", "type": "@type"}

AS_TYPES: Final = """
    Accept Activity IntransitiveActivity Add Announce Application Arrive Article Audio Block Collection CollectionPage
    Relationship Create Delete Dislike Document Event Follow Flag Group Ignore Image Invite Join Leave Like Link Mention
    Note Object Offer OrderedCollection OrderedCollectionPage Organization Page Person Place Profile Question Reject
    Remove Service TentativeAccept TentativeReject Tombstone Undo Update Video View Listen Read Move Travel IsFollowing
    IsFollowedBy IsContact IsMember
"""
AS_VALUES: Final = "content name hreflang mediaType rel summary units preferredUsername source"
AS_REFERENCES: Final = """
    subject relationship actor attributedTo attachment bcc bto cc context current first generator icon image inReplyTo
    items instrument last location next object oneOf anyOf origin prev preview replies result audience partOf tag target
    to url href describes formerType outbox following followers streams endpoints uploadMedia proxyUrl liked
    oauthAuthorizationEndpoint oauthTokenEndpoint provideClientKey signClientKey sharedInbox Public likes shares
    alsoKnownAs
"""

_ACTIVITYSTREAMS: Final[Terms] = {
    **ALIASES,
    "@vocab": "_:",
    "xsd": XSD,
    "as": NAMESPACE,
    "ldp": "http://www.w3.org/ns/ldp#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    **_plain("as:", AS_TYPES),
    **_plain("as:", AS_VALUES),
    **_typed("as:", AS_REFERENCES, "@id"),
    **_typed("as:", "closed endTime published startTime updated deleted", "xsd:dateTime"),
    **_typed("as:", "accuracy altitude latitude longitude radius", "xsd:float"),
    **_typed("as:", "height startIndex totalItems width", "xsd:nonNegativeInteger"),
    **_typed("as:", "duration", "xsd:duration"),
    **_typed("ldp:", "inbox", "@id"),
    "orderedItems": {"@id": "as:items", "@type": "@id", "@container": "@list"},
    "contentMap": {"@id": "as:content", "@container": "@language"},
    "nameMap": {"@id": "as:name", "@container": "@language"},
    "summaryMap": {"@id": "as:summary", "@container": "@language"},
}

_SECURITY: Final[Terms] = {
    **ALIASES,
    "dc": DC,
    "sec": SEC,
    "xsd": XSD,
    **_plain(
        "sec:",
        """
        EcdsaKoblitzSignature2016 Ed25519Signature2018 EncryptedMessage GraphSignature2012 LinkedDataSignature2015
        LinkedDataSignature2016 authenticationTag canonicalizationAlgorithm cipherAlgorithm cipherData cipherKey
        digestAlgorithm digestValue domain encryptionKey initializationVector iterationCount nonce
        normalizationAlgorithm password privateKeyPem publicKeyBase58 publicKeyPem publicKeyWif salt signature
        signatureValue
        """,
    ),
    **_typed("sec:", "owner privateKey publicKey publicKeyService", "@id"),
    **_typed("sec:", "expiration revoked", "xsd:dateTime"),
    "CryptographicKey": "sec:Key",
    "created": {"@id": "dc:created", "@type": "xsd:dateTime"},
    "creator": {"@id": "dc:creator", "@type": "@id"},
    "expires": {"@id": "sec:expiration", "@type": "xsd:dateTime"},
    "signatureAlgorithm": "sec:signingAlgorithm",
}

_PROOF: Final[Terms] = {
    **ALIASES,
    "@protected": True,
    **_plain(SEC, "challenge domain nonce cryptosuite"),
    "created": {"@id": f"{DC}created", "@type": f"{XSD}dateTime"},
    "expires": {"@id": f"{SEC}expiration", "@type": f"{XSD}dateTime"},
    "proofPurpose": {
        "@id": f"{SEC}proofPurpose",
        "@type": "@vocab",
        "@context": {
            **ALIASES,
            "@protected": True,
            "assertionMethod": {"@id": f"{SEC}assertionMethod", "@type": "@id", "@container": "@set"},
            **{
                name: {"@id": f"{SEC}{name}Method", "@type": "@id", "@container": "@set"}
                for name in ("authentication", "capabilityInvocation", "capabilityDelegation", "keyAgreement")
            },
        },
    },
    "proofValue": {"@id": f"{SEC}proofValue", "@type": f"{SEC}multibase"},
    "verificationMethod": {"@id": f"{SEC}verificationMethod", "@type": "@id"},
}

_DATA_INTEGRITY: Final[Terms] = {
    **ALIASES,
    "@protected": True,
    "digestMultibase": {"@id": f"{SEC}digestMultibase", "@type": f"{SEC}multibase"},
    "proof": {"@id": f"{SEC}proof", "@type": "@id", "@container": "@graph"},
    "DataIntegrityProof": {"@id": f"{SEC}DataIntegrityProof", "@context": _PROOF},
}

_WEBFINGER: Final[Terms] = {
    "wf": f"{WEBFINGER}#",
    "xsd": XSD,
    "webfinger": {"@id": "wf:webfinger", "@type": "xsd:string"},
}

# Of this one only what a signature says about itself.
_IDENTITY: Final[Terms] = {
    **ALIASES,
    "dc": DC,
    "sec": SEC,
    "xsd": XSD,
    **_plain("sec:", "domain nonce"),
    **{name: _SECURITY[name] for name in ("created", "creator", "expires")},
}

KNOWN: Final[dict[str, Terms]] = {
    ACTIVITYSTREAMS: _ACTIVITYSTREAMS,
    f"{ACTIVITYSTREAMS}.jsonld": _ACTIVITYSTREAMS,
    SECURITY: _SECURITY,
    WEBFINGER: _WEBFINGER,
    DATA_INTEGRITY: _DATA_INTEGRITY,
    IDENTITY: _IDENTITY,
}

FIXED: Final = frozenset(_ACTIVITYSTREAMS | _SECURITY | _WEBFINGER | _DATA_INTEGRITY)
"""Terms that no document may give another meaning."""
