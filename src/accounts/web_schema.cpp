#include "accounts/web_database.hpp"

#include <array>

namespace left4me {
namespace {

// Times are seconds since 1970. Hashes are SHA-256 of what nobody can guess. The grammar of a
// user's name is UserName's: what comes out of a row is one.
constexpr const char* version_1 = R"sql(
CREATE TABLE users (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never given again: overlays/users/ID is named by it
  name TEXT NOT NULL UNIQUE
    CHECK (length(name) BETWEEN 1 AND 32 AND name NOT GLOB '*[^a-z0-9_-]*' AND name GLOB '[a-z0-9]*'),
  role TEXT NOT NULL CHECK (role IN ('admin', 'user')),
  active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
  password TEXT, -- argon2id
  created INTEGER NOT NULL,
  signed_in INTEGER
) STRICT;

CREATE TABLE links (
  user INTEGER PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  hash BLOB NOT NULL UNIQUE,
  until INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  hash BLOB NOT NULL UNIQUE,
  user INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  created INTEGER NOT NULL,
  seen INTEGER NOT NULL,
  address TEXT NOT NULL,
  agent TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_of_user ON sessions (user);

CREATE TABLE second_factors (
  user INTEGER PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  secret BLOB NOT NULL,
  counts INTEGER NOT NULL DEFAULT 0 CHECK (counts IN (0, 1)),
  last_step INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE recovery_codes (
  user INTEGER NOT NULL REFERENCES second_factors ON DELETE CASCADE,
  hash BLOB NOT NULL,
  PRIMARY KEY (user, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE failures (
  kind TEXT NOT NULL CHECK (kind IN ('user', 'address', 'session')),
  key TEXT NOT NULL,
  count INTEGER NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX failures_by_time ON failures (last);

CREATE TABLE servers (
  name TEXT PRIMARY KEY,
  owner INTEGER NOT NULL REFERENCES users ON DELETE RESTRICT
) STRICT, WITHOUT ROWID;
CREATE INDEX servers_of_owner ON servers (owner);

CREATE TABLE shares (
  server TEXT NOT NULL REFERENCES servers ON DELETE CASCADE,
  user INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  level TEXT NOT NULL CHECK (level IN ('view', 'operate')),
  PRIMARY KEY (server, user)
) STRICT, WITHOUT ROWID;
CREATE INDEX shares_of_user ON shares (user);

CREATE VIEW known_users AS -- a User, column by column
  SELECT id, name, role, active, password IS NOT NULL AS has_password,
    EXISTS (SELECT 1 FROM second_factors f WHERE f.user = u.id AND f.counts) AS has_second_factor,
    created, signed_in, (SELECT until FROM links l WHERE l.user = u.id) AS link_until
  FROM users u;

-- Changes with each right that somebody loses, whichever program takes it: streams look at it.
CREATE TABLE generation (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  number INTEGER NOT NULL
) STRICT;
INSERT INTO generation VALUES (1, 1);
CREATE TRIGGER session_ends AFTER DELETE ON sessions
  BEGIN UPDATE generation SET number = number + 1; END;
CREATE TRIGGER user_changes AFTER UPDATE OF role, active ON users
  BEGIN UPDATE generation SET number = number + 1; END;
CREATE TRIGGER owner_changes AFTER UPDATE ON servers
  BEGIN UPDATE generation SET number = number + 1; END;
CREATE TRIGGER owner_ends AFTER DELETE ON servers
  BEGIN UPDATE generation SET number = number + 1; END;
CREATE TRIGGER share_changes AFTER UPDATE ON shares
  BEGIN UPDATE generation SET number = number + 1; END;
CREATE TRIGGER share_ends AFTER DELETE ON shares
  BEGIN UPDATE generation SET number = number + 1; END;
)sql";

// A job has a number that was never another one's: its unit runs each once.
constexpr const char* version_2 = R"sql(
CREATE TABLE jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id BETWEEN 1 AND 9999999999),
  server TEXT NOT NULL,
  act TEXT NOT NULL,
  user TEXT NOT NULL, -- a name: it says who asked when there is no such user any more
  asked INTEGER NOT NULL,
  begun INTEGER,
  ended INTEGER,
  status INTEGER NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX jobs_of_server ON jobs (server, id);
CREATE INDEX jobs_to_do ON jobs (server, id) WHERE ended IS NULL;
)sql";

// The texts are a Blueprint's.
constexpr const char* version_3 = R"sql(
CREATE TABLE blueprints (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  owner INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
  shared INTEGER NOT NULL DEFAULT 0 CHECK (shared IN (0, 1)),
  version INTEGER NOT NULL DEFAULT 1,
  changed INTEGER NOT NULL,
  layers TEXT NOT NULL,
  hide TEXT NOT NULL,
  arguments TEXT NOT NULL,
  config TEXT NOT NULL,
  UNIQUE (owner, name)
) STRICT;
)sql";

// A server that is made of a blueprint has the port that its spec gets; edition is the blueprint's
// that it was last initialised from.
constexpr const char* version_4 = R"sql(
ALTER TABLE blueprints ADD COLUMN edition INTEGER NOT NULL DEFAULT 1;
ALTER TABLE servers ADD COLUMN port INTEGER CHECK (port BETWEEN 1024 AND 65535);
ALTER TABLE servers ADD COLUMN blueprint INTEGER REFERENCES blueprints ON DELETE RESTRICT
  CHECK (blueprint IS NULL OR port IS NOT NULL);
ALTER TABLE servers ADD COLUMN edition INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX server_ports ON servers (port);
CREATE INDEX servers_of_blueprint ON servers (blueprint);
)sql";

// Scripts run, in their sandbox, with the host's processors, disk and internet: who may write one is
// the administrators' to say, and they may themselves.
constexpr const char* version_5 = R"sql(
ALTER TABLE users ADD COLUMN may_build INTEGER NOT NULL DEFAULT 0 CHECK (may_build IN (0, 1));
DROP VIEW known_users;
CREATE VIEW known_users AS -- a User, column by column
  SELECT id, name, role, active, password IS NOT NULL AS has_password,
    EXISTS (SELECT 1 FROM second_factors f WHERE f.user = u.id AND f.counts) AS has_second_factor,
    created, signed_in, (SELECT until FROM links l WHERE l.user = u.id) AS link_until,
    role = 'admin' OR may_build AS may_build
  FROM users u;
)sql";

// Who asked by a number that is never given again, and who had it ended; past: of a server that is no
// more, so that another one of its name has none of its jobs; log: bytes that are kept of it.
constexpr const char* version_6 = R"sql(
ALTER TABLE jobs ADD COLUMN asker INTEGER;
ALTER TABLE jobs ADD COLUMN cancelled TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN past INTEGER NOT NULL DEFAULT 0 CHECK (past IN (0, 1));
ALTER TABLE jobs ADD COLUMN log INTEGER NOT NULL DEFAULT 0;
CREATE VIEW known_jobs AS -- a ServerJob, column by column
  SELECT id, server, act, user, asked, begun, ended, status, error, cancelled, past, asker FROM jobs;
CREATE TRIGGER server_begins AFTER INSERT ON servers
  BEGIN UPDATE jobs SET past = 1 WHERE server = new.name; END;
CREATE TRIGGER server_is_past AFTER DELETE ON servers
  BEGIN UPDATE jobs SET past = 1 WHERE server = old.name; END;
)sql";

// Names, which stay when users and servers are no more; servers has a blank before and behind each.
constexpr const char* version_7 = R"sql(
CREATE TABLE changes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  user TEXT NOT NULL,
  role TEXT NOT NULL,
  address TEXT NOT NULL,
  kind TEXT NOT NULL,
  what TEXT NOT NULL,
  about TEXT NOT NULL,
  servers TEXT NOT NULL,
  status INTEGER NOT NULL
) STRICT;
CREATE INDEX changes_refused ON changes (id) WHERE status >= 400;
)sql";

// What is said at consoles: ConsoleLines. It goes with the server, whether somebody owns it or not, and
// with its owner.
constexpr const char* version_8 = R"sql(
CREATE TABLE console (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  server TEXT NOT NULL,
  user TEXT NOT NULL, -- a name
  at INTEGER NOT NULL,
  command BLOB NOT NULL,
  answer BLOB NOT NULL
) STRICT;
CREATE INDEX console_of_server ON console (server, id);
CREATE TRIGGER console_of_another_owner AFTER UPDATE OF owner ON servers WHEN old.owner != new.owner
  BEGIN DELETE FROM console WHERE server = new.name; END;
CREATE TRIGGER console_of_nobodys AFTER INSERT ON servers
  BEGIN DELETE FROM console WHERE server = new.name; END;
)sql";

// Numbers are given once, as those of jobs.
constexpr const char* version_9 = R"sql(
CREATE TABLE game_updates (
  id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id BETWEEN 1 AND 999999999),
  user TEXT NOT NULL, -- a name
  account TEXT NOT NULL,
  validate INTEGER NOT NULL CHECK (validate IN (0, 1)),
  asked INTEGER NOT NULL,
  begun INTEGER,
  ended INTEGER,
  status INTEGER NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT ''
) STRICT;
)sql";

// Jobs are those of layers and of the game, too: kind is a JobKind's word, subject the name of what it
// is about, request what it is to do (a server's has none, which is made when its turn comes).
constexpr const char* version_10 = R"sql(
DROP TRIGGER server_begins;
DROP TRIGGER server_is_past;
DROP VIEW known_jobs;
DROP INDEX jobs_of_server;
DROP INDEX jobs_to_do;
ALTER TABLE jobs RENAME COLUMN server TO subject;
ALTER TABLE jobs ADD COLUMN kind TEXT NOT NULL DEFAULT 'servers'
  CHECK (kind IN ('servers', 'layers', 'workshop', 'steam'));
ALTER TABLE jobs ADD COLUMN request TEXT NOT NULL DEFAULT '';
CREATE INDEX jobs_of_subject ON jobs (kind, subject, id);
CREATE INDEX jobs_to_do ON jobs (kind, subject, id) WHERE ended IS NULL;
CREATE VIEW known_jobs AS -- a Job, column by column
  SELECT id, kind, subject, act, user, asked, begun, ended, status, error, cancelled, past, asker
  FROM jobs;
CREATE TRIGGER server_begins AFTER INSERT ON servers
  BEGIN UPDATE jobs SET past = 1 WHERE kind = 'servers' AND subject = new.name; END;
CREATE TRIGGER server_is_past AFTER DELETE ON servers
  BEGIN UPDATE jobs SET past = 1 WHERE kind = 'servers' AND subject = old.name; END;
DROP TABLE game_updates;
)sql";

constexpr std::array<const char*, 10> versions = {version_1, version_2, version_3, version_4,
                                                  version_5, version_6, version_7, version_8,
                                                  version_9, version_10};

} // namespace

const std::span<const char* const> web_schema = versions;

} // namespace left4me
