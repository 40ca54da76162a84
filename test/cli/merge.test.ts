import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Schema } from '../../src/model/schema.ts';
import type { Weights } from '../../src/model/weights.ts';
import { readWeights, writeWeights } from '../../src/model/weightsFile.ts';
import { seedWeights } from '../../src/training/seed.ts';
import { descent, document, refusalOf, temporaryFolder } from './cli.ts';

describe('what a merge says before it is proved', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const runs = ['--runs', join(folder, 'runs')];
  const file = (name: string, weights: Weights) => {
    writeFileSync(join(folder, `${name}.safetensors`), writeWeights(weights));
    return join(folder, `${name}.safetensors`);
  };
  const alice = seedWeights({ widths: [4, 3, 2], head: 'squared error' }, 1n, 2n);
  const bob = seedWeights({ widths: [4, 3, 2], head: 'squared error' }, 9n, 3n);
  const [first, second] = [file('alice', alice), file('bob', bob)];
  const copy = file('copy', { ...alice, salt: 7n });
  const half = file('half', { ...alice, layers: [alice.layers[0], bob.layers[1]], salt: 8n });

  const say = async (...args: string[]) => {
    const { code, stdout, stderr } = await descent(['merge', ...args, ...runs]);
    assert.equal(code, 0, stderr);
    return stdout;
  };

  it('tells the factors after normalisation and rounding, one for all layers where they are equal', async () => {
    const text = await say('--parents', first, second, '--average', '1', '2');
    assert.match(text, /^parent 1 {2}0\.33331298828125 {2}\S+alice\.safetensors$/m);
    assert.match(text, /^parent 2 {2}0\.66668701171875 {2}\S+bob\.safetensors$/m);
    assert.doesNotMatch(text, /equal|same weights/);
  });

  it('tells the factor that is left for the base of a task', async () => {
    assert.match(await say('--parents', first, second, '--task', '0.75'), /^parent 1 {2}0\.25 /m);
  });

  it('tells the factors of each layer where they differ', async () => {
    const text = await say('--parents', first, second, '--stack', '2', '1');
    assert.match(text, /^parent 1 {2}0 in layer 1, 1 in layer 2 /m);
    assert.match(text, /^parent 2 {2}1 in layer 1, 0 in layer 2 /m);
  });

  it('says that parents are equal up to the salt, and what they add up to', async () => {
    const args = ['--parents', first, second, copy, '--average', '1', '2', '1'];
    assert.match(
      await say(...args),
      /^Parents 1 and 3 hold the same weights, only their salts differ: together they have the factor 0\.5\.$/m,
    );
    const made = document(await descent(['merge', ...args, '--json', ...runs]));
    assert.deepEqual(made.equal, [{ parents: [1, 3], layers: [1, 2] }]);
  });

  it('says in which layers parents are equal', async () => {
    const text = await say('--parents', first, second, half, '--average');
    assert.match(text, /^Parents 1 and 3 are equal in layer 1\.$/m);
    assert.match(text, /^Parents 2 and 3 are equal in layer 2\.$/m);
  });

  it('gives the child the schema of its parents, and none where they differ', async () => {
    const schema = (...classes: [string, string]): Schema => ({
      format: 'descent-schema/1',
      kind: 'classes',
      columns: 4,
      decimal: '.',
      missing: 'refuse',
      transforms: [],
      classes,
    });
    const cats = file('cats', { ...alice, salt: 11n, schema: schema('cat', 'dog') });
    const emus = file('emus', { ...bob, salt: 12n, schema: schema('cat', 'emu') });
    const made = document(await descent(['merge', '--parents', cats, second, '--average', '--json', ...runs]));
    const child = readWeights(new Uint8Array(readFileSync(made.model)));
    assert.deepEqual(child.schema, schema('cat', 'dog'));
    const { stderr, stdout } = await descent(['merge', '--parents', cats, emus, '--average', '--json', ...runs]);
    assert.match(stderr, /warning: Parents 1 and 2 were trained on rows of different schemas: the child has none\./);
    assert.equal(readWeights(new Uint8Array(readFileSync(JSON.parse(stdout).model))).schema, undefined);
  });

  it('refuses one model in two files', async () => {
    const bytes = writeWeights(alice);
    // The header is padded with spaces: other bytes, the same model.
    const header = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const longer = new Uint8Array(bytes.length + 8).fill(0x20);
    longer.set(bytes.subarray(0, 8 + header));
    longer.set(bytes.subarray(8 + header), 16 + header);
    new DataView(longer.buffer).setBigUint64(0, BigInt(header + 8), true);
    writeFileSync(join(folder, 'padded.safetensors'), longer);
    const args = ['--parents', first, join(folder, 'padded.safetensors'), '--average', '--quiet'];
    const { code, said } = await refusalOf(['merge', ...args, ...runs]);
    assert.equal(code, 2);
    assert.match(said, /Parents 1 and 2 are one model/);
  });
});
