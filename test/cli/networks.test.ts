import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseNetwork } from '../../src/model/network.ts';
import { isNetworkWeights, type NetworkWeights } from '../../src/model/networkWeights.ts';
import { readTensors, writeTensors } from '../../src/model/safetensors.ts';
import { readShard } from '../../src/model/shardFile.ts';
import { readModel, writeWeights } from '../../src/model/weightsFile.ts';
import { networkSeedWeights } from '../../src/training/seed.ts';
import { evaluate, trainSegment } from '../../src/training/trainer.ts';
import { npy, npyHeader } from '../corpus/files.ts';
import { runOnnx } from '../support/onnxRuntime.ts';
import { descent, document, refusalOf, temporaryFolder } from './cli.ts';

const TEXT = '8x8x1-c4k3p1-a2-c4k3-2';
const ROWS = 32;
const span = (n: number) => Array.from({ length: n }, (_, k) => k);

/** Pictures of a bright line or column, and which of them each is. */
const side = 8;
const classes = span(ROWS).map((r) => (r * 5 + (r >> 2)) % 2);
const pixels = span(ROWS).flatMap((r) =>
  span(side * side).map((k) => {
    const [y, x] = [Math.floor(k / side), k % side];
    const at = 1 + (r % 6);
    return ((classes[r] === 0 ? y : x) === at ? 200 : 20) + ((k * 7 + r * 13) % 30);
  }),
);

describe('convolutional networks on the command line', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const runs = ['--runs', join(folder, 'runs')];
  const file = (name: string, content: Uint8Array | string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const bytes = (path: string) => new Uint8Array(readFileSync(path));
  const result = async (...args: string[]) => document(await descent([...args, '--json', ...runs]));
  const networkIn = (path: string): NetworkWeights => {
    const weights = readModel(bytes(path));
    assert.ok(isNetworkWeights(weights));
    return weights;
  };
  const array = (name: string, shape: number[], data: ArrayLike<number>) =>
    file(`${name}.npy`, npy(npyHeader('|u1', shape), data));
  const source = [
    ...['--npy', array('x', [ROWS, side, side], pixels), '--answers', array('y', [ROWS], classes)],
    ...['--shuffle', 'none'],
  ];
  const network = parseNetwork(TEXT, 'softmax');
  const start = file('start.safetensors', writeWeights(networkSeedWeights(network, 5n, 1n)));
  const other = file('other.safetensors', writeWeights(networkSeedWeights(network, 6n, 2n)));
  let shard: string;
  let trained: string;

  before(async () => {
    ({
      shards: [shard],
    } = await result('data', ...source, '--picture', '--run', 'rows'));
    const rate = ['--lr', '0.13', '--batch', '8', '--passes', '4'];
    const made = await result('train', '--parent', start, '--shard', shard, ...rate, '--run', 'first');
    trained = made.model;
    // 16 units are 0.03125 with steps of 8 rows
    assert.deepEqual(made.rate, { units: 64, rate: 0.125, below: 0.09375, above: 0.15625 });
    assert.equal(made.shape, TEXT);
  });

  it('train as the trainer does, and keep the schema of the pictures', () => {
    const { child } = trainSegment(networkIn(start), readShard(bytes(shard)), {
      lr: 64,
      batch: 8,
      passes: 4,
      salt: 1n,
    });
    const model = networkIn(trained);
    assert.deepEqual(model.layers, child.layers);
    assert.deepEqual(model.schema, readShard(bytes(shard)).schema);
  });

  it('train a run of segments on a source, whose rows become pictures by themselves', async () => {
    const rows = ['--rows', '32', '--rows-per-shard', '16', '--epochs', '2'];
    const args = ['--parent', start, ...source, ...rows, '--lr-units', '64', '--batch', '8', '--schedule', 'cosine'];
    const made = await result('train', ...args, '--test', shard, '--run', 'many');
    assert.deepEqual([made.shape, made.segments.length], [TEXT, 4]);
    assert.deepEqual(
      made.segments.map(({ lr }: { lr: number }) => lr),
      [64, 48, 32, 16],
    );
    const { loss } = evaluate(networkIn(made.model), readShard(bytes(shard)));
    assert.equal(made.segments[3].test.loss, loss);
    assert.ok(loss < made.before.loss);
  });

  it('say which rates there are, and what rows they read', async () => {
    const rate = ['--shard', shard, '--batch', '8', '--parent', start];
    const cases: [string[], RegExp][] = [
      [['train', ...rate, '--lr-units', '40'], /multiple of 16 units, not 40.\n.*Give 48/],
      [['train', ...rate, '--lr', '0.001'], /too small.*\n.*at least 0.03125.*multiples of 16 units/s],
      [['seed', '--shape', '8x8x1-c4k9-2'], /kernel of 9, which must be 1 to 7/],
      [['seed', '--shape', '8x8x1-c4-2'], /"c4" in .* is no part of a network/],
      [['seed', '--shape', '8x8x1-c4k3-a2-c4k4-2'], /kernel of 4 that is wider than what it reads, 3/],
      [['seed', '--shape', '7x7x1-a2-c4k3-2'], /side before it is 7/],
    ];
    for (const [args, message] of cases) {
      const { said } = await refusalOf([...args, '--runs', join(folder, 'refused')]);
      assert.match(said, message);
    }
    const flat = (await result('data', ...source, '--scale', 'min-max', '--run', 'flat')).shards[0];
    const wide = await descent(['train', '--parent', start, '--shards', flat, '--lr', '0.1', '--batch', '8', ...runs]);
    assert.equal(wide.code, 0, 'a side that is a power of two has no padding: plain columns are such pictures');
    const five = file(
      'five.safetensors',
      writeWeights(networkSeedWeights(parseNetwork('5x5x1-c4k3-2', 'softmax'), 5n, 1n)),
    );
    const small = await descent(['train', '--parent', five, '--shards', shard, '--lr', '0.1', '--batch', '8', ...runs]);
    assert.match(small.stderr, /The rows are pictures of 8x8x1; the network reads 5x5x1/);
  });

  it('are told by show: the network, its layers and the pictures', async () => {
    const { stdout } = await descent(['show', trained]);
    assert.match(stdout, /network +8x8x1-c4k3p1-a2-c4k3-2\n/);
    assert.match(stdout, /layers +kernel 3x3, stride 1, padding 1: 8x8x1 to 8x8x4\n/);
    assert.match(stdout, /averages over 2x2, kernel 3x3, stride 1, padding 0: 4x4x4 to 2x2x4\n/);
    assert.match(stdout, /dense: 2x2x4 to 2\n/);
    assert.match(stdout, /parameters +222\n/);
    assert.match(stdout, /pictures +8x8x1; pixel/);
  });

  it('are scored, and predict the same of the rows of a file', async () => {
    const scored = await result('score', '--model', trained, '--shard', shard, '--run', 'score');
    const { right } = evaluate(networkIn(trained), readShard(bytes(shard)));
    assert.deepEqual([scored.shape, scored.right, scored.rows], [TEXT, right, ROWS]);
    const { rows } = await result('predict', trained, join(folder, 'x.npy'));
    // of rows whose outputs are equal predict tells the first class, and a score counts none
    const hits = rows.filter((row: { outputs: number[] }, r: number) => {
      const own = row.outputs[classes[r]];
      return own > row.outputs[1 - classes[r]];
    });
    assert.equal(hits.length, right);
  });

  it('are merged layer by layer', async () => {
    const made = await result('merge', '--parents', trained, other, '--average', '3', '1', '--run', 'merge');
    assert.equal(made.shape, TEXT);
    const [a, b, child] = [trained, other, made.model].map((path) => networkIn(path).layers);
    child.forEach(({ W }, l) => {
      W.forEach((w, k) => {
        assert.equal(w, (3n * a[l].W[k] + b[l].W[k] + 2n) >> 2n);
      });
    });
    const slerp = await result('merge', '--parents', trained, other, '--slerp', '0.5', '--run', 'slerp');
    assert.equal(slerp.coefficients.length, 3);
    const dense = await descent([
      'merge',
      '--parents',
      trained,
      trained.replace('first', 'first/.'),
      '--average',
      ...runs,
    ]);
    assert.equal(dense.code, 2);
  });

  it('are exported, answer alike elsewhere, and are imported again', async () => {
    const { file: onnx, takes } = await result('export', trained, '--to', 'onnx');
    assert.match(takes, /scaling is part of the graph/);
    const { rows } = await result('predict', trained, join(folder, 'x.npy'));
    const found = await runOnnx(bytes(onnx), pixels, side * side);
    rows.forEach(({ outputs }: { outputs: number[] }, r: number) => {
      outputs.forEach((x, i) => {
        assert.ok(Math.abs(x - found.logits[2 * r + i]) < 0.02);
      });
    });
    const scaled = await result(
      'export',
      trained,
      '--to',
      'onnx',
      '--scaled-features',
      '--out',
      join(folder, 's.onnx'),
    );
    assert.match(scaled.takes, /pictures \[rows, channels, lines, columns\]/);
    const again = await result('import', '--from', scaled.file, '--data', shard, '--run', 'again');
    assert.deepEqual([again.shape, again.head, again.headFrom], [TEXT, 'softmax', 'Softmax']);
    assert.equal(again.onData.right.imported, again.onData.right.float);
    const [first, second] = [trained, again.model].map((path) => networkIn(path));
    first.layers.forEach(({ W }, l) => {
      W.forEach((w, k) => {
        assert.ok(Math.abs(Number(w - second.layers[l].W[k])) <= Number(w < 0n ? -w : w) * 2 ** -23 + 1);
      });
    });
    const torch = await result('export', trained, '--to', 'torch-state');
    assert.equal(
      torch.metadata['descent.modules'],
      'torch.nn.Sequential(Conv2d(1, 4, 3, stride=1, padding=1), ReLU(), AvgPool2d(2), Conv2d(4, 4, 3, stride=1, padding=0), ReLU(), Flatten(), Linear(16, 2))',
    );
    const keras = await result('export', trained, '--to', 'keras');
    assert.equal(
      keras.metadata['descent.layers'],
      "keras.Sequential([ZeroPadding2D(1), Conv2D(4, 3, strides=1, activation='relu'), AveragePooling2D(2), Conv2D(4, 3, strides=1, activation='relu'), Flatten(), Dense(2, activation='softmax')])",
    );
    assert.match(keras.takes, /pictures \[rows, lines, columns, channels\] after the scaling/);
    const refused = await refusalOf([
      'export',
      trained,
      '--to',
      'keras',
      '--scaled-features',
      '--out',
      join(folder, 'k'),
    ]);
    assert.match(refused.said, /--scaled-features is for --to onnx/);
    const floats = await result('export', trained, '--to', 'safetensors');
    const own = await result('import', '--from', floats.file, '--head', 'softmax', '--data', shard, '--run', 'own');
    assert.equal(own.shape, TEXT);
    assert.match(own.assumed.join('\n'), /as the metadata of the file|so the metadata of the file say/);
    const { tensors } = readTensors(bytes(floats.file));
    const bare = file('bare.safetensors', writeTensors({ tensors, metadata: new Map() }));
    const said = ['--architecture', TEXT, '--head', 'softmax'];
    const told = await result('import', '--from', bare, ...said, '--data', shard, '--run', 'told');
    assert.deepEqual(networkIn(told.model).layers, networkIn(own.model).layers);
    assert.match(told.assumed.join('\n'), /order channel, line, column, as PyTorch/);
    const silent = await refusalOf(['import', '--from', bare, '--run', 'silent', ...runs]);
    assert.match(silent.said, /is of a convolution[\s\S]*--architecture/);
    const plain = await descent(['data', ...source, '--scale', 'min-max', '--run', 'columns', ...runs, '--json']);
    assert.equal(plain.code, 0);
  });

  it('are chosen by fit where rows are pictures, or said to it', async () => {
    const base = [join(folder, 'x.npy'), ...source.slice(2), '--held-out', '8', '--dry-run'];
    const made = await result('fit', ...base, '--picture', '--scale', 'min-max', '--batch', '8', '--run', 'fit');
    assert.equal(made.settings.network, '8x8x1-c8k3s2p1-c16k3s2p1-2');
    const config = readFileSync(made.config, 'utf8');
    assert.match(config, /^network: 8x8x1-c8k3s2p1-c16k3s2p1-2$/m);
    assert.match(config, /^picture: true$/m);
    assert.doesNotMatch(config, /^hidden/m);
    const settings = ['--lr', '0.125', '--batch', '8', '--scale', 'min-max', '--passes', '1', '--epochs', '2'];
    const told = await result('fit', ...base, '--network', TEXT, ...settings, '--run', 'said');
    assert.deepEqual([told.settings.network, told.settings.lr, told.tried], [TEXT, 0.125, 0]);
    type Cost = { seconds: number; bytes: number; gas: number };
    assert.ok(told.costs.proofs.every(({ seconds, bytes, gas }: Cost) => seconds > 2 && bytes > 2 ** 29 && gas > 5e5));
    const again = await result('fit', '--config', made.config, '--held-out', '8', '--dry-run', '--run', 'config');
    assert.equal(again.settings.network, made.settings.network);
    const wrong = await refusalOf(['fit', ...base, '--network', '8x8x1-c4k3-3', '--run', 'wrong', ...runs]);
    assert.match(wrong.said, /has 3 outputs; the rows have 2/);
    const both = await refusalOf(['fit', ...base, '--network', TEXT, '--hidden', '8', ...runs]);
    assert.match(both.said, /--network says all layers/);
  });
});
