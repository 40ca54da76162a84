// node bench/peers/arkworks/witness.ts <folder>: proves train 49-32-10 on 1,024 digits as ours, keeps the witness of its
// circuit as circom makes it (witness.wtns) and times Groth16 for it: by our kernels and by snarkjs alone. The circuit is the
// same for every shape. Prints one JSON document.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
// @ts-expect-error: circom_runtime has no types
import { WitnessCalculatorBuilder } from 'circom_runtime';
import { loadMnist } from '../../../scripts/files/mnist.ts';
import { openProver } from '../../../scripts/runs/openProver.ts';
import { keyFiles } from '../../../scripts/setup/paths.ts';
import { Session } from '../../../src/argument/session.ts';
import { proveTrain } from '../../../src/programs/train/train.ts';
import { Groth16 } from '../../../src/proof/groth16/groth16.ts';
import { hashWords } from '../../../src/registry/statement.ts';
import { seedWeights } from '../../../src/training/seed.ts';
import { trainSegment } from '../../../src/training/trainer.ts';
import { timed } from '../../support/child.ts';

const WIDTHS = [49, 32, 10];
const ROWS = 1024;
const STEP = { lr: 64, batch: 16 };
/** The first proof also compiles and parses. */
const PROOFS = 3;

const [folder] = process.argv.slice(2);
const wasm = readFileSync(new URL('../../../build/circuits/train/train.wasm', import.meta.url));
const files = { wasm, zkey: readFileSync(keyFiles('train').zkey) };
const { prover } = await openProver([]);
const parent = seedWeights({ widths: WIDTHS, head: 'squared error' }, 20261121n, 1n);
const shard = (await loadMnist({ pooled: true })).train.shard({ first: 0, rows: ROWS }, 2n);
const trained = trainSegment(parent, shard, { ...STEP, salt: 3n });
// Any number may stand for the digest of the statement: the circuit only carries it.
const session = new Session(prover.backend, 1n, hashWords);
const { inputs } = await proveTrain(session, { parent, shard, ...STEP, ...trained });

const calculator = await WitnessCalculatorBuilder(wasm, { memorySize: 1 });
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'witness.wtns'), await calculator.calculateWTNSBin(inputs));

const document: Record<string, unknown> = {};
for (const [name, plain] of [
  ['ours', false],
  ['snarkjs', true],
] as const) {
  const groth16 = new Groth16(prover.backend.curve, { plain });
  const times: { seconds: number; cpuSeconds: number }[] = [];
  for (let k = 0; k < PROOFS; k++) {
    const { seconds, cpuSeconds } = await timed(() => groth16.prove(files, inputs));
    times.push({ seconds, cpuSeconds });
  }
  document[name] = times;
}
process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
await prover.close();
process.exit(0);
