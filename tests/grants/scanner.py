"""A scanner's stand-in, as a process of its own: `python -m tests.grants.scanner SOCKET`. What holds EICAR is bad."""

import json
import socketserver
import sys
from http.server import BaseHTTPRequestHandler


class Scanner(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        held = b""
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                held += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            held = self.rfile.read(int(self.headers["Content-Length"]))
        said = json.dumps({"verdict": "bad" if b"EICAR" in held else "clean"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def address_string(self) -> str:
        return "peer"

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


if __name__ == "__main__":
    with socketserver.ThreadingUnixStreamServer(sys.argv[1], Scanner) as server:
        print("ready", flush=True)
        server.serve_forever()
