import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
// @ts-expect-error: plain JavaScript, because it runs before anything is installed
import { homesFolder, prepareHome } from '../../scripts/bootstrap/home.mjs';
import { buildPackage } from '../../scripts/build/package.ts';
import { smallInputs, temporaryFolder } from './cli.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

// As npm install --global leaves it: the package below lib, a link to its bin on the PATH. What npm would fetch is lent by
// the clone, because every test run would fetch a gigabyte otherwise.
describe('the packed package, installed for all users', () => {
  const { folder, remove } = temporaryFolder();
  const prefix = join(folder, 'a prefix');
  const installed = join(prefix, 'lib', 'node_modules', 'descent-registry');
  const homes = join(folder, 'a home', 'builds');
  const place = join(folder, 'a folder of mine');
  const everything = () => readdirSync(installed, { recursive: true }).sort();
  let listed: ReturnType<typeof everything>;

  before(async () => {
    for (const path of [installed, place, join(prefix, 'bin')]) mkdirSync(path, { recursive: true });
    buildPackage();
    execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT });
    const [tarball] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    execFileSync('tar', ['xzf', join(folder, tarball), '--strip-components=1', '-C', installed]);
    const bin = join(installed, 'scripts', 'descent.mjs');
    chmodSync(bin, 0o755);
    symlinkSync(bin, join(prefix, 'bin', 'descent'));
    listed = everything();
    const said: string[] = [];
    const home = await prepareHome(installed, (text: string) => said.push(text), homes);
    assert.match(said.join(), /builds in .*a home.*DESCENT_HOME/);
    symlinkSync(join(ROOT, 'node_modules'), join(home, 'node_modules'));
  });
  after(remove);

  const run = (...args: string[]) => {
    const env = { ...process.env, PATH: `${join(prefix, 'bin')}:${process.env.PATH}`, DESCENT_HOME: homes };
    const clean = Object.entries(env).filter(([name]) => !/^npm_|^INIT_CWD$|^DESCENT_(?!HOME)|^NODE_/.test(name));
    return spawnSync('descent', args, { cwd: place, encoding: 'utf8', env: Object.fromEntries(clean) });
  };

  it('works in a folder with spaces, says the next command by its name, and leaves its own folder alone', () => {
    smallInputs(place);
    const files = ['--parent', 'parent.safetensors', '--shard', 'shard.safetensors'];
    const trained = run('train', ...files, '--lr-units', '4', '--batch', '2', '--run', 'first');
    assert.equal(trained.status, 0, trained.stderr);
    assert.ok(trained.stdout.includes(`next     descent prove '${join(place, 'runs', 'first')}'`), trained.stdout);
    assert.ok(existsSync(join(place, 'runs', 'first', 'model.safetensors')));
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    assert.equal(run('--version').stdout, `${version}\n`);
    assert.deepEqual(everything(), listed, 'nothing is written where the package lies');
  });

  it('is built once: the same package has one folder, another has another', async () => {
    const quiet = () => assert.fail('it was copied again');
    const home = await prepareHome(installed, quiet, homes);
    assert.equal(await prepareHome(installed, quiet, homes), home);
    assert.deepEqual(readdirSync(homes), [home.slice(homes.length + 1)]);
    const changed = join(folder, 'changed');
    execFileSync('cp', ['-r', installed, changed]);
    writeFileSync(join(changed, 'src', 'more.ts'), '');
    assert.notEqual(await prepareHome(changed, () => {}, homes), home);
  });

  it('says what is missing where it was packed without its script, and where it cannot build', async () => {
    const bare = join(folder, 'bare');
    execFileSync('cp', ['-r', installed, bare]);
    rmSync(join(bare, 'build'), { recursive: true });
    await assert.rejects(
      prepareHome(bare, () => {}, homes),
      /lacks its lock file.*npm pack/,
    );
    const file = join(folder, 'a file');
    writeFileSync(file, '');
    await assert.rejects(
      prepareHome(installed, () => {}, file),
      /Cannot make .*a file.*DESCENT_HOME/,
    );
  });

  it('is the clone itself where there is one', async () => {
    assert.equal(await prepareHome(ROOT, () => assert.fail('a copy'), homes), ROOT);
  });

  it('builds where the system keeps such things', () => {
    const where = (platform: string, env = {}) => homesFolder({ env, platform, home: '/h' });
    assert.equal(where('linux'), '/h/.cache/descent-registry');
    assert.equal(where('linux', { XDG_CACHE_HOME: '/c' }), '/c/descent-registry');
    assert.equal(where('darwin'), '/h/Library/Caches/descent-registry');
    assert.equal(where('linux', { DESCENT_HOME: '/d' }), '/d');
  });
});
