import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Schema } from '../../src/model/schema.ts';
import type { Shard } from '../../src/model/shard.ts';
import { readShard } from '../../src/model/shardFile.ts';
import { writeWeights } from '../../src/model/weightsFile.ts';
import { seedWeights } from '../../src/training/seed.ts';
import { idx, npy, npyHeader } from '../corpus/files.ts';
import { descent, document, refusalOf, temporaryFolder } from './cli.ts';

const SIDE = 5;
const ROWS = 8;
const CHANNELS = 2;
/** A pixel of 0 to 255 that tells where it is. */
const pixel = (r: number, c: number, y: number, x: number) => (r * 31 + c * 101 + y * 17 + x * 5) % 256;
const span = (n: number) => Array.from({ length: n }, (_, k) => k);
const linesOf = (r: number, c: number) => span(SIDE).flatMap((y) => span(SIDE).map((x) => pixel(r, c, y, x)));
const grey = span(ROWS).flatMap((r) => linesOf(r, 0));
const first = span(ROWS).flatMap((r) => span(CHANNELS).flatMap((c) => linesOf(r, c)));
const last = span(ROWS).flatMap((r) =>
  span(SIDE).flatMap((y) => span(SIDE).flatMap((x) => span(CHANNELS).map((c) => pixel(r, c, y, x)))),
);
const classes = span(ROWS).map((r) => (r * 5) % 3);

describe('pictures as data', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const runs = ['--runs', join(folder, 'runs')];
  const file = (name: string, content: Uint8Array | string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const bytes = (path: string) => new Uint8Array(readFileSync(path));
  const result = async (...args: string[]) => document(await descent([...args, '--json', ...runs]));
  const array = (name: string, shape: number[], data: ArrayLike<number>) =>
    file(`${name}.npy`, npy(npyHeader('|u1', shape), data));
  const answers = ['--answers', array('y', [ROWS], classes)];
  const made = async (...args: string[]): Promise<Shard & { schema: Schema }> => {
    const { shards } = await result('data', ...args);
    const shard = readShard(bytes(shards[0]));
    assert.ok(shard.schema);
    return { ...shard, schema: shard.schema };
  };

  /** Every number of a shard is where the protocol says. */
  const requireLaidOut = ({ X, inputs }: Shard, channels: number, padded = 8) => {
    assert.equal(inputs, channels * padded * padded);
    for (const j of span(inputs)) {
      const [x, y, c] = [j % padded, Math.floor(j / padded) % padded, Math.floor(j / padded ** 2)];
      const inside = x < SIDE && y < SIDE;
      for (const r of span(ROWS)) {
        const expected = inside ? Math.floor((pixel(r, c, y, x) / 255) * 512 + 0.5) : 0;
        assert.equal(X[j * ROWS + r], expected, `${r} ${c} ${y} ${x}`);
      }
    }
  };

  it('come from IDX, npy, CSV and Parquet, and one kind of them has one schema', async () => {
    const arrays = {
      idx: [
        '--idx',
        file('grey.idx', idx(8, [ROWS, SIDE, SIDE], grey)),
        '--answers',
        file('y.idx', idx(8, [ROWS], classes)),
      ],
      npy: ['--npy', array('grey', [ROWS, SIDE, SIDE], grey), ...answers],
      one: ['--npy', array('one', [ROWS, 1, SIDE, SIDE], grey), ...answers],
    };
    const schemas = new Set<string>();
    for (const [name, source] of Object.entries(arrays)) {
      const shard = await made(...source, '--picture', '--shuffle', 'none', '--run', name);
      requireLaidOut(shard, 1);
      schemas.add(JSON.stringify(shard.schema));
    }
    assert.equal(schemas.size, 1);
    // said of rows without a shape of their own
    const flat = array('flat', [ROWS, SIDE * SIDE], grey);
    requireLaidOut(await made('--npy', flat, ...answers, '--picture', '5x5x1', '--run', 'flat'), 1);
    const names = span(SIDE * SIDE).map((k) => `p${k}`);
    const lines = span(ROWS).map((r) => [classes[r], ...linesOf(r, 0)].join());
    const csv = file('grey.csv', `label,${names.join()}\n${lines.join('\n')}\n`);
    requireLaidOut(await made('--csv', csv, '--label', 'label', '--picture', '5x5', '--run', 'csv'), 1);
    const hub = join(import.meta.dirname, '..', 'corpus', 'pictures', 'hub-square.parquet');
    const images = await made('--parquet', hub, '--label', 'label', '--picture', '--run', 'hub');
    assert.equal(images.schema.columns, 64);
    const digits = await made('--mnist', '--picture', '--rows', '4', '--run', 'digits');
    assert.deepEqual([digits.inputs, digits.schema.columns], [1024, 784]);
    const dense = await made('--mnist', '--rows', '4', '--run', 'dense');
    assert.equal(dense.inputs, 784);
    for (const row of [0, 3]) {
      for (const k of span(784)) {
        assert.equal(digits.X[(Math.floor(k / 28) * 32 + (k % 28)) * 4 + row], dense.X[k * 4 + row]);
      }
    }
  });

  it('of several channels are the same in either order, as the file tells', async () => {
    const rows = array('last', [ROWS, SIDE, SIDE, CHANNELS], last);
    const shard = await made('--npy', rows, ...answers, '--picture', '--run', 'last');
    requireLaidOut(shard, CHANNELS);
    const other = array('first', [ROWS, CHANNELS, SIDE, SIDE], first);
    requireLaidOut(await made('--npy', other, ...answers, '--picture', '--run', 'first'), CHANNELS);
    const flat = array('flat2', [ROWS, CHANNELS * SIDE * SIDE], first);
    requireLaidOut(await made('--npy', flat, ...answers, '--picture', '2x5x5', '--run', 'flat2'), CHANNELS);
    // the manifest lays out other rows alike, whichever order they have
    const manifest = join(folder, 'runs', 'last', 'dataset.json');
    const again = await made('--npy', other, ...answers, '--like', manifest, '--run', 'again');
    assert.deepEqual(again.schema, shard.schema);
    assert.deepEqual(again.X, shard.X);
    const told = await descent(['show', join(folder, 'runs', 'last', 'shard-0.safetensors')]);
    assert.match(told.stdout, /pictures +5x5x2; pixel \(x, y\) of channel c is input x \+ 8 y \+ 64 c\n/);
  });

  it('are laid out by predict as the rows of the training were', async () => {
    const { shards } = await result(
      'data',
      '--npy',
      join(folder, 'last.npy'),
      ...answers,
      '--picture',
      '--run',
      'last',
    );
    const { schema, X } = readShard(bytes(shards[0]));
    // logit i is input i: pixel (i, 0) of channel 0, and pixel (0, 1)
    const weights = seedWeights({ widths: [128, 3], head: 'squared error' }, 1n, 2n);
    const inputs = [0, 1, 8];
    weights.layers[0].W.fill(0n);
    weights.layers[0].b.fill(0n);
    inputs.forEach((j, i) => {
      weights.layers[0].W[i * 128 + j] = 1n << 32n;
    });
    const model = file('pick.safetensors', writeWeights({ ...weights, schema }));
    for (const name of ['last', 'first']) {
      const { rows } = await result('predict', model, join(folder, `${name}.npy`));
      rows.forEach(({ outputs }: { outputs: number[] }, r: number) => {
        assert.deepEqual(
          outputs,
          inputs.map((j) => X[j * ROWS + r] / 512),
        );
      });
    }
    const other = array('other', [ROWS, SIDE, SIDE, 3], [...last, ...last.slice(0, ROWS * SIDE * SIDE)]);
    const wide = await descent(['predict', model, other]);
    assert.match(wide.stderr, /The table has 75 features; the model takes 50/);
    const hub = join(import.meta.dirname, '..', 'corpus', 'pictures', 'hub-square.parquet');
    const { shards: digits } = await result('data', '--parquet', hub, '--label', 'label', '--picture', '--run', 'hub');
    const read = readShard(bytes(digits[0]));
    const ten = seedWeights({ widths: [64, 10], head: 'squared error' }, 1n, 2n);
    const images = file('images.safetensors', writeWeights({ ...ten, schema: read.schema }));
    // images are found by what they are: the schema has no names of columns
    assert.equal((await result('predict', images, hub)).rows.length, 64);
  });

  it('are square, of a size that goes, and told by somebody, or one error says what to do', async () => {
    const wide = array('wide', [ROWS, 5, 6], Array(ROWS * 30).fill(1));
    const large = array('large', [2, 65, 65], Array(2 * 65 * 65).fill(1));
    const two = ['--answers', array('two', [2], [0, 1])];
    const cases: [string[], RegExp][] = [
      [
        ['--npy', wide, ...answers, '--picture'],
        /5 pixels high and 6 wide; only square ones are taken.\n {2}Crop them to 5x5, or pad them to 6x6/,
      ],
      [['--npy', large, ...two, '--picture'], /side of 1 to 64 pixels, not 65/],
      [
        ['--npy', array('flat', [ROWS, 25], grey), ...answers, '--picture'],
        /does not say how its rows of 25 numbers are pictures.\n {2}Give .* --picture 28x28x1/,
      ],
      [
        ['--npy', join(folder, 'last.npy'), ...answers, '--picture', '2x5x5'],
        /has pictures of 5x5x2; --picture says 2x5x5/,
      ],
      [['--npy', join(folder, 'flat.npy'), ...answers, '--picture', '4x4'], /has 16 numbers; the rows have 25/],
      [['--mnist', '--picture', '7x7'], /pictures of 28x28x1; --picture says 7x7x1/],
      [
        ['--npy', join(folder, 'flat.npy'), ...answers, '--picture', '5x5', '--unit-length'],
        /either pictures or embeddings/,
      ],
      [
        [
          '--npy',
          join(folder, 'flat.npy'),
          ...answers,
          '--picture',
          '5x5',
          '--like',
          join(folder, 'runs', 'last', 'dataset.json'),
        ],
        /--like takes the pictures from a manifest/,
      ],
    ];
    for (const [args, message] of cases) {
      const { said, code } = await refusalOf(['data', ...args, '--runs', join(folder, 'refused')]);
      assert.equal(code, 2, said);
      assert.match(said, message);
    }
    const bad = await descent(['data', '--mnist', '--picture', '28x27']);
    assert.match(bad.stderr, /Crop them to 27x27, or pad them to 28x28/);
  });
});
