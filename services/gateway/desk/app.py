"""The desk: pages for people with a browser. It holds no database role and calls the services through the door."""

from fastapi import FastAPI
from starlette.responses import JSONResponse


def create_app() -> FastAPI:
    app = FastAPI(title="Kakehashi desk", openapi_url=None, docs_url=None, redoc_url=None)

    @app.get("/readyz")
    async def ready() -> JSONResponse:
        return JSONResponse({"status": "ready"})

    return app
