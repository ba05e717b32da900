#!/usr/bin/env python3
"""Puts a bundle on a Mattermost server, and switches it there.

    scripts/pluginctl.py deploy <bundle.tar.gz> <id>     upload with force, enable, wait until it runs
    scripts/pluginctl.py enable|disable|reset <id>       reset is disable, then enable
    scripts/pluginctl.py logs|logs-watch <id>            the plugin's lines of the server's log

The server is the local one whose socket is MM_LOCALSOCKETPATH (default
/var/tmp/mattermost_local.socket) when that is there; otherwise the one at
MM_SERVICESETTINGS_SITEURL, as MM_ADMIN_TOKEN or MM_ADMIN_USERNAME with MM_ADMIN_PASSWORD.
Secrets are read from the environment only, so that no process list shows one.
"""

import http.client
import json
import os
import secrets
import socket
import stat
import sys
import time
import urllib.parse

from common import Problem, main, say

DEFAULT_SOCKET = "/var/tmp/mattermost_local.socket"
REQUEST_SECONDS = 120  # an upload restarts the plugin, and activation may take long
RUNNING_SECONDS = 30
LOG_LINES = 1000
STATES = ["not running", "starting", "running", "failed to start", "failed to stay running", "stopping"]

# The server's own error ids, and what to do about each.
REMEDIES = {
    "app.plugin.upload_disabled": "Set PluginSettings.EnableUploads to true in the server's config.json and restart it.",
    "app.plugin.disabled": "Enable plugins: System Console > Plugins > Plugin Management, or PluginSettings.Enable.",
    "app.plugin.not_installed": "The server has no such plugin: run `make deploy` first.",
    "plugin.signature": "The server wants signed plugins: set PluginSettings.RequirePluginSignature to false, or sign it.",
    "api.user.login.invalid_credentials": "Check MM_ADMIN_USERNAME and MM_ADMIN_PASSWORD.",
    "mfa": "The account uses multi-factor login: make a personal access token and set MM_ADMIN_TOKEN.",
    "api.context.session_expired": "MM_ADMIN_TOKEN is wrong or revoked: make a new personal access token.",
    "api.context.permissions": "The account must be a system admin.",
}
STATUS_REMEDIES = {
    401: "Check MM_ADMIN_TOKEN, or MM_ADMIN_USERNAME and MM_ADMIN_PASSWORD.",
    403: "The account must be a system admin.",
    404: "Check MM_SERVICESETTINGS_SITEURL: it must be the site URL, with the sub-path if there is one.",
    413: "A proxy or MaxFileSize refuses the upload: raise nginx's client_max_body_size or FileSettings.MaxFileSize.",
}


class LocalConnection(http.client.HTTPConnection):
    """HTTP over the local-mode socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=REQUEST_SECONDS)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Server:
    """A Mattermost server's REST API, version 4."""

    def __init__(self):
        self.headers, self.prefix = {}, ""
        path = os.environ.get("MM_LOCALSOCKETPATH") or DEFAULT_SOCKET
        site = os.environ.get("MM_SERVICESETTINGS_SITEURL", "")
        self.local = os.path.exists(path) and stat.S_ISSOCK(os.stat(path).st_mode)
        if self.local:
            self.name = f"the local server at {path}"
            self.open = lambda: LocalConnection(path)
        elif site:
            self.name = site
            self.open = self.remote(site)
            self.sign_in()
        else:
            raise Problem(
                f"there is no local-mode socket at {path}, and MM_SERVICESETTINGS_SITEURL is not set. Enable "
                "ServiceSettings.EnableLocalMode on a server on this machine, or set MM_SERVICESETTINGS_SITEURL and "
                "MM_ADMIN_TOKEN (or MM_ADMIN_USERNAME and MM_ADMIN_PASSWORD)."
            )
        say(f"server: {self.name}")

    def remote(self, site):
        try:
            url = urllib.parse.urlsplit(site)
            host, port = url.hostname, url.port
        except ValueError:
            host = None
        if not host or url.scheme not in ("http", "https") or url.username:
            raise Problem("MM_SERVICESETTINGS_SITEURL must look like https://chat.example.com, without a user name.")
        self.prefix = url.path.rstrip("/")
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        return lambda: kind(host, port, timeout=REQUEST_SECONDS)

    def sign_in(self):
        token = os.environ.get("MM_ADMIN_TOKEN")
        name, password = os.environ.get("MM_ADMIN_USERNAME"), os.environ.get("MM_ADMIN_PASSWORD")
        if not token:
            if not (name and password):
                raise Problem("set MM_ADMIN_TOKEN, or MM_ADMIN_USERNAME and MM_ADMIN_PASSWORD.")
            body = json.dumps({"login_id": name, "password": password}).encode()
            headers, _ = self.request("POST", "/users/login", body, "application/json")
            token = headers.get("Token")
            if not token:
                raise Problem("the login answer holds no token: is MM_SERVICESETTINGS_SITEURL a Mattermost server?")
        self.headers["Authorization"] = f"Bearer {token}"

    def request(self, method, path, body=None, kind=None):
        """One request; its headers and parsed answer. Redirects are refused: they would carry the token elsewhere."""
        connection = self.open()
        headers = {**self.headers, **({"Content-Type": kind} if kind else {})}
        try:
            connection.request(method, f"{self.prefix}/api/v4{path}", body, headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Problem(f"cannot reach {self.name}: {error}. Is it running, and may this user connect to it?") from None
        finally:
            connection.close()
        try:
            parsed = json.loads(content)
        except ValueError:
            parsed = {}
        if 200 <= answer.status < 300:
            return answer.headers, parsed
        if 300 <= answer.status < 400:
            raise Problem(f"{self.name} redirects to {answer.headers['Location']}: set MM_SERVICESETTINGS_SITEURL to that.")
        raise Problem(explain(method, path, answer.status, parsed if isinstance(parsed, dict) else {}))


def explain(method, path, status, answer):
    """The server's own words, and a remedy where one is known."""
    error = str(answer.get("id", ""))
    words = ": ".join(str(answer[key]) for key in ("message", "detailed_error") if answer.get(key))
    remedy = next((text for part, text in REMEDIES.items() if part in error), STATUS_REMEDIES.get(status, ""))
    return f"{method} {path} answered {status}: {words or 'no explanation'} {remedy}".rstrip()


def upload(server, path):
    """Uploads a bundle, in place of one that is there."""
    try:
        with open(path, "rb") as file:
            bundle = file.read()
    except OSError as error:
        raise Problem(f"cannot read {path}: {error.strerror}. Run `make dist` first.") from None
    boundary = secrets.token_hex(16)
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="force"\r\n\r\ntrue\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="plugin"; filename="{os.path.basename(path)}"\r\n'
        "Content-Type: application/gzip\r\n\r\n"
    ).encode()
    body += bundle + f"\r\n--{boundary}--\r\n".encode()
    server.request("POST", "/plugins", body, f"multipart/form-data; boundary={boundary}")
    say(f"uploaded {os.path.basename(path)}")


def enable(server, plugin):
    """Enables the plugin and waits until it runs: the server answers 200 to a start that fails, too."""
    server.request("POST", f"/plugins/{plugin}/enable")
    until = time.monotonic() + RUNNING_SECONDS
    while True:
        states = plugin_states(server, plugin)
        numbers = {status.get("state") for status in states}
        if numbers == {2}:
            say(f"{plugin} is running")
            return
        failed = next((status for status in states if status.get("state") in (3, 4)), None)
        if failed:
            reason = failed.get("error") or "the server gives no reason; see `make logs`"
            raise Problem(f"{plugin} {STATES[failed['state']]}: {reason}.")
        if time.monotonic() > until:
            names = ", ".join(str(number) if number not in range(6) else STATES[number] for number in numbers)
            raise Problem(f"{plugin} is not running after {RUNNING_SECONDS} s ({names or 'unknown'}): see `make logs`.")
        time.sleep(0.25)


def plugin_states(server, plugin):
    """The plugin's state on each node. In local mode a server tells only whether it runs."""
    if server.local:
        _, plugins = server.request("GET", "/plugins")
        return [{"state": 2} for running in plugins.get("active") or [] if running.get("id") == plugin]
    _, statuses = server.request("GET", "/plugins/statuses")
    return [status for status in statuses if status.get("plugin_id") == plugin]


def disable(server, plugin):
    """Disables the plugin."""
    server.request("POST", f"/plugins/{plugin}/disable")
    say(f"{plugin} is disabled")


def log_lines(server, plugin):
    """The plugin's lines among the last LOG_LINES of the server's log."""
    _, lines = server.request("GET", f"/logs?page=0&logs_per_page={LOG_LINES}")
    found = []
    for line in lines:
        try:
            if json.loads(line).get("plugin_id") == plugin:
                found.append(line.rstrip("\n"))
        except (ValueError, AttributeError):
            continue  # The console form of the log does not name the plugin.
    return found


def watch_logs(server, plugin):
    """Prints the plugin's log lines as they come, until interrupted."""
    shown = []
    while True:
        lines = log_lines(server, plugin)
        news = lines if not shown or shown[-1] not in lines else lines[lines.index(shown[-1]) + 1 :]
        print("".join(f"{line}\n" for line in news), end="", flush=True)
        shown = lines or shown
        time.sleep(1)


def run():
    arguments = sys.argv[1:]
    if len(arguments) == 3 and arguments[0] == "deploy":
        server = Server()
        upload(server, arguments[1])
        enable(server, arguments[2])
    elif len(arguments) == 2 and arguments[0] in ("enable", "disable", "reset", "logs", "logs-watch"):
        action, plugin = arguments
        server = Server()
        if action in ("disable", "reset"):
            disable(server, plugin)
        if action in ("enable", "reset"):
            enable(server, plugin)
        if action == "logs":
            print("\n".join(log_lines(server, plugin)))
        if action == "logs-watch":
            watch_logs(server, plugin)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(run)
