"""pluginctl against a small stand-in for the server, as the processes that `make deploy` starts."""

import http.server
import json
import os
import socketserver
import subprocess
import sys
import tempfile
import threading
import unittest

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pluginctl.py")
TOKEN, PASSWORD = "stand-in-token", "stand-in-password"


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers like Mattermost, and keeps what was asked in server.asked."""

    def do_GET(self):  # pylint: disable=invalid-name
        self.answer()

    def do_POST(self):  # pylint: disable=invalid-name
        self.answer()

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.command, self.path, body))
        status, headers, content = self.reply(body)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def reply(self, body):
        script = self.server.script
        path = self.path.removeprefix("/sub")
        if path in script:
            return script[path]
        if path == "/api/v4/users/login":
            right = json.loads(body) == {"login_id": "admin", "password": PASSWORD}
            return (200, {"Token": TOKEN}, {}) if right else (401, {}, {"id": "api.user.login.invalid_credentials_email"})
        if not self.server.local and self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return 401, {}, {"id": "api.context.session_expired.app_error", "message": "Invalid or expired session."}
        if self.server.local and path == "/api/v4/plugins/statuses":
            return 404, {}, {"message": "Sorry, we could not find the page."}  # As Mattermost 9.11 does.
        if self.command == "GET" and path == "/api/v4/plugins":
            return 200, {}, {"active": [{"id": "other"}, {"id": "switchboard"}], "inactive": []}
        if path == "/api/v4/plugins/statuses":
            return 200, {}, [{"plugin_id": "other", "state": 3}, {"plugin_id": "switchboard", "state": 2}]
        return 200, {}, {"status": "OK"}

    def address_string(self):
        return "client"

    def log_message(self, *_):
        pass


class LocalServer(socketserver.ThreadingUnixStreamServer):
    """The same over a unix socket."""


class Pluginctl(unittest.TestCase):
    """Each test has a server, on TCP or as local-mode socket, and a bundle to send."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.bundle = os.path.join(self.folder, "switchboard-1.2.3.tar.gz")
        with open(self.bundle, "wb") as file:
            file.write(bytes(range(256)) * 40)

    def serve(self, local=False, script=()):
        if local:
            server = LocalServer(os.path.join(self.folder, "mm.sock"), Handler)
        else:
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.asked, server.script, server.local = [], dict(script), local
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server

    def pluginctl(self, *arguments, **environment):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MM_")}
        # No test may find a server that happens to run on this machine.
        kept["MM_LOCALSOCKETPATH"] = os.path.join(self.folder, "mm.sock")
        command = [sys.executable, SCRIPT, *arguments]
        return subprocess.run(command, env={**kept, **environment}, capture_output=True, text=True, timeout=60, check=False)

    def refused(self, done, *words):
        self.assertEqual(done.returncode, 1, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        self.assertNotIn(PASSWORD, done.stderr)
        self.assertNotIn(TOKEN, done.stderr)

    def test_deploys_through_the_local_socket(self):
        server = self.serve(local=True)
        done = self.pluginctl("deploy", self.bundle, "switchboard", MM_SERVICESETTINGS_SITEURL="http://127.0.0.1:9")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(
            [(method, path) for method, path, _ in server.asked],
            [
                ("POST", "/api/v4/plugins"),
                ("POST", "/api/v4/plugins/switchboard/enable"),
                ("GET", "/api/v4/plugins"),
            ],
        )
        form = server.asked[0][2]
        self.assertIn(b'name="force"\r\n\r\ntrue\r\n', form)
        self.assertIn(b'filename="switchboard-1.2.3.tar.gz"', form)
        self.assertIn(bytes(range(256)) * 40, form)

    def test_deploys_to_a_site_below_a_path_with_a_password(self):
        server = self.serve()
        site = f"http://127.0.0.1:{server.server_port}/sub/"
        login = {"MM_SERVICESETTINGS_SITEURL": site, "MM_ADMIN_USERNAME": "admin", "MM_ADMIN_PASSWORD": PASSWORD}
        done = self.pluginctl("deploy", self.bundle, "switchboard", **login)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(server.asked[0][1], "/sub/api/v4/users/login")
        self.assertEqual(server.asked[1][1], "/sub/api/v4/plugins")

    def test_resets_with_a_token(self):
        server = self.serve()
        site = f"http://127.0.0.1:{server.server_port}"
        done = self.pluginctl("reset", "switchboard", MM_SERVICESETTINGS_SITEURL=site, MM_ADMIN_TOKEN=TOKEN)
        self.assertEqual(done.returncode, 0, done.stderr)
        actions = [path.rsplit("/", 1)[1] for _, path, _ in server.asked]
        self.assertEqual(actions, ["disable", "enable", "statuses"])

    def test_prints_the_plugins_log_lines_only(self):
        lines = ['{"plugin_id":"switchboard","msg":"ours"}\n', '{"plugin_id":"other"}\n', "plain text\n", "7\n"]
        self.serve(local=True, script={"/api/v4/logs?page=0&logs_per_page=1000": (200, {}, lines)})
        done = self.pluginctl("logs", "switchboard")
        self.assertEqual(done.stdout, '{"plugin_id":"switchboard","msg":"ours"}\n')

    def test_says_what_is_missing(self):
        self.refused(self.pluginctl("enable", "switchboard"), "no local-mode socket", "MM_SERVICESETTINGS_SITEURL")
        site = {"MM_SERVICESETTINGS_SITEURL": "http://127.0.0.1:9"}
        self.refused(self.pluginctl("enable", "switchboard", **site), "MM_ADMIN_TOKEN")
        self.refused(self.pluginctl("enable", "switchboard", MM_ADMIN_TOKEN=TOKEN, **site), "cannot reach", "running")
        site["MM_SERVICESETTINGS_SITEURL"] = "chat.example.com"
        self.refused(self.pluginctl("enable", "switchboard", MM_ADMIN_TOKEN=TOKEN, **site), "must look like")
        self.serve(local=True)
        self.refused(self.pluginctl("deploy", "none.tar.gz", "switchboard"), "cannot read none.tar.gz", "make dist")

    def test_explains_refusals(self):
        server = self.serve()
        site = {"MM_SERVICESETTINGS_SITEURL": f"http://127.0.0.1:{server.server_port}"}
        wrong = self.pluginctl("enable", "switchboard", MM_ADMIN_TOKEN="wrong", **site)
        self.refused(wrong, "401", "Invalid or expired session.", "personal access token")
        wrong = self.pluginctl("enable", "switchboard", MM_ADMIN_USERNAME="admin", MM_ADMIN_PASSWORD="wrong", **site)
        self.refused(wrong, "Check MM_ADMIN_USERNAME")
        error = {"id": "app.plugin.upload_disabled.app_error", "message": "Uploads are disabled."}
        server.script["/api/v4/plugins"] = (501, {}, error)
        refused = self.pluginctl("deploy", self.bundle, "switchboard", MM_ADMIN_TOKEN=TOKEN, **site)
        self.refused(refused, "Uploads are disabled.", "EnableUploads")
        server.script["/api/v4/plugins"] = (413, {}, {})
        refused = self.pluginctl("deploy", self.bundle, "switchboard", MM_ADMIN_TOKEN=TOKEN, **site)
        self.refused(refused, "413", "client_max_body_size")
        server.script["/api/v4/plugins"] = (308, {"Location": "https://other.example.com/"}, {})
        refused = self.pluginctl("deploy", self.bundle, "switchboard", MM_ADMIN_TOKEN=TOKEN, **site)
        self.refused(refused, "redirects to https://other.example.com/")

    def test_a_start_that_fails_is_a_failure(self):
        status = [{"plugin_id": "switchboard", "state": 3, "error": "no socket folder"}]
        server = self.serve(script={"/api/v4/plugins/statuses": (200, {}, status)})
        site = {"MM_SERVICESETTINGS_SITEURL": f"http://127.0.0.1:{server.server_port}", "MM_ADMIN_TOKEN": TOKEN}
        self.refused(self.pluginctl("enable", "switchboard", **site), "failed to start", "no socket folder")


if __name__ == "__main__":
    unittest.main()
