"""The JSON-LD contexts we emit, and the vocabularies whose prefixes we read through."""

from typing import Any, Final

ACTIVITYSTREAMS: Final = "https://www.w3.org/ns/activitystreams"
NAMESPACE: Final = f"{ACTIVITYSTREAMS}#"
PUBLIC: Final = f"{NAMESPACE}Public"
SECURITY: Final = "https://w3id.org/security/v1"

# Every term that any of our documents uses: one constant, so that peers may cache what they compiled.
CONTEXT: Final[tuple[Any, ...]] = (
    ACTIVITYSTREAMS,
    SECURITY,
    "https://purl.archive.org/socialweb/webfinger",
    {
        "toot": "http://joinmastodon.org/ns#",
        "schema": "http://schema.org#",
        "ostatus": "http://ostatus.org#",
        "litepub": "http://litepub.social/ns#",
        "gts": "https://gotosocial.org/ns#",
        "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
        "sensitive": "as:sensitive",
        "Hashtag": "as:Hashtag",
        "movedTo": {"@id": "as:movedTo", "@type": "@id"},
        "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
        "Emoji": "toot:Emoji",
        "featured": {"@id": "toot:featured", "@type": "@id"},
        "featuredTags": {"@id": "toot:featuredTags", "@type": "@id"},
        "focalPoint": {"@container": "@list", "@id": "toot:focalPoint"},
        "blurhash": "toot:blurhash",
        "discoverable": "toot:discoverable",
        "indexable": "toot:indexable",
        "memorial": "toot:memorial",
        "suspended": "toot:suspended",
        "votersCount": "toot:votersCount",
        "attributionDomains": {"@id": "toot:attributionDomains", "@container": "@set"},
        "showFeatured": "toot:showFeatured",
        "showMedia": "toot:showMedia",
        "showRepliesInMedia": "toot:showRepliesInMedia",
        "PropertyValue": "schema:PropertyValue",
        "value": "schema:value",
        "atomUri": "ostatus:atomUri",
        "inReplyToAtomUri": "ostatus:inReplyToAtomUri",
        "conversation": "ostatus:conversation",
        "directMessage": "litepub:directMessage",
        "interactionPolicy": {"@id": "gts:interactionPolicy", "@type": "@id"},
        "canQuote": {"@id": "gts:canQuote", "@type": "@id"},
        "automaticApproval": {"@id": "gts:automaticApproval", "@type": "@id"},
        "manualApproval": {"@id": "gts:manualApproval", "@type": "@id"},
        "interactingObject": {"@id": "gts:interactingObject", "@type": "@id"},
        "interactionTarget": {"@id": "gts:interactionTarget", "@type": "@id"},
        "quote": {"@id": "https://w3id.org/fep/044f#quote", "@type": "@id"},
        "quoteAuthorization": {
            "@id": "https://w3id.org/fep/044f#quoteAuthorization",
            "@type": "@id",
        },
        "QuoteRequest": "https://w3id.org/fep/044f#QuoteRequest",
        "QuoteAuthorization": "https://w3id.org/fep/044f#QuoteAuthorization",
        "FeaturedCollection": "https://w3id.org/fep/7aa9#FeaturedCollection",
        "FeaturedItem": "https://w3id.org/fep/7aa9#FeaturedItem",
        "FeatureRequest": "https://w3id.org/fep/7aa9#FeatureRequest",
        "FeatureAuthorization": "https://w3id.org/fep/7aa9#FeatureAuthorization",
        "topic": {"@id": "https://w3id.org/fep/7aa9#topic", "@type": "@id"},
        "featuredObject": {"@id": "https://w3id.org/fep/7aa9#featuredObject", "@type": "@id"},
        "featureAuthorization": {
            "@id": "https://w3id.org/fep/7aa9#featureAuthorization",
            "@type": "@id",
        },
        "canFeature": {"@id": "https://w3id.org/fep/7aa9#canFeature", "@type": "@id"},
        "quoteUrl": "as:quoteUrl",
        "quoteUri": "http://fedibird.com/ns#quoteUri",
        "_misskey_quote": "https://misskey-hub.net/ns#_misskey_quote",
    },
)

# Terms may arrive short, prefixed or in full; all three are read as the short one.
PREFIXES: Final[tuple[str, ...]] = (
    NAMESPACE,
    "as:",
    "http://joinmastodon.org/ns#",
    "toot:",
    "http://schema.org#",
    "schema:",
    "http://ostatus.org#",
    "ostatus:",
    "http://litepub.social/ns#",
    "litepub:",
    "https://gotosocial.org/ns#",
    "gts:",
    "https://w3id.org/security#",
    "sec:",
    "https://w3id.org/fep/044f#",
    "https://w3id.org/fep/7aa9#",
    "http://fedibird.com/ns#",
    "fedibird:",
    "https://misskey-hub.net/ns#",
    "misskey:",
)
