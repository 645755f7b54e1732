"""What a server of another lineage delivers as a test words it, beyond what its own library would say."""

import itertools

from federation.fedify.peer import Json, PeerActor, SignatureStyle
from federation.world import Person

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
DRAFT: SignatureStyle = "draft-cavage-http-signatures-12"

_numbers = itertools.count(1)


def a_create(author: PeerActor, **fields: object) -> Json:
    """A post that the author's server does not serve: it comes with the activity or not at all."""
    uri = f"{author.id}/notes/{next(_numbers)}"
    note = {"id": uri, "type": "Note", "attributedTo": author.id, "to": [PUBLIC], "content": "<p>Hi</p>", **fields}
    context = ["https://www.w3.org/ns/activitystreams", {"sensitive": "as:sensitive"}]
    create = {"id": f"{uri}/create", "type": "Create", "actor": author.id, "to": [PUBLIC], "object": note}
    return {"@context": context, **create}


def does(author: PeerActor, kind: str, what: object, **more: object) -> Json:
    identity = f"{author.id}#{kind}/{next(_numbers)}"
    context = "https://www.w3.org/ns/activitystreams"
    return {"@context": context, "id": identity, "type": kind, "actor": author.id, "object": what, **more}


async def says(author: PeerActor, person: Person, activity: Json) -> None:
    """Let the author's server deliver it."""
    answer = await author.deliver(f"{person.server.base_url}/inbox", activity, style=DRAFT)
    assert answer["status"] == 202
