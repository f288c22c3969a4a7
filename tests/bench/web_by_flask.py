"""The page of all servers as it is often written: Flask, Jinja and SQLite, by gunicorn with a
process of 32 threads. A session is looked for by its cookie's digest, and the servers are rows.
tests/bench/web_bench.cpp makes the database and compares it with the package's own program."""

import hashlib
import os
import sqlite3
import threading

from flask import Flask, g, redirect, render_template_string, request

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Servers – left4me</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/style.css">
<script src="/live.js" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top"><a class="brand" href="/">left4me</a><nav aria-label="Pages"><a class="who" href="/blueprints">Blueprints</a><a class="who" href="/users">Users</a><a class="who" href="/account">{{ user }}</a><form method="post" action="/sign-out"><input type="hidden" name="token" value="{{ token }}"><button class="quiet">Sign out</button></form></nav></header>
<main id="main"><h1>Servers</h1><p class="answer">{{ running }} of {{ servers|length }} run, 0 players</p><form method="post" action="/acts"><input type="hidden" name="token" value="{{ token }}"><input type="hidden" name="from" value="list"><button disabled hidden>Nothing</button><table class="servers" data-events="/events"><thead><tr><td></td><th scope="col">State</th><th scope="col">Server</th><th scope="col">Map</th><th scope="col" class="number">Players</th><th scope="col">Since</th><th scope="col">Notes</th><td></td></tr></thead><tbody>{% for server in servers %}<tr data-server="{{ server.name }}"><td class="pick"><label class="choice"><input type="checkbox" name="server.{{ server.name }}" value="on"><span class="unseen">Choose {{ server.name }}</span></label></td><td data-label="State"><span class="state off" data-live="state">{{ server.state }}</span></td><th scope="row" data-label="Server"><a href="/servers/{{ server.name }}">{{ server.name }}</a></th><td data-label="Map" data-live="map">{{ server.map }}</td><td data-label="Players" data-live="players" class="number">{{ server.players }}</td><td data-label="Since">{{ server.since }}</td><td data-label="Notes"><span class="notes" data-live="notes">{{ server.notes }}</span> <span data-fresh="news {{ server.name }}">{% if server.job %}<span class="job">{{ server.job }}</span>{% endif %} {% if server.edition and server.edition != server.applied %}<span class="notes">restart to apply its blueprint</span>{% endif %}</span></td><td data-label="Do"><span class="levers" data-fresh="acts {{ server.name }}">{% for act, label in acts %}<button name="act" value="{{ act }}" formaction="/servers/{{ server.name }}/act" aria-label="{{ label }} {{ server.name }}">{{ label }}</button>{% endfor %}</span></td></tr>{% endfor %}</tbody></table>
<fieldset class="levers"><legend>With the chosen ones</legend>{% for act, label in acts_of_several %}<button name="act" value="{{ act }}">{{ label }}</button>{% endfor %}</fieldset></form><p><a class="button" href="/new-server">New server</a></p></main>
</body>
</html>
"""

ACTS_OF_SEVERAL = [("start", "Start"), ("stop", "Stop"), ("restart", "Restart"),
                   ("restart-when-empty", "Restart when empty")]
# What each row needs: its server, what was last asked for it, what it is made of.
ROWS = """SELECT s.*, b.edition, j.act AS job FROM servers s
    LEFT JOIN blueprints b ON b.id = s.blueprint
    LEFT JOIN jobs j ON j.id = (SELECT max(id) FROM jobs WHERE server = s.name)
    ORDER BY s.name"""

app = Flask(__name__)
local = threading.local()


def database():
    if not hasattr(local, "database"):
        local.database = sqlite3.connect(os.environ["BENCH_DATABASE"])
        local.database.row_factory = sqlite3.Row
    return local.database


@app.before_request
def find_session():
    digest = hashlib.sha256(request.cookies.get("session", "").encode()).digest()
    g.session = database().execute(
        "SELECT u.name, s.token FROM sessions s JOIN users u ON u.id = s.user WHERE s.digest = ?",
        (digest,)).fetchone()


@app.get("/")
def servers():
    if g.session is None:
        return redirect("/sign-in")
    rows = database().execute(ROWS).fetchall()
    return render_template_string(PAGE, user=g.session["name"], token=g.session["token"], servers=rows,
                                  acts=ACTS_OF_SEVERAL[:1], acts_of_several=ACTS_OF_SEVERAL,
                                  running=sum(row["state"] == "running" for row in rows))


@app.after_request
def protect(response):
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; script-src 'self'; style-src 'self'"
    return response


def make_database():
    with sqlite3.connect(os.environ["BENCH_DATABASE"]) as made:
        made.executescript("""
            PRAGMA journal_mode = WAL;
            CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
            CREATE TABLE sessions (digest BLOB PRIMARY KEY, user INTEGER, token TEXT);
            CREATE TABLE servers (name TEXT, state TEXT, map TEXT, players TEXT, since TEXT, notes TEXT,
                                  blueprint INTEGER, applied INTEGER);
            CREATE TABLE blueprints (id INTEGER PRIMARY KEY, edition INTEGER);
            CREATE TABLE jobs (id INTEGER PRIMARY KEY, server TEXT, act TEXT);
            CREATE INDEX jobs_of_server ON jobs (server, id);
            INSERT INTO users VALUES (1, 'bench');
        """)
        made.execute("INSERT INTO sessions VALUES (?, 1, ?)",
                     (hashlib.sha256(b"bench").digest(), "a" * 43))
        for i in range(20):
            made.execute("INSERT INTO servers VALUES (?, 'stopped', '–', '–', '–', '', NULL, NULL)",
                         (f"bench-web-{i}",))


if __name__ == "__main__":
    make_database()
