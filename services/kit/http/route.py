"""The route class of every service: the caller first, strict bodies, and the answer kept with its effect."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from services.kit.errors import MEDIA
from services.kit.http import json, listing, reads
from services.kit.http.guard import Replay, admit, service_of
from services.kit.resource import Resource

JSON_TYPES = ("application/json", "application/merge-patch+json")


class StrictRequest(Request):
    async def json(self) -> Any:
        return json.read(await self.body())


async def _still_shown(resource: Resource, request: Request, response: Response) -> None:
    """A stored answer holds a record: it is given again only to whom the record would be shown today, and noted."""
    async with service_of(request).database.reading(admit(request)) as session:
        found = await listing.find(resource, session, json.read(bytes(response.body))["id"])
    await reads.note(resource, request, [found[resource.subject]])


class KitRoute(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        original = super().get_route_handler()
        expects_json = self.body_field is not None

        async def handler(request: Request) -> Response:
            request = StrictRequest(request.scope, request.receive)
            admit(request)  # before the body is read: a stranger learns nothing of what is taken here
            if expects_json:
                media = request.headers.get("content-type", "").split(";")[0].strip().lower()
                if media not in JSON_TYPES:
                    raise MEDIA(accepted=", ".join(JSON_TYPES))
            try:
                response = await original(request)
            except Replay as replay:
                resource = getattr(self.endpoint, "resource", None)
                if resource is not None:
                    await _still_shown(resource, request, replay.response)
                return replay.response
            # Here the answer exists and the function-scoped transaction is still open.
            keyed = getattr(request.state, "keyed", None)
            if keyed is not None and response.status_code < 400:
                await keyed.store(response)
            return response

        return handler
