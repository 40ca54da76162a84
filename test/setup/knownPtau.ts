import { type Bn254, multiplesOfG2 } from '../../scripts/setup/bn254.ts';
import { encodeScalars, writeScalar } from '../../scripts/setup/scalars.ts';
import { writeSections } from '../../scripts/setup/sections.ts';
import type { Curve } from '../../src/argument/curve.ts';
import { P, powersOf, R } from '../../src/numbers/field.ts';

/**
 * A powers-of-tau file (not prepared for phase 2, no contributions recorded) whose secrets are known to the test.
 * @param filled how many powers in G2, and with alpha and beta; zeros stand for further ones. All unless given
 */
export async function knownPtau(
  {
    tau,
    alpha,
    beta,
    power,
    filled = 1 << power,
  }: { tau: bigint; alpha: bigint; beta: bigint; power: number; filled?: number },
  { bn, curve }: { bn: Bn254; curve: Curve },
): Promise<Uint8Array> {
  const n = 1 << power;
  const powers = powersOf(tau, 2 * n - 1);
  const low = powers.slice(0, filled);
  const times = (factor: bigint) => encodeScalars(low.map((p) => (p * factor) % R));
  const header = new Uint8Array(44);
  const view = new DataView(header.buffer);
  view.setUint32(0, 32, true);
  writeScalar(view, 4, P);
  view.setUint32(36, power, true);
  view.setUint32(40, power, true);
  return writeSections('ptau', 1, [
    [1, header],
    [2, await curve.fixedBase(encodeScalars(powers))],
    [3, padded(await multiplesOfG2(bn, times(1n)), 128 * n)],
    [4, padded(await curve.fixedBase(times(alpha)), 64 * n)],
    [5, padded(await curve.fixedBase(times(beta)), 64 * n)],
    [6, await multiplesOfG2(bn, encodeScalars([beta]))],
    [7, new Uint8Array(4)],
  ]);
}

function padded(bytes: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  out.set(bytes);
  return out;
}
