import { readFile } from 'node:fs/promises';
// @ts-expect-error: snarkjs has no types
import { groth16, zKey } from 'snarkjs';
import { loadMnist } from '../../scripts/files/mnist.ts';
import { seedWeights } from '../../src/training/seed.ts';
import { compileBaseline } from '../baseline/compile.ts';
import { baselineName, keyFile } from '../baseline/files.ts';
import { type BaselineSizes, committedInputs, committedMain } from '../baseline/instance.ts';
import { runMeasurement, timed } from '../support/child.ts';

export interface BaselineFigures {
  constraints: number;
  /** Witness and proof by snarkjs: the call that also ends each of our own proofs. */
  seconds: number;
  cpuSeconds: number;
}

const LR = 4;

/** Proves one baseline on the first rows of MNIST, pooled to 49 inputs, and verifies the proof. */
await runMeasurement(async (sizes: BaselineSizes): Promise<BaselineFigures> => {
  const { wasm, constraints, hash } = await compileBaseline(baselineName(sizes), committedMain(sizes));
  const zkey = new Uint8Array(await readFile(keyFile(sizes, hash)));
  const mnist = await loadMnist({ pooled: true });
  const shard = mnist.train.shard({ first: 0, rows: sizes.rows }, 2n);
  const inputs = committedInputs(seedWeights({ widths: sizes.widths, head: 'squared error' }, 20261121n, 1n), shard, {
    lr: LR,
    rows: sizes.rows,
    childSalt: 3n,
  });
  const { value, seconds, cpuSeconds } = await timed(() =>
    groth16.fullProve(inputs, { type: 'mem', data: wasm }, { type: 'mem', data: zkey }),
  );
  const vkey = await zKey.exportVerificationKey({ type: 'mem', data: zkey });
  if (!(await groth16.verify(vkey, value.publicSignals, value.proof))) throw new Error('the proof does not verify');
  return { constraints, seconds, cpuSeconds };
});
