import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
// @ts-expect-error: plain JavaScript, because it runs before anything is installed
import { invocationOf } from '../../scripts/bootstrap/invocation.mjs';
import { commandLine } from '../../scripts/terminal/invocation.ts';
import { descent, smallInputs, temporaryFolder } from './cli.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const BIN = join(ROOT, 'scripts', 'descent.mjs');

describe('the next command is printed as the user can type it', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const place = join(folder, 'a folder');
  mkdirSync(join(place, 'bin'), { recursive: true });
  symlinkSync(BIN, join(place, 'bin', 'descent'));
  const strangers = join(folder, 'strangers');
  mkdirSync(strangers);
  symlinkSync(process.execPath, join(strangers, 'descent'));
  const PATH = '/usr/bin:/bin';
  const form = (env: Record<string, string>, cwd: string, root = ROOT): string =>
    invocationOf(root, { env: { PATH, ...env }, cwd, platform: 'linux' });

  it('descent, where the first descent of the PATH is this one', () => {
    assert.equal(form({ PATH: `${place}/bin:${PATH}` }, place), 'descent');
    assert.equal(form({ PATH: `${place}/bin:${PATH}`, npm_command: 'exec' }, place), 'descent');
  });

  it('node and the path, where another package has the name or none has', () => {
    assert.equal(form({ PATH: `${strangers}:${place}/bin` }, place), `node ${BIN}`);
    assert.equal(form({}, place), `node ${BIN}`);
    assert.equal(form({}, ROOT), 'node scripts/descent.mjs');
    assert.equal(form({}, '/', '/with space/descent'), "node 'with space/descent/scripts/descent.mjs'");
  });

  it('npx only inside the clone or of a dependency: elsewhere it would run a package of other people’s', () => {
    const npx = { npm_command: 'exec', PATH: `${ROOT}/node_modules/.bin:${PATH}` };
    assert.equal(form(npx, ROOT), 'npx descent');
    assert.equal(form(npx, join(ROOT, 'src')), 'npx descent');
    assert.equal(form(npx, '/project/sub', '/project/node_modules/descent-registry'), 'npx descent');
    assert.equal(form(npx, place), `node ${BIN}`);
  });

  it('npm run where npm ran it, also from a folder outside', () => {
    const run = { npm_command: 'run-script', npm_lifecycle_event: 'demo' };
    assert.equal(form({ ...run, INIT_CWD: ROOT }, ROOT), 'npm run descent --');
    assert.equal(form({ ...run, INIT_CWD: place }, ROOT), `npm --prefix ${ROOT} run descent --`);
  });

  it('with its words quoted for a shell', () => {
    assert.equal(
      commandLine('prove', '/a folder/it’s/runs/x', '--registry', '<address>'),
      "descent prove '/a folder/it’s/runs/x' --registry <address>",
    );
    assert.equal(commandLine('submit', "it's"), `descent submit 'it'\\''s'`);
  });

  it('by the commands themselves', async () => {
    const { weights, shard } = smallInputs(place);
    const run = join(place, 'runs', 'first');
    const args = ['train', '--parent', weights, '--shard', shard, '--lr-units', '4', '--batch', '2', '--run', run];
    const { stdout, stderr } = await descent(args, { env: { DESCENT_INVOKED_AS: 'npm run descent --' } });
    assert.ok(
      stdout.includes(`\nnext     npm run descent -- prove '${run}' --registry <address>\n`),
      `${stdout}${stderr}`,
    );
  });
});
