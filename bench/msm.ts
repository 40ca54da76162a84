/**
 * Multi-scalar multiplication in lanes, without relaxed SIMD, and by ffjavascript, on the same points and scalars in the
 * same run: `node bench/msm.ts [log2 sizes..] [--json]`. Repeats alternate between them, and the best counts.
 */

// @ts-expect-error: ffjavascript has no types
import { getCurveFromName } from 'ffjavascript';
import { Curve } from '../src/argument/curve.ts';
import { mod, R, toBytes } from '../src/numbers/field.ts';

const REPEATS = 3;

/** Scalars as provers have them: full size (quotients), lookup limbs, and small signed numbers in 32 bytes (weights). */
const KINDS: Record<string, { width: number; scalar: (random: bigint) => bigint }> = {
  full: { width: 32, scalar: (x) => x },
  'limbs (2 bytes)': { width: 2, scalar: (x) => x & 0x3fffn },
  'signed 28 bits in 32 bytes': { width: 32, scalar: (x) => mod((x & 0xfffffffn) - (1n << 27n)) },
};

interface Row {
  kind: string;
  size: number;
  /** microseconds a point, best of the repeats */
  ours: number;
  withoutLanes: number;
  ffjavascript: number;
  /** ffjavascript's time divided by ours */
  ratio: number;
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

const json = process.argv.includes('--json');
const sizes = process.argv
  .slice(2)
  .filter((arg) => arg !== '--json')
  .map(Number);
const curve = await Curve.load();
const plain = await Curve.load({ lanes: false });
const reference = await getCurveFromName('bn128');
const rows: Row[] = [];
for (const power of sizes.length > 0 ? sizes : [12, 16, 18, 20]) {
  const n = 1 << power;
  let state = 0x1234567n;
  const random = Array.from({ length: n }, () => {
    state = (state * state + 7n) % R;
    return state;
  });
  const encode = (width: number, scalar: (x: bigint) => bigint) => {
    const out = new Uint8Array(width * n);
    random.forEach((x, i) => {
      out.set(toBytes(scalar(x)).subarray(0, width), width * i);
    });
    return out;
  };
  const points = await curve.fixedBase(encode(32, (x) => mod(x * x)));
  for (const [kind, { width, scalar }] of Object.entries(KINDS)) {
    const scalars = encode(width, scalar);
    const best = { ours: Number.POSITIVE_INFINITY, plain: Number.POSITIVE_INFINITY, theirs: Number.POSITIVE_INFINITY };
    for (let i = 0; i < REPEATS; i++) {
      best.ours = Math.min(best.ours, await seconds(() => curve.msm(points, scalars, width)));
      best.plain = Math.min(best.plain, await seconds(() => plain.msm(points, scalars, width)));
      best.theirs = Math.min(best.theirs, await seconds(() => reference.G1.multiExpAffine(points, scalars)));
    }
    const [ours, withoutLanes, ffjavascript] = [best.ours, best.plain, best.theirs].map((s) => (s / n) * 1e6);
    rows.push({ kind, size: n, ours, withoutLanes, ffjavascript, ratio: ffjavascript / ours });
    if (!json) {
      const figures = `${ours.toFixed(2)} us a point, without lanes ${withoutLanes.toFixed(2)}, ffjavascript ${ffjavascript.toFixed(2)}`;
      console.log(`2^${power} ${kind}: ${figures}`);
    }
  }
}
if (json) console.log(JSON.stringify(rows));
await curve.close();
await plain.close();
await reference.terminate();
