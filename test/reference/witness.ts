// Witnesses by the compiled circuits.

import { readFile } from 'node:fs/promises';
// @ts-expect-error: snarkjs has no types
import { wtns } from 'snarkjs';
import type { Inputs, Value } from './tensors.ts';

const json = (v: Value): unknown => (typeof v === 'bigint' ? v.toString() : v.map(json));

/**
 * Runs the circuit's own witness generator.
 * @returns the public signals c, v, fold
 * @throws Error with the line of the first failing assertion
 */
export async function runCircuit(wasm: string, inputs: Inputs): Promise<bigint[]> {
  const file: { type: 'mem'; data?: Uint8Array } = { type: 'mem' };
  const code = await readFile(wasm);
  await wtns.calculate(
    Object.fromEntries(Object.entries(inputs).map(([k, v]) => [k, json(v)])),
    { type: 'mem', data: code },
    file,
  );
  const values: bigint[] = await wtns.exportJson(file);
  return values.slice(1, 4);
}
