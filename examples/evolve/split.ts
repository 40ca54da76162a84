// Writes shards of MNIST in which each parent sees half of the digits; README.md says what for. `node split.ts <folder>`.
import { join } from 'node:path';
import { writeDurably } from '../../scripts/files/durable.ts';
import { loadMnist, type MnistSplit } from '../../scripts/files/mnist.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { makeShard } from '../../src/model/shard.ts';
import { writeShard } from '../../src/model/shardFile.ts';
import { randomElement } from '../../src/numbers/field.ts';

const [, , folder] = process.argv;
if (folder === undefined) throw new InputError('Into which folder?');

const { train, test, schema } = await loadMnist({ pooled: true });
const ALL = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
// No row stands in two of them: the digits below 5 and from 5 on of the first rows, all digits of later ones.
write('low', train, { first: 0, rows: 1024, digits: [0, 1, 2, 3, 4] });
write('high', train, { first: 0, rows: 1024, digits: [5, 6, 7, 8, 9] });
write('dev', train, { first: 30_000, rows: 1024, digits: ALL });
write('tests', test, { first: 0, rows: 2000, digits: ALL });

/** The first so many rows of some digits, from a row on. */
function write(name: string, split: MnistSplit, part: { first: number; rows: number; digits: number[] }): void {
  const chosen: number[] = [];
  for (let row = part.first; chosen.length < part.rows; row++) {
    if (part.digits.includes(split.labels[row])) chosen.push(row);
  }
  const table = split.table({ first: part.first, rows: chosen.at(-1)! + 1 - part.first });
  const { inputs } = table;
  const features = new Float32Array(part.rows * inputs);
  for (const [k, row] of chosen.entries()) {
    const from = (row - part.first) * inputs;
    features.set(table.features.subarray(from, from + inputs), k * inputs);
  }
  const labels = Uint8Array.from(chosen, (row) => split.labels[row]);
  const { outputs } = table;
  const rows = { kind: 'classes' as const, inputs, outputs, features, labels };
  const shard = makeShard(rows, { first: 0, rows: part.rows }, randomElement(), schema);
  writeDurably(join(folder, `${name}.safetensors`), writeShard(shard));
}
