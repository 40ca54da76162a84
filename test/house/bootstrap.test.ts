import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
// @ts-expect-error: plain JavaScript, because it runs before anything is installed
import { isInstalled } from '../../scripts/bootstrap/install.mjs';
// @ts-expect-error: see above
import { takeLock } from '../../scripts/bootstrap/lock.mjs';
// @ts-expect-error: see above
import { isNewEnough } from '../../scripts/bootstrap/node.mjs';
// @ts-expect-error: see above
import { buildSteps, contentHash, forgetStep, STEPS } from '../../scripts/bootstrap/steps.mjs';
import { ROOT } from './sources.ts';

describe('the bootstrap', () => {
  const folder = mkdtempSync(join(tmpdir(), 'descent-house-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('knows which Node.js runs the project', () => {
    for (const version of ['v18.20.0', 'v20.20.2', 'v22.17.1', 'v23.5.0'])
      assert.equal(isNewEnough(version), false, version);
    for (const version of ['v22.18.0', 'v23.6.0', 'v24.0.0', 'v26.1.0'])
      assert.equal(isNewEnough(version), true, version);
  });

  it('sees whether what is installed is what the lock file says', () => {
    assert.equal(isInstalled(ROOT), true);
    const other = join(folder, 'installed');
    mkdirSync(join(other, 'node_modules'), { recursive: true });
    const lock = (packages: object) => JSON.stringify({ packages });
    const a = { version: '1.0.0' };
    const foreign = { ...a, optional: true, os: ['none'] };
    writeFileSync(
      join(other, 'package-lock.json'),
      lock({ '': {}, 'node_modules/a': a, 'node_modules/b': foreign, 'node_modules/c': { ...a, optional: true } }),
    );
    assert.equal(isInstalled(other), false, 'nothing is there');
    const record = join(other, 'node_modules', '.package-lock.json');
    writeFileSync(record, lock({ 'node_modules/a': a }));
    assert.equal(isInstalled(other), true, 'an optional package of another platform, and its part, may be missing');
    writeFileSync(record, lock({ 'node_modules/b': a }));
    assert.equal(isInstalled(other), false, 'a package that is needed may not');
    writeFileSync(record, lock({ 'node_modules/a': { version: '0.9.0' } }));
    assert.equal(isInstalled(other), false, 'an older version');
  });

  it('lets a second command wait for the first and takes over from a dead one', async () => {
    const path = join(folder, 'lock');
    const said: string[] = [];
    const release = await takeLock(path, (text: string) => said.push(text));
    const second = takeLock(path, (text: string) => said.push(text));
    setTimeout(release, 200);
    (await second)();
    assert.equal(said.length, 1);
    writeFileSync(path, String(2 ** 22 + 1));
    (await takeLock(path, () => assert.fail('it waited')))();
    assert.equal(existsSync(path), false);
  });

  it('hashes names and contents of inputs', () => {
    mkdirSync(join(folder, 'in'));
    writeFileSync(join(folder, 'in', 'a'), 'x');
    const before = contentHash(folder, ['in', 'missing']);
    assert.equal(contentHash(folder, ['in', 'missing']), before);
    writeFileSync(join(folder, 'in', 'a'), 'y');
    const changed = contentHash(folder, ['in', 'missing']);
    assert.notEqual(changed, before);
    writeFileSync(join(folder, 'in', 'b'), '');
    const more = contentHash(folder, ['in', 'missing']);
    assert.notEqual(more, changed);
    for (const made of ['.next', 'next-env.d.ts', 'tsconfig.tsbuildinfo']) writeFileSync(join(folder, 'in', made), '');
    assert.equal(contentHash(folder, ['in', 'missing']), more, 'what the build of the page leaves is no input of it');
  });

  it('builds a step only when an input changed, an output is missing or its result was spoiled, and says why it failed', async () => {
    const place = join(folder, 'steps');
    mkdirSync(place);
    const script = (text: string) => writeFileSync(join(place, 'make.mjs'), text);
    const saved = STEPS.kernels;
    STEPS.kernels = { title: 'test', inputs: ['make.mjs'], outputs: ['out'], after: [], run: ['make.mjs'] };
    const built: string[] = [];
    const progress = { start: (name: string) => built.push(name), line() {}, end() {} };
    const build = () =>
      buildSteps(place, ['kernels'], { node: process.execPath, env: process.env, workers: 1, progress });
    try {
      script("import { writeFileSync } from 'node:fs'; writeFileSync('out', '');");
      await build();
      await build();
      assert.equal(built.length, 1);
      rmSync(join(place, 'out'));
      await build();
      assert.equal(built.length, 2);
      forgetStep(place, 'kernels');
      await build();
      await build();
      assert.equal(built.length, 3, 'a command wrote over what was built');
      script("console.error('the reason'); process.exit(3);");
      await assert.rejects(build(), /building the test failed:[\s\S]*the reason/);
      script('');
      rmSync(join(place, 'out'));
      await assert.rejects(build(), /left nothing at out/);
    } finally {
      STEPS.kernels = saved;
    }
  });

  it('refuses a command that it does not know, in one line', () => {
    try {
      execFileSync(process.execPath, [join(ROOT, 'scripts', 'bootstrap.mjs'), 'dmeo'], { stdio: 'pipe' });
      assert.fail('it was accepted');
    } catch (error) {
      const { status, stderr } = error as { status: number; stderr: Buffer };
      assert.equal(status, 1);
      assert.match(stderr.toString(), /^descent: unknown command 'dmeo'.*\n$/);
    }
  });
});
