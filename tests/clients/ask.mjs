// Clients that others wrote ask a server that stands in for srcds, which has one player, Zoë, and
// the password sesame: node ask.mjs PORT. Says what came of it in the words of GoogleTest, as all
// tiers do, and ends with 1 if a test failed.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { GameDig } from 'gamedig';

const require = createRequire(import.meta.url);
const Srcds = require('rcon-srcds').default;
const Rcon = require('rcon');

const host = '127.0.0.1';
const port = Number(process.argv[2]);
const password = 'sesame';

function query(more = {}) {
  return GameDig.query({ type: 'l4d2', host, port, givenPortOnly: true, ...more });
}

/** The answers of npm's rcon to commands, one after the other. */
function ask(secret, ...commands) {
  return new Promise((resolve, reject) => {
    const answers = [];
    const client = new Rcon(host, port, secret);
    let loggedIn = false; // it tells the empty answer before that, too
    client.on('auth', () => {
      loggedIn = true;
      client.send(commands[0]);
    });
    client.on('error', reject);
    client.on('response', (text) => {
      if (!loggedIn) return;
      answers.push(text);
      if (answers.length === commands.length) {
        client.disconnect();
        resolve(answers);
      } else {
        client.send(commands[answers.length]);
      }
    });
    client.connect();
  });
}

const tests = {
  async GamedigReadsInfo() {
    const state = await query();
    assert.equal(state.name, 'for clients');
    assert.equal(state.map, 'c1m1_hotel');
    assert.equal(state.maxplayers, 8);
    assert.equal(state.numplayers, 1);
    assert.equal(state.password, false);
    assert.equal(state.raw.appId, 550);
    assert.equal(state.raw.folder, 'left4dead2');
    assert.equal(state.raw.environment, 'l');
    assert.equal(state.queryPort, port);
  },
  async GamedigReadsPlayers() {
    const { players } = await query();
    assert.equal(players.length, 1);
    assert.equal(players[0].name, 'Zoë');
    assert.ok(players[0].raw.time >= 0);
  },
  async GamedigReadsRules() {
    const state = await query({ requestRules: true });
    assert.equal(state.raw.rules.sv_lan, '0');
    assert.ok(!('rcon_password' in state.raw.rules));
  },
  async RconSrcdsGivesCommands() {
    const client = new Srcds({ host, port, timeout: 10000 });
    await client.authenticate(password);
    assert.equal((await client.execute('echo from rcon-srcds')).trim(), 'from rcon-srcds');
    assert.match(await client.execute('status'), /hostname: for clients/);
    await client.disconnect();
  },
  async RconSrcdsIsRefused() {
    const client = new Srcds({ host, port, timeout: 10000 });
    await assert.rejects(client.authenticate('another'));
  },
  async RconGivesCommands() {
    const answers = await ask(password, 'echo one', 'echo two');
    assert.deepEqual(answers.map((text) => text.trim()), ['one', 'two']);
  },
  async RconIsRefused() {
    await assert.rejects(ask('another', 'echo one'), /[Aa]uthentication failed/);
  },
};

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  const begin = Date.now();
  console.log(`[ RUN      ] Clients.${name}`);
  let verdict = '       OK';
  try {
    await test();
  } catch (problem) {
    console.log(problem);
    verdict = '  FAILED ';
    failed = 1;
  }
  console.log(`[${verdict} ] Clients.${name} (${Date.now() - begin} ms)`);
}
process.exit(failed);
