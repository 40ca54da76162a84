// node bench/peers/ezkl/model.ts <folder> <widths> <rows>: the network after one pass over 1,024 digits as ONNX, as
// `descent export` writes it, and test digits for it: model.onnx, input.json (EZKL's form).
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadMnist } from '../../../scripts/files/mnist.ts';
import { writeOnnx } from '../../../src/model/export/onnx.ts';
import { seedWeights } from '../../../src/training/seed.ts';
import { trainSegment } from '../../../src/training/trainer.ts';

const [folder, widths, rows] = process.argv.slice(2);
const shape = widths.split('-').map(Number);
const mnist = await loadMnist({ pooled: shape[0] === 49 });
const shard = mnist.train.shard({ first: 0, rows: 1024 }, 2n);
const { child } = trainSegment(seedWeights({ widths: shape, head: 'squared error' }, 20261121n, 1n), shard, {
  lr: 256,
  batch: 8,
  salt: 3n,
});
mkdirSync(folder, { recursive: true });
// Without its schema: no scaling and no arg max, which EZKL would have to prove as well.
writeFileSync(join(folder, 'model.onnx'), writeOnnx({ ...child, schema: undefined }, { scaled: true, metadata: {} }));
const { features } = mnist.test.table({ first: 0, rows: Number(rows) });
writeFileSync(join(folder, 'input.json'), JSON.stringify({ input_data: [Array.from(features)] }));
