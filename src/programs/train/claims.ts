import { Claims, type ClaimTerm } from '../../argument/claims.ts';
import { NUMBERING } from '../../generated/numbering.ts';
import type { Head } from '../../model/head.ts';
import { LIMB_BITS, MAX_LAYERS, TRACE_ROW_BITS } from '../../numbers/constants.ts';
import { inverse, mod } from '../../numbers/field.ts';
import { join } from '../common.ts';
import { modelSlot } from '../layerSizes.ts';
import { addTableClaims } from '../layers.ts';
import { F, FA, HALF, LIMB } from '../powers.ts';
import type { TrainChallenges, TrainOracles, TrainSizes } from './context.ts';

const { oracles: O, sums: S, sums2: S2, evaluations: E, evaluations2: E2, claims: C } = NUMBERING.train;
const SINGLE = ['A', 'V', 'm', 'D', 'T', 'R0', 'R1', 'S0', 'S1'] as const;
const OUTPUT = ['Q', 'U0', 'U1', 'D4'] as const;
const SOFTMAX = ['w', 'e', 'r0', 'r1', 'z1'] as const;

/** What the claims speak of, after both batches. */
export interface ClaimsContext extends TrainChallenges {
  head: Head;
  sizes: TrainSizes;
  oracles: TrainOracles;
  lr: bigint;
  sums: readonly bigint[];
  sums2: readonly bigint[];
  evals1: readonly bigint[];
  evals2: readonly bigint[];
  /** points of the batches */
  rho: readonly bigint[];
  zeta: readonly bigint[];
}

/** The claims of protocol section 7, weighted by powers of the challenge. */
export function trainClaims(challenge: bigint, c: ClaimsContext): Claims {
  const claims = new Claims(challenge, C.count);
  const at = new TermsAt(c);
  for (const l of c.sizes.layers) {
    addLayer(claims, c, at, l);
    addForward(claims, c, at, l);
    addUpdate(claims, c, at, l);
  }
  for (const l of c.sizes.hidden) {
    addHidden(claims, c, at, l);
    addBackward(claims, c, at, l);
  }
  addOutput(claims, c, at);
  if (c.head !== 'squared error') addHead(claims, c, at);
  if (c.head === 'softmax') addSoftmax(claims, c, at);
  return claims;
}

/** Half a point by a letter: rows r_s, rho_s, zeta; features r_i, rho_f. */
type Half = 's' | 'p' | 'z' | 'i' | 'f';

/** Terms of the claims by slot and point. A point is made once, so that claims on the same slot and point share a pass. */
class TermsAt {
  readonly #c: ClaimsContext;
  readonly #halves: Record<Half, readonly bigint[]>;
  readonly #points = new Map<string, bigint[]>();

  constructor(c: ClaimsContext) {
    this.#c = c;
    this.#halves = { s: c.rs, p: c.rho, z: c.zeta, i: c.ri, f: c.rho.slice(TRACE_ROW_BITS) };
  }

  #point(a: Half, low: number, b: Half, high: number): bigint[] {
    const key = `${a}${low} ${b}${high}`;
    const made = this.#points.get(key) ?? join(this.#halves[a], low, this.#halves[b], high);
    this.#points.set(key, made);
    return made;
  }

  /** A tensor of the trace with the features of layer l. */
  trace(slot: string, l: number, s: Half, i: Half, coefficient = 1n): ClaimTerm {
    const { sizes, oracles } = this.#c;
    const point = this.#point(s, sizes.traceBits, i, sizes.widthBits(l));
    return { oracle: O.trace, offset: oracles.trace.slots[slot].offset, point, coefficient };
  }

  /** A tensor of the trace with an entry a row. */
  rows(slot: string, s: Half, coefficient = 1n): ClaimTerm {
    const { sizes, oracles } = this.#c;
    const point = this.#point(s, sizes.traceBits, 'i', 0);
    return { oracle: O.trace, offset: oracles.trace.slots[slot].offset, point, coefficient };
  }

  /** The sum of a tensor of the output over its units, at r_s: the weight 1 is 2^a eq(1/2, .. 1/2; .). */
  everyUnit(slot: string): ClaimTerm {
    const { sizes, oracles, rs } = this.#c;
    const bits = sizes.widthBits(MAX_LAYERS);
    const point = [...rs.slice(0, sizes.traceBits), ...new Array<bigint>(bits).fill(inverse(2n))];
    return { oracle: O.trace, offset: oracles.trace.slots[slot].offset, point, coefficient: 1n << BigInt(bits) };
  }

  helper(slot: string, l: number): ClaimTerm {
    const { sizes, oracles } = this.#c;
    const point = this.#point('p', sizes.traceBits, 'f', sizes.widthBits(l));
    return { oracle: O.helper, offset: oracles.helper.slots[slot].offset, point };
  }

  /** X or Y, which are the same in every pass: the coordinates of the pass are dropped. */
  shard(slot: 'X' | 'Y', l: number, s: Half, i: Half): ClaimTerm {
    const { sizes, oracles } = this.#c;
    const point = this.#point(s, sizes.sigma, i, sizes.widthBits(l));
    return { oracle: O.shard, offset: oracles.shard.slots[slot].offset, point };
  }

  /** W_l of a model; parent and child have one layout. */
  weight(model: 'parent' | 'child', l: number, j: Half, i: Half, coefficient = 1n): ClaimTerm {
    const { sizes, oracles } = this.#c;
    const { offset } = oracles.parent.slots[modelSlot(sizes, 'W', l)];
    const point = this.#point(j, sizes.widthBits(l - 1), i, sizes.widthBits(l));
    return { oracle: O[model], offset, point, coefficient };
  }

  /** b_l of a model at r_i. */
  bias(model: 'parent' | 'child', l: number, coefficient: bigint): ClaimTerm {
    const { sizes, oracles } = this.#c;
    const { offset } = oracles.parent.slots[modelSlot(sizes, 'b', l)];
    return { oracle: O[model], offset, point: this.#point('i', 0, 'i', sizes.widthBits(l)), coefficient };
  }

  /** In_l is A_(l-1) or X. */
  input(l: number, s: Half, j: Half): ClaimTerm {
    return l === this.#c.sizes.first ? this.shard('X', l - 1, s, j) : this.trace(`A_${l - 1}`, l - 1, s, j);
  }

  /** D_l, of the last layer D4. */
  delta(l: number, s: Half, i: Half): ClaimTerm {
    return this.trace(l === MAX_LAYERS ? 'D4' : `D_${l}`, l, s, i);
  }
}

function addLayer(claims: Claims, { evals1, evals2 }: ClaimsContext, at: TermsAt, l: number): void {
  claims.add(C.W(l), evals1[E.W(l)], [at.weight('parent', l, 'f', 'i')]);
  claims.add(C.zIn(l), evals2[E2.zIn(l)], [at.input(l, 'z', 'f')]);
  claims.add(C.zDAtI(l), evals2[E2.zDAtI(l)], [at.delta(l, 'z', 'i')]);
}

function addHidden(claims: Claims, { evals1, evals2 }: ClaimsContext, at: TermsAt, l: number): void {
  claims.add(C.nextW(l), evals1[E.nextW(l)], [at.weight('parent', l + 1, 'i', 'f')]);
  claims.add(C.zNextD(l), evals2[E2.zNextD(l)], [at.delta(l + 1, 'z', 'f')]);
  claims.add(C.zNextIn(l), evals2[E2.zNextIn(l)], [at.input(l + 1, 'z', 'i')]);
  for (const name of SINGLE) claims.add(C[name](l), evals1[E[name](l)], [at.trace(`${name}_${l}`, l, 'p', 'f')]);
  for (const name of ['hA', 'hB'] as const) claims.add(C[name](l), evals1[E[name](l)], [at.helper(`${name}_${l}`, l)]);
}

function addOutput(claims: Claims, { evals1, rho, oracles }: ClaimsContext, at: TermsAt): void {
  for (const name of OUTPUT) claims.add(C[name], evals1[E[name]], [at.trace(name, MAX_LAYERS, 'p', 'f')]);
  claims.add(C.Y, evals1[E.Y], [at.shard('Y', MAX_LAYERS, 'p', 'f')]);
  claims.add(C.hQ, evals1[E.hQ], [at.helper('hQ', MAX_LAYERS)]);
  addTableClaims(
    claims,
    E,
    evals1,
    rho,
    { oracle: O.helper, offset: oracles.helper.slots.g.offset },
    { oracle: O.trace, offset: oracles.trace.slots.mult.offset },
  );
}

/** The probabilities, and the lookup of pairs in the head's function. */
function addHead(claims: Claims, { head, evals1, rho, oracles }: ClaimsContext, at: TermsAt): void {
  claims.add(C.P, evals1[E.P], [at.trace('P', MAX_LAYERS, 'p', 'f')]);
  claims.add(C.hF, evals1[E.hF], [at.helper('hF', MAX_LAYERS)]);
  addTableClaims(
    claims,
    { g: E.g2, mult: E.mult2 },
    evals1,
    rho,
    { oracle: O.helper, offset: oracles.helper.slots.g2.offset },
    { oracle: O.trace, offset: oracles.trace.slots.mult2.offset },
  );
  const { offset } = oracles.tables.slots[head === 'softmax' ? 'EXP' : 'SIG'];
  claims.add(C.F, evals1[E.F], [{ oracle: O.tables, offset, point: rho.slice(0, LIMB_BITS) }]);
}

/** Softmax's tensors; one w is 1 in every row, and Sum is the sum of the e. */
function addSoftmax(claims: Claims, { evals1 }: ClaimsContext, at: TermsAt): void {
  for (const name of ['M', 'Sum'] as const) claims.add(C[name], evals1[E[name]], [at.rows(name, 'p')]);
  for (const name of SOFTMAX) claims.add(C[name], evals1[E[name]], [at.trace(name, MAX_LAYERS, 'p', 'f')]);
  for (const name of ['hR', 'hP'] as const) claims.add(C[name], evals1[E[name]], [at.helper(name, MAX_LAYERS)]);
  claims.add(C.oneFirst, 1n, [at.everyUnit('w')]);
  claims.add(C.total, 0n, [at.everyUnit('e'), at.rows('Sum', 's', -1n)]);
}

/** F1 + 2^fa b - lr (F2 + 2^(2 fa) F3) = 2^f Q + R0 + 2^c R1 - 2^(f-1); hidden Q = 2 A - V, output Q = Q' - 2^15. */
function addForward(claims: Claims, { lr, sums }: ClaimsContext, at: TermsAt, l: number): void {
  const rounded =
    l < MAX_LAYERS
      ? [
          at.trace(`A_${l}`, l, 's', 'i', -2n * F),
          at.trace(`V_${l}`, l, 's', 'i', F),
          at.trace(`R0_${l}`, l, 's', 'i', -1n),
          at.trace(`R1_${l}`, l, 's', 'i', -LIMB),
        ]
      : [at.trace('Q', l, 's', 'i', -F), at.trace('U0', l, 's', 'i', -1n), at.trace('U1', l, 's', 'i', -LIMB)];
  const constant = F / 2n + (l < MAX_LAYERS ? 0n : F * HALF);
  const value = lr * (sums[S.F2(l)] + FA * FA * sums[S.F3(l)]) - sums[S.F1(l)] - constant;
  claims.add(C.forward(l), mod(value), [at.bias('parent', l, FA), ...rounded]);
}

/** B1 - lr B2 = 2^f T + S0 + 2^c S1 - 2^(f-1), T = T' - 2^15 */
function addBackward(claims: Claims, { lr, sums }: ClaimsContext, at: TermsAt, l: number): void {
  const value = sums[S.B1(l)] - lr * sums[S.B2(l)] + F * HALF + F / 2n;
  claims.add(C.backward(l), mod(value), [
    at.trace(`T_${l}`, l, 's', 'i', F),
    at.trace(`S0_${l}`, l, 's', 'i'),
    at.trace(`S1_${l}`, l, 's', 'i', LIMB),
  ]);
}

/** W^C - W^P + mu (b^C - b^P) + lr U = 0 */
function addUpdate(claims: Claims, { lr, sums2, mu }: ClaimsContext, at: TermsAt, l: number): void {
  claims.add(C.update(l), mod(-lr * sums2[S2.U(l)]), [
    at.weight('child', l, 'f', 'i'),
    at.weight('parent', l, 'f', 'i', -1n),
    at.bias('child', l, mu),
    at.bias('parent', l, -mu),
  ]);
}
