import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { parseManifest } from '../../src/model/manifest.ts';
import { writeTensors } from '../../src/model/safetensors.ts';
import { sameSchema } from '../../src/model/schema.ts';
import { emptyShard, type Shard, shardLabel } from '../../src/model/shard.ts';
import { readShard, writeShard } from '../../src/model/shardFile.ts';
import { readWeights, writeWeights } from '../../src/model/weightsFile.ts';
import { seedWeights } from '../../src/training/seed.ts';
import { descent, document, refusalOf, smallInputs, temporaryFolder } from './cli.ts';

/** A float file of a 2-1 layer: weight and bias. */
function floatFile(values: [number, number, number]): Uint8Array {
  const bytes = (numbers: number[]) => new Uint8Array(Float32Array.from(numbers).buffer);
  const tensors = new Map([
    ['fc.weight', { dtype: 'F32' as const, shape: [1, 2], data: bytes(values.slice(0, 2)) }],
    ['fc.bias', { dtype: 'F32' as const, shape: [1], data: bytes(values.slice(2)) }],
  ]);
  return writeTensors({ tensors, metadata: new Map() });
}

/** numpy's file of 64-bit floats. */
function npy(shape: string, values: number[]): Uint8Array {
  const header = `{'descr': '<f8', 'fortran_order': False, 'shape': (${shape}), }`.padEnd(117);
  const start = Buffer.from(`\x93NUMPY\x01\x00v\x00${header}\n`, 'latin1');
  return Buffer.concat([start, Buffer.from(Float64Array.from(values).buffer)]);
}

describe('imports, merges, scores and tables', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const { weights, shard } = smallInputs(folder);
  const runs = ['--runs', join(folder, 'runs')];
  const file = (name: string, content: Uint8Array | string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const bytesOf = (path: string) => new Uint8Array(readFileSync(path));
  const float = file('float.safetensors', floatFile([0.5, -0.25, 2]));
  const large = file('large.safetensors', floatFile([0.5, 40_000, 2]));
  const sibling = file(
    'sibling.safetensors',
    writeWeights(seedWeights({ widths: [4, 3, 2], head: 'squared error' }, 9n, 3n)),
  );
  const other = file('other.safetensors', writeWeights(seedWeights({ widths: [4, 2], head: 'squared error' }, 9n, 4n)));
  const csv = file('flowers.csv', 'length,width,name\n1,10,rose\n3,30,lily\n5,20,rose\n7,40,lily\n');
  const ragged = file('ragged.csv', 'length,width,name\n1,10,rose\n3,30\n');
  const features = file('features.npy', npy('2, 2', [1, 2, 3, 4]));
  const numbers = file(
    'numbers.safetensors',
    writeShard(emptyShard({ inputs: 6, outputs: 3, rows: 2, kind: 'regression' }, 1n)),
  );
  const answers = file('answers.npy', npy('2,', [0.5, -0.5]));

  const onnx = join(import.meta.dirname, '..', 'model', 'import', 'onnx', 'files', 'torch-classifier.onnx');

  const result = async (...args: string[]) => document(await descent([...args, '--json', ...runs]));

  it('import quantises a float model once and says what it comes from', async () => {
    const made = await result('import', '--from', float);
    assert.equal(made.shape, '2-1');
    assert.match(made.source, /^0x[0-9a-f]{64}$/);
    assert.deepEqual(
      made.tensors.map((t: { from: string; max: number }) => [t.from, t.max]),
      [
        ['fc.weight', 0],
        ['fc.bias', 0],
      ],
    );
    const { layers } = readWeights(bytesOf(made.model));
    assert.deepEqual([...layers[0].W], [2n ** 31n, -(2n ** 30n)]);
    assert.deepEqual([...layers[0].b], [2n ** 33n]);
    const before = bytesOf(made.model);
    assert.deepEqual(await result('import', '--from', float), made);
    assert.deepEqual(bytesOf(made.model), before, 'the salt is the first one');
    const mapped = await result('import', '--from', float, '--layers', 'fc.weight', '--run', 'mapped');
    assert.deepEqual(mapped.unused, ['fc.bias']);
    assert.deepEqual([...readWeights(bytesOf(mapped.model)).layers[0].b], [0n], 'an absent bias is 0');
  });

  it('import reads 16-bit floats from several files and says how far the answers on data are off', async () => {
    const half = (words: number[]) => new Uint8Array(Uint16Array.from(words).buffer);
    const part = (name: string, dtype: 'F16' | 'BF16', weight: number[], bias: number[], shape: number[]) => {
      const tensors = new Map([
        [`${name}.weight`, { dtype, shape, data: half(weight) }],
        [`${name}.bias`, { dtype, shape: [shape[0]], data: half(bias) }],
      ]);
      return file(`${name}.safetensors`, writeTensors({ tensors, metadata: new Map() }));
    };
    // F16: 0x3800 is 0.5, 0x3c00 is 1, 0xb400 is -0.25; BF16: 0x3f80 is 1, 0xbf00 is -0.5
    const first = part('one', 'F16', [0x3800, 0xb400, 0, 0x3c00, 0x3c00, 0, 0, 0], [0x3800, 0], [2, 4]);
    const second = part('two', 'BF16', [0x3f80, 0xbf00, 0, 0x3f80], [0, 0xbf00], [2, 2]);
    const map = { 'one.weight': 'one', 'one.bias': 'one', 'two.weight': 'two', 'two.bias': 'two' };
    const files = Object.entries(map).map(([tensor, name]) => [tensor, `${name}.safetensors`]);
    const content = JSON.stringify({ metadata: { total_size: 32 }, weight_map: Object.fromEntries(files) });
    const index = file('model.safetensors.index.json', content);
    const made = await result('import', '--from', index, first, second, '--data', shard, '--run', 'halves');
    assert.equal(made.shape, '4-2-2');
    for (const { max } of made.tensors) assert.equal(max, 0, 'these numbers are exact');
    assert.equal(made.onData.rows, 8);
    assert.ok(made.onData.max <= 2 ** -8, `${made.onData.max}`);
    const { layers } = readWeights(bytesOf(made.model));
    assert.deepEqual([...layers[1].W], [2n ** 32n, -(2n ** 31n), 0n, 2n ** 32n]);
    const incomplete = await descent(['import', '--from', index, first, '--run', 'incomplete', ...runs]);
    assert.equal(incomplete.code, 2, incomplete.stderr);
    assert.match(incomplete.stderr, /two\.safetensors/);
  });

  it('import follows the graph of an ONNX model and says what it left out', async () => {
    const { code, stdout, stderr } = await descent(['import', '--from', onnx, '--run', 'onnx', ...runs]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^Imported 6-5-4-3 softmax from 0x[0-9a-f]{64}\./m);
    assert.match(stdout, /^head {5}softmax, as Softmax says$/m);
    const made = await result('import', '--from', onnx, '--run', 'onnx');
    assert.equal(made.source, `0x${createHash('sha256').update(readFileSync(onnx)).digest('hex')}`);
    assert.deepEqual([made.tensors[4].from, made.head, made.leftOut], ['6.weight', 'softmax', []]);
    const { layers, head } = readWeights(bytesOf(made.model));
    assert.deepEqual([layers.length, head], [3, 'softmax']);
    const plain = await result('import', '--from', onnx, '--head', 'squared-error', '--run', 'plain');
    assert.deepEqual([plain.head, plain.headFrom, plain.leftOut], ['squared error', null, ['Softmax']]);
    const other = await descent(['import', '--from', onnx, '--head', 'sigmoid', '--run', 'other', ...runs]);
    assert.match(other.stderr, /ends with Softmax: its head is softmax, not sigmoid[\s\S]*Leave --head out/);
    const mapped = await descent(['import', '--from', onnx, '--orientation', 'in-out', '--run', 'turned', ...runs]);
    assert.equal(mapped.code, 2, mapped.stderr);
    assert.match(mapped.stderr, /Leave out --layers and --orientation/);
  });

  it('merge makes each recipe of its parents', async () => {
    const [first, second] = [weights, sibling].map((path) => readWeights(bytesOf(path)).layers);
    const merged = async (...recipe: string[]) => {
      const { model, coefficients } = await result('merge', '--parents', weights, sibling, ...recipe);
      return { coefficients, layers: readWeights(bytesOf(model)).layers };
    };
    assert.deepEqual((await merged('--average')).coefficients, [
      [8192, 8192],
      [8192, 8192],
    ]);
    assert.deepEqual((await merged('--task', '0.5')).coefficients[0], [8192, 8192]);
    assert.deepEqual((await merged('--task', '-0.5')).coefficients[0], [24576, -8192]);
    assert.equal((await merged('--slerp', '0.5')).coefficients.length, 2);
    const stacked = await merged('--stack', '2', '1');
    assert.deepEqual(stacked.coefficients, [
      [0, 16384],
      [16384, 0],
    ]);
    assert.deepEqual(stacked.layers, [second[0], first[1]]);
    const again = await merged('--coefficients=0,16384/16384,0');
    assert.deepEqual(again.layers, stacked.layers, 'what a page tells to repeat a merge');
    assert.deepEqual((await merged('--coefficients=-8192,24576/1,2')).coefficients, [
      [-8192, 24576],
      [1, 2],
    ]);
  });

  it('score says the result of a model on a shard', async () => {
    const made = await result('score', '--model', weights, '--shard', shard);
    assert.deepEqual([made.shape, made.rows, made.right], ['4-3-2', 8, null]);
    assert.equal(made.squaredError, Number(made.result) / 2 ** 18 / 8);
    assert.ok(made.squaredError > 0);
  });

  it('score sums the results on many shards', async () => {
    const [first, second] = [shard, shard].map((path, k) => {
      const rows = readShard(bytesOf(path));
      return file(`part-${k}.safetensors`, writeShard({ ...rows, salt: BigInt(k + 20) }));
    });
    const one = await result('score', '--model', weights, '--shard', shard);
    const made = await result('score', '--model', weights, '--shards', first, second, '--run', 'sum');
    assert.deepEqual([made.rows, made.result, made.shards.length], [16, `${2n * BigInt(one.result)}`, 2]);
    assert.equal(made.squaredError, one.squaredError);
    assert.deepEqual(await result('score', '--model', weights, '--shards', first, second, '--run', 'sum'), made);
  });

  it('data reads CSV, writes down its scaling and applies it to other files', async () => {
    const options = ['--csv', csv, '--label', 'name', '--scale', 'min-max', '--fit-rows', '2', '--rows', '2'];
    const { shards } = await result('data', ...options, '--count', '2', '--run', 'flowers');
    const made = shards.map((path: string) => readShard(bytesOf(path)));
    assert.deepEqual([...made[0].X], [0, 512, 0, 512]);
    assert.deepEqual([...made[1].X], [1024, 1536, 256, 768]);
    assert.deepEqual([shardLabel(made[0], 0), shardLabel(made[0], 1)], [1, 0], 'lily, rose');
    const path = join(folder, 'runs', 'flowers', 'dataset.json');
    const manifest = parseManifest(readFileSync(path, 'utf8'));
    assert.deepEqual(manifest.schema.kind === 'classes' && manifest.schema.classes, ['lily', 'rose']);
    assert.ok(made.every((one: Shard) => one.schema !== undefined && sameSchema(one.schema, manifest.schema)));
    assert.deepEqual(
      manifest.shards.map(({ file, first, rows }) => [file, first, rows]),
      [
        ['shard-0.safetensors', 0, 2],
        ['shard-1.safetensors', 2, 2],
      ],
    );
    const more = file('more.csv', 'length,width,name\n2,20,lily\n');
    const like = await result('data', '--csv', more, '--label', 'name', '--like', path, '--rows', '1', '--run', 'more');
    const [again] = like.shards.map((name: string) => readShard(bytesOf(name)));
    assert.deepEqual([[...again.X], again.outputs, shardLabel(again, 0)], [[256, 256], 2, 0]);
  });

  it('data reads Parquet as it reads CSV', async () => {
    const options = ['--label', 'y', '--scale', 'standard', '--clip', '8', '--shuffle', '5', '--rows', '16'];
    const twins = [
      ['flat.csv', 'zstd.parquet'],
      ['flat.csv', 'snappy.parquet'],
      ['list.csv', 'list.parquet'],
    ];
    for (const names of twins) {
      const [one, two] = await Promise.all(
        names.map(async (name) => {
          const path = corpus(name);
          const source = name.endsWith('.csv') ? '--csv' : '--parquet';
          const made = await result('data', source, path, ...options, '--count', '2', '--run', `twin-${name}`);
          const shards = made.shards.map((file: string) => readShard(bytesOf(file)));
          const manifest = parseManifest(readFileSync(join(folder, 'runs', `twin-${name}`, 'dataset.json'), 'utf8'));
          return { shards: shards.map(({ salt: _, ...rows }: Shard) => rows), manifest };
        }),
      );
      assert.deepEqual(two.shards, one.shards);
      assert.deepEqual({ ...two.manifest, name: '', source: '' }, { ...one.manifest, name: '', source: '' });
    }
    const parquet = corpus('gzip.parquet');
    const like = ['--like', join(folder, 'runs', 'twin-flat.csv', 'dataset.json'), '--rows', '16', '--run', 'alike'];
    const { shards } = await result('data', '--parquet', parquet, '--label', 'y', ...like);
    const first = readShard(bytesOf(join(folder, 'runs', 'twin-flat.csv', 'shard-0.safetensors')));
    assert.deepEqual([...readShard(bytesOf(shards[0])).X], [...first.X]);
  });

  it('data reads numpy arrays', async () => {
    const options = ['--npy', features, '--answers', answers, '--regression', '--rows', '2', '--run', 'arrays'];
    const { shards } = await result('data', ...options);
    const made = readShard(bytesOf(shards[0]));
    assert.deepEqual([made.kind, [...made.X], [...made.Y]], ['regression', [512, 1536, 1024, 2048], [256, -256]]);
  });

  const corpus = (name: string) => join(import.meta.dirname, '..', 'corpus', 'parquet', name);
  const pair = ['--parents', weights, sibling];
  const table = ['data', '--csv', csv];
  const cases: { name: string; args: string[]; code: number; says: RegExp }[] = [
    {
      name: 'an import of another shape',
      args: ['import', '--from', float, '--shape', '3-1'],
      code: 2,
      says: /2-1, not 3-1/,
    },
    { name: 'an import of no file', args: ['import'], code: 2, says: /--from/ },
    {
      name: 'an import of weights out of range',
      args: ['import', '--from', large],
      code: 2,
      says: /is 40000; weights lie in/,
    },
    { name: 'an import of a damaged file', args: ['import', '--from', csv], code: 3, says: /flowers\.csv: / },
    {
      name: 'a layer of three tensors',
      args: ['import', '--from', float, '--layers', 'a,b,c'],
      code: 2,
      says: /weight,bias/,
    },
    {
      name: 'data of another width',
      args: ['import', '--from', float, '--data', shard],
      code: 2,
      says: /2 to 1.*4 to 2/,
    },
    {
      name: 'data of a regression for a model that ends with a softmax',
      args: ['import', '--from', onnx, '--data', numbers],
      code: 2,
      says: /softmax does not go with rows of regression/,
    },
    { name: '--logits without data', args: ['import', '--from', float, '--logits', '1'], code: 2, says: /--data/ },
    { name: 'a merge without a recipe', args: ['merge', ...pair], code: 2, says: /How are the parents/ },
    {
      name: 'two recipes',
      args: ['merge', ...pair, '--average', '--slerp', '0.5'],
      code: 2,
      says: /How are the parents/,
    },
    {
      name: 'a factor that is no number',
      args: ['merge', ...pair, '--task', 'x'],
      code: 2,
      says: /not a number \(--task\)/,
    },
    { name: 'weights for too few', args: ['merge', ...pair, '--average', '1'], code: 2, says: /2, not 1/ },
    {
      name: 'a layer of nobody',
      args: ['merge', ...pair, '--stack', '1', '3'],
      code: 2,
      says: /parent 3; parents are 1\.\.2/,
    },
    { name: 'a layer too few', args: ['merge', ...pair, '--stack', '1'], code: 2, says: /each layer: 2, not 1/ },
    {
      name: 'a coefficient too few',
      args: ['merge', ...pair, '--coefficients=1,2/3'],
      code: 2,
      says: /Layer 2 of --coefficients has 1 numbers for 2 parents/,
    },
    {
      name: 'half a coefficient',
      args: ['merge', ...pair, '--coefficients=1,2/3,0.5'],
      code: 2,
      says: /is 0\.5; they/,
    },
    {
      name: 'a parent twice',
      args: ['merge', '--parents', weights, weights, '--average'],
      code: 2,
      says: /given twice/,
    },
    { name: 'one parent', args: ['merge', '--parents', weights, '--average'], code: 2, says: /2 to 8 parents/ },
    { name: 'two shapes', args: ['merge', '--parents', weights, other, '--average'], code: 2, says: /one shape/ },
    {
      name: 'a score of another shape',
      args: ['score', '--model', float, '--shard', shard],
      code: 3,
      says: /float\.safe/,
    },
    {
      name: 'a score for nobody',
      args: ['score', '--model', weights, '--shard', shard, '--scoreboard', '0x12'],
      code: 2,
      says: /not an address/,
    },
    { name: 'two sources', args: [...table, '--mnist'], code: 2, says: /Which data/ },
    { name: 'nothing to predict', args: [...table], code: 2, says: /Which column/ },
    { name: 'a column that is not there', args: [...table, '--label', 'colour'], code: 2, says: /no column "colour"/ },
    {
      name: 'a ragged table',
      args: ['data', '--csv', ragged, '--label', 'name'],
      code: 3,
      says: /ragged\.csv: Line 3/,
    },
    {
      name: 'rows beyond the table',
      args: [...table, '--label', 'name', '--rows', '8'],
      code: 2,
      says: /table of 4 rows/,
    },
    { name: 'arrays without answers', args: ['data', '--npy', features], code: 2, says: /Which answers/ },
    {
      name: 'scaling of MNIST',
      args: ['data', '--mnist', '--scale', 'standard'],
      code: 2,
      says: /--scale is for --csv/,
    },
    {
      name: 'words of MNIST',
      args: ['data', '--mnist', '--one-hot', 'a'],
      code: 2,
      says: /--one-hot is for --csv\.$/m,
    },
    {
      name: 'words of a Parquet file',
      args: ['data', '--parquet', corpus('null.parquet'), '--label', 'y', '--one-hot', 'a'],
      code: 2,
      says: /--decimal and --one-hot are for --csv\.[\s\S]*columns of 0 and 1/,
    },
    {
      name: 'a Parquet file with an empty cell',
      args: ['data', '--parquet', corpus('null.parquet'), '--label', 'y'],
      code: 2,
      says: /has no value in column "b"[\s\S]*--missing drop/,
    },
    {
      name: 'a Parquet file with a delimiter',
      args: ['data', '--parquet', corpus('null.parquet'), '--label', 'y', '--delimiter', ';'],
      code: 2,
      says: /--delimiter and --no-header are for --csv/,
    },
    {
      name: 'a Parquet file with answers',
      args: ['data', '--parquet', corpus('null.parquet'), '--answers', answers],
      code: 2,
      says: /--answers and --regression/,
    },
    {
      name: 'arrays with columns',
      args: ['data', '--npy', features, '--answers', answers, '--ignore', 'a'],
      code: 2,
      says: /are for --csv and --parquet/,
    },
    { name: 'a CSV with answers', args: [...table, '--answers', answers], code: 2, says: /--answers and --regression/ },
  ];
  for (const { name, args, code, says } of cases) {
    it(`refuses ${name} with exit code ${code}`, async () => {
      const { code: exit, said, error } = await refusalOf([...args, ...runs, '--quiet', '--run', 'refused']);
      assert.equal(exit, code, said);
      assert.match(said || error.message, says);
    });
  }
});
