// @ts-expect-error: ffjavascript has no types
import { getCurveFromName } from 'ffjavascript';

/** ffjavascript's BN254: single points, G2, pairings and encodings of a setup (untyped). */
// biome-ignore lint/suspicious/noExplicitAny: ffjavascript has no types
export type Bn254 = any;

/** The instance that snarkjs uses too; its workers run until `terminate()`. */
export function loadBn254(): Promise<Bn254> {
  return getCurveFromName('bn128');
}

/** Bytes of an affine point in G1 and in G2 (little-endian Montgomery, as in .ptau and .zkey files). */
export const G1_BYTES = 64;
export const G2_BYTES = 128;

/** Decimal coordinates of a G2 point as the pairing precompile takes them: x imaginary, x real, y imaginary, y real. */
export function g2Words(bn: Bn254, point: Uint8Array): [string, string, string, string] {
  const [[x0, x1], [y0, y1]] = bn.G2.toObject(bn.G2.toAffine(point));
  return [String(x1), String(x0), String(y1), String(y0)];
}

const WINDOW_BITS = 8;
const WINDOWS = 32;
const DIGITS = (1 << WINDOW_BITS) - 1;
const TASK = 1024;

/**
 * scalars[i] times the generator of G2 by a table of digits: one mixed addition for each nonzero byte of a scalar.
 * @param scalars canonical little-endian, 32 bytes each
 * @returns affine points, 128 bytes each, zeros for infinity
 */
export async function multiplesOfG2(bn: Bn254, scalars: Uint8Array): Promise<Uint8Array> {
  const n = scalars.length / WINDOWS;
  const table = await digitTable(bn);
  const parts: Promise<void>[] = [];
  const out = new Uint8Array(n * G2_BYTES);
  for (let from = 0; from < n; from += TASK) {
    parts.push(
      multiplyPart(bn, table, scalars.subarray(from * WINDOWS, Math.min(n, from + TASK) * WINDOWS)).then((points) => {
        out.set(points, from * G2_BYTES);
      }),
    );
  }
  await Promise.all(parts);
  return out;
}

/** digit * 2^(8 w) * G2 for w = 0..31, digit = 1..255, affine. */
async function digitTable(bn: Bn254): Promise<Uint8Array> {
  const jacobian = new Uint8Array(WINDOWS * DIGITS * 3 * (G2_BYTES / 2));
  let base = bn.G2.g;
  for (let w = 0, at = 0; w < WINDOWS; w++) {
    let multiple = base;
    for (let d = 0; d < DIGITS; d++, at += 192) {
      // the generator is affine: adding zero makes it Jacobian
      jacobian.set(bn.G2.add(multiple, bn.G2.zero), at);
      multiple = bn.G2.add(multiple, base);
    }
    base = multiple;
  }
  return bn.G2.batchToAffine(jacobian);
}

async function multiplyPart(bn: Bn254, table: Uint8Array, scalars: Uint8Array): Promise<Uint8Array> {
  const n = scalars.length / WINDOWS;
  const task: object[] = [
    { cmd: 'ALLOCSET', var: 0, buff: table },
    { cmd: 'ALLOC', var: 1, len: n * 192 },
    { cmd: 'ALLOC', var: 2, len: n * G2_BYTES },
  ];
  for (let i = 0; i < n; i++) {
    const sum = { var: 1, offset: i * 192 };
    task.push({ cmd: 'CALL', fnName: 'g2m_zero', params: [sum] });
    for (let w = 0; w < WINDOWS; w++) {
      const digit = scalars[i * WINDOWS + w];
      if (digit === 0) continue;
      const entry = { var: 0, offset: (w * DIGITS + digit - 1) * G2_BYTES };
      task.push({ cmd: 'CALL', fnName: 'g2m_addMixed', params: [sum, entry, sum] });
    }
  }
  task.push({ cmd: 'CALL', fnName: 'g2m_batchToAffine', params: [{ var: 1 }, { val: n }, { var: 2 }] });
  task.push({ cmd: 'GET', out: 0, var: 2, len: n * G2_BYTES });
  const [points] = await bn.tm.queueAction(task);
  return points;
}
