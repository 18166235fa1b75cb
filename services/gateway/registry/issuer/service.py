"""Grants: who gets a token, in which role and with which scopes."""

import time
from dataclasses import dataclass

from services.gateway.registry.issuer.assertion import GRANTS, read_assertion
from services.gateway.registry.issuer.authentication import authenticated, signer
from services.gateway.registry.issuer.form import Form
from services.gateway.registry.issuer.refusals import OAuthRefused
from services.gateway.registry.issuer.repository import Client, Identity, Session
from services.gateway.registry.issuer.signing import SigningKeys
from services.gateway.registry.issuer.standing import (
    Person,
    Standing,
    chosen,
    may_act,
    narrowed,
    preferred,
    standings,
)
from services.kit.auth.keys import ring
from services.kit.auth.tokens import (
    ACCESS_ALGORITHM,
    ACCESS_LIFETIME,
    AccessToken,
    TokenRefused,
    mint_access,
    verify_access,
)
from services.kit.ids import uuid7

CLIENT_CREDENTIALS = "client_credentials"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
# the first words of the paths of this installation, which are its resources (RFC 8707) below the issuer's name
RESOURCES = ("care", "directory", "events", "grants", "identity", "jet")
# who holds it acts for people in their sessions alone (ADR 0022)
IN_SESSIONS = "sessions:write"
SHORTEST = 5  # seconds that a token lives at least, so that it can be used at all


@dataclass(frozen=True, slots=True)
class Issuer:
    """`name` is the issuer identifier, the public address of the door."""

    name: str
    signing: SigningKeys

    async def token(self, identity: Identity, form: Form, authorization: str) -> dict[str, object]:
        grant = form.get("grant_type")
        if grant is None:
            raise OAuthRefused("invalid_request", "grant_type is missing")
        if grant == CLIENT_CREDENTIALS:
            client = await authenticated(identity, form, authorization, self.name)
            return self._granted(client, Standing(client.role, client.organisation), None, form)
        if grant == JWT_BEARER:
            client, person, standing, session = await self._person(identity, form, authorization)
            answer = self._granted(client, standing, person, form, session)
            return answer if session is None else answer | {"session": _session(session, standing, person)}
        raise OAuthRefused("unsupported_grant_type", f"Offered: {CLIENT_CREDENTIALS}, {JWT_BEARER}")

    async def revoke(
        self, identity: Identity, form: Form, authorization: str, published: list[dict[str, str]]
    ) -> None:
        """RFC 7009: a token that is not good needs no revoking; one of another client is not the caller's."""
        client = await authenticated(identity, form, authorization, self.name)
        if "token" not in form:
            raise OAuthRefused("invalid_request", "token is missing")
        try:
            token = verify_access(form["token"], ring(published, ACCESS_ALGORITHM), self.name, time.time())
        except TokenRefused:
            return
        if token.client != client.client_id:
            raise OAuthRefused("invalid_grant", "The token was issued to another client")
        await identity.deny(token.jti, token.expires_at)

    async def _person(
        self, identity: Identity, form: Form, authorization: str
    ) -> tuple[Client, Person, Standing, Session | None]:
        if authorization or form.keys() & {"client_secret", "client_assertion", "client_assertion_type"}:
            raise OAuthRefused("invalid_request", "The assertion alone says which tool asks")
        try:
            assertion = read_assertion(form.get("assertion", ""))
            client = await signer(identity, assertion, self.name, GRANTS)
        except TokenRefused:
            raise OAuthRefused("invalid_grant", "The assertion is not good") from None
        if form.get("client_id", client.client_id) != client.client_id:
            raise OAuthRefused("invalid_grant", "The assertion is not good")
        if not client.acts_for_people:
            raise OAuthRefused("unauthorized_client", "This client does not act for people")
        person = await identity.person(assertion.subject)
        found = set() if person is None else standings(person)
        found = {one for one in found if may_act(client.role, client.organisation, one)}
        session = None
        if IN_SESSIONS in client.scopes:
            session = await identity.session(assertion.claims.values.get("sid"))
            found = _of_session(session, person, found)
        found = narrowed(found, form.get("role"), form.get("organisation"))
        if person is None or not found:
            raise OAuthRefused("invalid_grant", "This client has nobody like that to act for today")
        standing = chosen(found)
        if standing is None:
            choices = ", ".join(sorted(f"{one.role} {one.code or ''}".rstrip() for one in found))
            raise OAuthRefused("invalid_grant", f"Choose with role and organisation, one of: {choices}")
        return client, person, standing, session

    def _granted(
        self,
        client: Client,
        standing: Standing,
        person: Person | None,
        form: Form,
        session: Session | None = None,
    ) -> dict[str, object]:
        scopes = client.scopes
        if "scope" in form:
            scopes = frozenset(form["scope"].split(" "))
            if not scopes <= client.scopes:
                raise OAuthRefused("invalid_scope", "A scope is not known, or not given to this client")
        # a tool of the house holds scopes for people of many roles: the token has those of this one
        scopes &= client.ceiling if person is None else person.ceilings[standing.role]
        now = int(time.time())
        lifetime = ACCESS_LIFETIME if person is None else lifetime_of(person)
        if session is not None:
            lifetime = max(1, min(lifetime, int(session.seconds_left)))
        token = AccessToken(
            issuer=self.name,
            subject=str(person.id) if person else client.client_id,
            client=client.client_id,
            role=standing.role,
            organisation=standing.organisation,
            person=person.id if person else None,
            scopes=scopes,
            jti=str(uuid7()),
            issued_at=now,
            expires_at=now + lifetime,
            path=self._path(form),
            client_version=client.version,
            person_version=person.version if person else 0,
        )
        return {
            "access_token": mint_access(token, self.signing.key),
            "token_type": "Bearer",
            "expires_in": lifetime,
            "scope": " ".join(sorted(scopes)),
        }

    def _path(self, form: Form) -> str | None:
        asked = form.get("resource", self.name)
        if asked == self.name:
            return None
        path = asked.removeprefix(f"{self.name}/")
        if path == asked or path not in RESOURCES:
            raise OAuthRefused("invalid_target", "The resource is none of this installation")
        return path


def _of_session(session: Session | None, person: Person | None, found: set[Standing]) -> set[Standing]:
    """As whom the person works in a session of theirs that runs; once they are that no more, as whom they still can."""
    if session is None or person is None or session.person != person.id:
        return set()
    organisation = None if session.organisation is None else str(session.organisation)
    still = preferred(narrowed(found, session.role, organisation)) or preferred(found)
    return set() if still is None else {still}


def _session(session: Session, standing: Standing, person: Person) -> dict[str, object]:
    """What the desk shows of a session: whose it is, as whom, as whom else, and to when."""
    choices = sorted((one.role, one.code) for one in standings(person))
    return {
        "person_id": str(session.person),
        "name": session.name,
        "until_instant": session.expires_at.isoformat(),
        "standing": {"role": standing.role, "organisation_code": standing.code},
        "standings": [{"role": role, "organisation_code": code} for role, code in choices],
    }


def lifetime_of(person: Person) -> int:
    """Posts begin and end at midnight: no token outlives the day on which its standing was read."""
    if not person.posts:
        return ACCESS_LIFETIME
    return max(SHORTEST, min(ACCESS_LIFETIME, int(person.day_left)))
