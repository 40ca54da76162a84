import { type Bn254, multiplesOfG2 } from '../../scripts/setup/bn254.ts';
import { encodeScalars, writeScalar } from '../../scripts/setup/scalars.ts';
import { writeSections } from '../../scripts/setup/sections.ts';
import type { Curve } from '../../src/argument/curve.ts';
import { P, powersOf, R } from '../../src/numbers/field.ts';

/** A powers-of-tau file (not prepared for phase 2, no contributions recorded) whose secrets are known to the test. */
export async function knownPtau(
  { tau, alpha, beta, power }: { tau: bigint; alpha: bigint; beta: bigint; power: number },
  { bn, curve }: { bn: Bn254; curve: Curve },
): Promise<Uint8Array> {
  const n = 1 << power;
  const powers = powersOf(tau, 2 * n - 1);
  const low = powers.slice(0, n);
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
    [3, await multiplesOfG2(bn, times(1n))],
    [4, await curve.fixedBase(times(alpha))],
    [5, await curve.fixedBase(times(beta))],
    [6, await multiplesOfG2(bn, encodeScalars([beta]))],
    [7, new Uint8Array(4)],
  ]);
}
