import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
// @ts-expect-error: snarkjs has no types
import { groth16 } from 'snarkjs';
import { compile } from '../../scripts/build/circuits.ts';
import { type Bn254, loadBn254 } from '../../scripts/setup/bn254.ts';
import type { VerificationKey } from '../../scripts/setup/verificationKey.ts';
import { Curve } from '../../src/argument/curve.ts';

/** Small circuits to make keys for: outputs, a public and private inputs, more than one term in every matrix. */
const SOURCES = {
  tiny: `pragma circom 2.2.0;
template Tiny() {
  signal input a; signal input b; signal input c;
  signal output o; signal output q;
  signal t;
  t <== a * b;
  o <== t * t + 3 * c;
  q <== (a + 2 * b - c) * (t + 5);
}
component main {public [c]} = Tiny();
`,
  other: `pragma circom 2.2.0;
template Other() {
  signal input a; signal input b; signal input c;
  signal output o; signal output q;
  signal t;
  t <== a * b;
  o <== t * t + 4 * c;
  q <== (a + 2 * b - c) * (t + 5);
}
component main {public [c]} = Other();
`,
};

export const INPUT = { a: 3, b: 11, c: 5 };

export function compileTiny(name: keyof typeof SOURCES = 'tiny') {
  const folder = fileURLToPath(new URL(`../../build/test/${name}`, import.meta.url));
  return compile({ name, main: SOURCES[name], folder });
}

/** Proves INPUT with a key. */
export function prove(wasm: string, zkey: string | Uint8Array): Promise<{ proof: object; publicSignals: string[] }> {
  return groth16.fullProve(INPUT, wasm, typeof zkey === 'string' ? zkey : { type: 'mem', data: zkey });
}

export function verify(vkey: VerificationKey, publicSignals: string[], proof: object): Promise<boolean> {
  return groth16.verify(vkey, publicSignals, proof);
}

export interface Tools {
  bn: Bn254;
  curve: Curve;
  folder: string;
  close(): Promise<void>;
}

/** Curves and an empty folder, both gone after close(). */
export async function startTools(): Promise<Tools> {
  const bn = await loadBn254();
  const curve = await Curve.load({ threads: 2 });
  const folder = mkdtempSync(join(tmpdir(), 'descent-setup-'));
  return {
    bn,
    curve,
    folder,
    async close() {
      rmSync(folder, { recursive: true });
      await curve.close();
      await bn.terminate();
    },
  };
}
