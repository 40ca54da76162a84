import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { abiModule, errorsOf, interfaceAbi } from '../../scripts/build/abi.ts';
import { numberingFiles } from '../../scripts/build/numbering.ts';
import { buildKernels } from '../../scripts/build/wasm.ts';
import { errorsAbi } from '../../src/generated/abi.ts';
import { projectFiles, ROOT } from './sources.ts';

// Keys and what tells them: test/setup. That a build leaves no difference in git: .ci/run.
describe('generated files in git', () => {
  it('are what the kernel sources compile to', async () => {
    const paths = projectFiles('src/generated').filter((path) => path.endsWith('.wasm.ts'));
    assert.notEqual(paths.length, 0);
    const before = new Map(paths.map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]));
    const compiled = await buildKernels({ force: true });
    assert.equal(compiled.length, paths.length, 'every generated kernel has a source');
    for (const [path, text] of before) {
      const fresh = readFileSync(join(ROOT, path), 'utf8');
      if (fresh === text) continue;
      writeFileSync(join(ROOT, path), text);
      assert.fail(`${path} is not what its source compiles to: run npm run build and commit it`);
    }
  });

  it('are the numbers that the descriptions of the programs give', () => {
    for (const [path, text] of numberingFiles())
      assert.equal(readFileSync(join(ROOT, path), 'utf8'), text, `${path}: run npm run build and commit it`);
    const circuits = projectFiles('circuits/generated');
    assert.deepEqual(circuits, [...numberingFiles().keys()].filter((path) => path.endsWith('.circom')).sort());
  });

  it("are what the contracts' interfaces say", () => {
    const module = abiModule((name) => interfaceAbi(name));
    assert.equal(readFileSync(join(ROOT, 'src/generated/abi.ts'), 'utf8'), module);
  });

  it('have each error once, and no two errors of one name', () => {
    const error = (name: string, ...types: string[]) => ({
      type: 'error',
      name,
      inputs: types.map((type) => ({ type })),
    });
    const [a, b] = [error('A', 'uint256'), error('B')];
    assert.deepEqual(errorsOf([b, { type: 'event', name: 'E' }, a, error('B')]), [a, b]);
    assert.throws(() => errorsOf([a, error('A', 'bytes32')]), /two errors are named A/);
    const known = errorsAbi.map(({ name }) => name as string);
    for (const inherited of ['OwnableUnauthorizedAccount', 'ReentrancyGuardReentrantCall', 'NotEnoughGas'])
      assert.ok(known.includes(inherited), inherited);
  });
});
