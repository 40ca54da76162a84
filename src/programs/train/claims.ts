import { Claims, type ClaimTerm } from '../../argument/claims.ts';
import { SIZE_BITS } from '../../numbers/constants.ts';
import { mod } from '../../numbers/field.ts';
import { join } from '../common.ts';
import { addTableClaims } from '../layers.ts';
import { F, FA, HALF, LIMB, Q_SCALE, type TrainChallenges, type TrainOracles, type TrainSizes } from './context.ts';
import { HELPER_SLOTS } from './oracles.ts';

/** Positions of the oracles in the opening. */
const [PARENT, CHILD, SHARD, TRACE, HELPER] = [0, 1, 2, 3, 4];
const HIDDEN_EVALUATIONS = ['V', 'm', 'T', 'R0', 'R1', 'S0', 'S1', 'D'];

/** What the claims speak of, after both batches. */
export interface ClaimsContext extends TrainChallenges {
  sizes: TrainSizes;
  oracles: TrainOracles;
  lr: bigint;
  sums: readonly bigint[];
  evals1: readonly bigint[];
  evals2: readonly bigint[];
  /** point of the first batch */
  rho: readonly bigint[];
  /** row point of the second batch: r_s with its point on the step bits */
  zeta: readonly bigint[];
}

/** The 81 claims of protocol section 7, weighted by powers of the challenge. */
export function trainClaims(challenge: bigint, c: ClaimsContext): Claims {
  const { sizes, oracles, lr, sums, evals1, evals2, mu } = c;
  const { first, sigma, widthBits } = sizes;
  const claims = new Claims(challenge, 81);
  const rhoF = c.rho.slice(SIZE_BITS);
  const halves = { s: c.rs, p: c.rho.slice(0, sigma), z: c.zeta, i: c.ri, j: c.rj, f: rhoF };
  type Half = keyof typeof halves;
  // a point is made once, so that claims on the same slot and point share a pass
  const points = new Map<string, bigint[]>();
  const point = (a: Half, low: number, b: Half, high: number): bigint[] => {
    const key = `${a}${low} ${b}${high}`;
    const made = points.get(key) ?? join(halves[a], low, halves[b], high);
    points.set(key, made);
    return made;
  };

  const inTrace = (slot: string, l: number, s: Half, i: Half, coefficient = 1n): ClaimTerm => ({
    oracle: TRACE,
    offset: oracles.trace.slots[slot].offset,
    point: point(s, sigma, i, widthBits(l)),
    coefficient,
  });
  const inShard = (slot: string, bits: number, s: Half, i: Half, coefficient = 1n): ClaimTerm => ({
    oracle: SHARD,
    offset: oracles.shard.slots[slot].offset,
    point: point(s, sigma, i, bits),
    coefficient,
  });
  const weight = (oracle: number, l: number, j: Half, i: Half, coefficient = 1n): ClaimTerm => ({
    oracle,
    offset: oracles.parent.slots[`W${l - first + 1}`].offset,
    point: point(j, widthBits(l - 1), i, widthBits(l)),
    coefficient,
  });
  const bias = (oracle: number, l: number, coefficient: bigint): ClaimTerm => ({
    oracle,
    offset: oracles.parent.slots[`b${l - first + 1}`].offset,
    point: point('i', 0, 'i', widthBits(l)),
    coefficient,
  });
  /** In_l is A_(l-1) or X; D_4 is Q_SCALE (Q' - 2^13 - Y), whose constant moves into the value. */
  const input = (l: number, s: Half, j: Half) =>
    l === first ? [inShard('X', widthBits(l - 1), s, j)] : [inTrace(`A${l - 1}`, l - 1, s, j)];
  const delta = (l: number, s: Half, i: Half) =>
    l < 4 ? [inTrace(`D${l}`, l, s, i)] : [inTrace('Q', 4, s, i, Q_SCALE), inShard('Y', widthBits(4), s, i, -Q_SCALE)];
  const deltaOffset = (l: number) => (l < 4 ? 0n : Q_SCALE * HALF);

  // evaluations
  for (const l of sizes.layers) {
    claims.add(l - 1, evals1[l - 1], [weight(PARENT, l, 'f', 'i')]);
    claims.add(3 + l, evals1[3 + l], input(l, 's', 'f'));
    claims.add(7 + l, evals1[7 + l] + deltaOffset(l), delta(l, 'p', 'i'));
    claims.add(11 + l, evals1[11 + l], input(l, 'p', 'f'));
    claims.add(15 + l, evals2[l - 1], input(l, 'z', 'f'));
    claims.add(19 + l, evals1[19 + l], input(l, 'p', 'j'));
  }
  for (const l of sizes.hidden) {
    claims.add(23 + l, evals1[23 + l], [weight(PARENT, l + 1, 'j', 'f')]);
    claims.add(26 + l, evals1[26 + l] + deltaOffset(l + 1), delta(l + 1, 's', 'f'));
    claims.add(29 + l, evals2[3 + l] + deltaOffset(l + 1), delta(l + 1, 'z', 'f'));
    HIDDEN_EVALUATIONS.forEach((name, i) => {
      const index = 33 + 8 * (l - 1) + i;
      claims.add(index, evals1[index], [inTrace(`${name}${l}`, l, 'p', 'f')]);
    });
  }
  ['Q', 'U0', 'U1'].forEach((name, i) => {
    claims.add(57 + i, evals1[57 + i], [inTrace(name, 4, 'p', 'f')]);
  });
  claims.add(60, evals1[60] + deltaOffset(4), delta(4, 'p', 'f'));
  HELPER_SLOTS.slice(0, 7).forEach((name, i) => {
    const slot = oracles.helper.slots[name];
    if (slot)
      claims.add(61 + i, evals1[61 + i], [
        { oracle: HELPER, offset: slot.offset, point: point('p', sigma, 'f', slot.log2 - sigma) },
      ]);
  });
  addTableClaims(
    claims,
    68,
    evals1,
    c.rho,
    { oracle: HELPER, offset: oracles.helper.slots.g.offset },
    { oracle: TRACE, offset: oracles.trace.slots.mult.offset },
  );

  for (const l of sizes.layers) {
    // forward: phi1 + 2^fa b - lr (phi2 + 2^(2 fa) phi3) = 2^f Q + R0 + 2^c R1 - 2^(f-1); hidden Q = 2 A - V
    const rounded =
      l < 4
        ? [
            inTrace(`A${l}`, l, 's', 'i', -2n * F),
            inTrace(`V${l}`, l, 's', 'i', F),
            inTrace(`R0${l}`, l, 's', 'i', -1n),
            inTrace(`R1${l}`, l, 's', 'i', -LIMB),
          ]
        : [inTrace('Q', 4, 's', 'i', -F), inTrace('U0', 4, 's', 'i', -1n), inTrace('U1', 4, 's', 'i', -LIMB)];
    const forward = lr * (sums[3 + l] + FA * FA * sums[7 + l]) - sums[l - 1] - F / 2n - (l < 4 ? 0n : F * HALF);
    claims.add(69 + l, mod(forward), [bias(PARENT, l, FA), ...rounded]);
    // update: W^C - W^P + mu (b^C - b^P) + lr ups = 0
    claims.add(76 + l, mod(-lr * sums[11 + l]), [
      weight(CHILD, l, 'j', 'i'),
      weight(PARENT, l, 'j', 'i', -1n),
      bias(CHILD, l, mu),
      bias(PARENT, l, -mu),
    ]);
  }
  for (const l of sizes.hidden) {
    // backward: chi1 - lr chi2 = 2^f T + S0 + 2^c S1 - 2^(f-1), T = T' - 2^13
    const backward = sums[15 + l] - lr * sums[18 + l] + F * HALF + F / 2n;
    claims.add(73 + l, mod(backward), [
      inTrace(`T${l}`, l, 's', 'j', F),
      inTrace(`S0${l}`, l, 's', 'j'),
      inTrace(`S1${l}`, l, 's', 'j', LIMB),
    ]);
  }
  return claims;
}
