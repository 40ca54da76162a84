import { halves } from '../../argument/axisSums.ts';
import { Claims, type ClaimTables, type ClaimTerm } from '../../argument/claims.ts';
import type { Head } from '../../model/head.ts';
import { LIMB_BITS, POOLED_RATE } from '../../numbers/constants.ts';
import { mod } from '../../numbers/field.ts';
import { pointOf } from '../axes.ts';
import { modelSlot } from '../layerSizes.ts';
import { addTableClaims } from '../layers.ts';
import { addressWeights, isPlaceAt } from '../pictures/kernel.ts';
import { F, FA, HALF, LIMB } from '../powers.ts';
import {
  channelsOf,
  outputDelta,
  type TrainChallenges,
  type TrainOracles,
  type TrainProgram,
  type TrainSizes,
} from './context.ts';

const SINGLE = ['A', 'V', 'm', 'D', 'T', 'R0', 'R1', 'S0', 'S1'] as const;
const OUTPUT = ['Q', 'U0', 'U1'] as const;
const SOFTMAX = ['w', 'e', 'r0', 'r1', 'z1'] as const;

/** What the claims speak of, after both batches. */
export interface ClaimsContext extends TrainChallenges, TrainProgram {
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
  const claims = new Claims(challenge, c.numbers.claims.count);
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

/** Half a point by a letter: rows and places of tau, rho and zeta; features, or channels, of tau and rho. */
type Half = 's' | 'p' | 'z' | 'i' | 'f';

/** Terms of the claims by slot and point. A point is made once, so that claims on the same slot and point share a pass. */
class TermsAt {
  readonly #c: ClaimsContext;
  readonly #halves: Record<Half, readonly bigint[]>;
  readonly #points = new Map<string, bigint[]>();
  readonly #tables = new Map<number, ClaimTables>();

  constructor(c: ClaimsContext) {
    this.#c = c;
    this.#halves = { s: c.tau, p: c.rho, z: c.zeta, i: c.tau, f: c.rho };
  }

  /** A point that is made once for its key. */
  #once(key: string, make: () => bigint[]): bigint[] {
    const made = this.#points.get(key) ?? make();
    this.#points.set(key, made);
    return made;
  }

  /** So many rows and the places of layer l at a, its channels at b. */
  #point(a: Half, rows: number, b: Half, l: number): bigint[] {
    const { sizes, axes } = this.#c;
    const bits = sizes.bits(l);
    return this.#once(`${a}${rows} ${b} ${bits}`, () => [
      ...pointOf(axes, [rows, ...bits.slice(0, -1)], this.#halves[a]),
      ...channelsOf(this.#c, l, this.#halves[b]),
    ]);
  }

  /** A tensor of the trace with the features of layer l. */
  trace(slot: string, l: number, s: Half, i: Half, coefficient = 1n): ClaimTerm {
    const { sizes, oracles, numbers } = this.#c;
    const point = this.#point(s, sizes.traceBits, i, l);
    return { oracle: numbers.oracles.trace, offset: oracles.trace.slots[slot].offset, point, coefficient };
  }

  /** A tensor of the trace with an entry a row. */
  rows(slot: string, s: Half, coefficient = 1n): ClaimTerm {
    const { sizes, oracles, numbers } = this.#c;
    const point = this.#once(`${s}${sizes.traceBits}`, () => this.#halves[s].slice(0, sizes.traceBits));
    return { oracle: numbers.oracles.trace, offset: oracles.trace.slots[slot].offset, point, coefficient };
  }

  /** The sum of a tensor of the output over its units, at r_s: the weight 1 is 2^a eq(1/2, .. 1/2; .). */
  everyUnit(slot: string): ClaimTerm {
    const { sizes, oracles, tau, numbers } = this.#c;
    const bits = sizes.widthBits(sizes.last);
    const point = [...tau.slice(0, sizes.traceBits), ...halves(bits)];
    return {
      oracle: numbers.oracles.trace,
      offset: oracles.trace.slots[slot].offset,
      point,
      coefficient: 1n << BigInt(bits),
    };
  }

  helper(slot: string, l: number): ClaimTerm {
    const { sizes, oracles, numbers } = this.#c;
    const point = this.#point('p', sizes.traceBits, 'f', l);
    return { oracle: numbers.oracles.helper, offset: oracles.helper.slots[slot].offset, point };
  }

  /** X or Y, which are the same in every pass: the coordinates of the pass are dropped. */
  shard(slot: 'X' | 'Y', l: number, s: Half, i: Half): ClaimTerm {
    const { sizes, oracles, numbers } = this.#c;
    const point = this.#point(s, sizes.sigma, i, l);
    return { oracle: numbers.oracles.shard, offset: oracles.shard.slots[slot].offset, point };
  }

  /** W_l of a model, its taps at rho; parent and child have one layout. */
  weight(model: 'parent' | 'child', l: number, j: Half, i: Half, coefficient = 1n): ClaimTerm {
    const { sizes, oracles, numbers } = this.#c;
    const { offset } = oracles.parent.slots[modelSlot(sizes, 'W', l)];
    const point = this.#once(`W ${l} ${j} ${i}`, () => [
      ...Object.values(this.#taps(l)).flat(),
      ...channelsOf(this.#c, l - 1, this.#halves[j]),
      ...channelsOf(this.#c, l, this.#halves[i]),
    ]);
    return { oracle: numbers.oracles[model], offset, point, coefficient };
  }

  /** Coordinates of rho for the taps of a convolutional layer. */
  #taps(l: number): { x: bigint[]; y: bigint[] } {
    const { sizes, axes, rho } = this.#c;
    const bits = sizes.geometry[l]?.logs.kernel ?? 0;
    if (bits === 0) return { x: [], y: [] };
    return { x: pointOf(axes, [0, bits], rho), y: pointOf(axes, [0, 0, bits], rho) };
  }

  /** b_l of a model at r_i. */
  bias(model: 'parent' | 'child', l: number, coefficient: bigint): ClaimTerm {
    const { sizes, oracles, numbers, tau } = this.#c;
    const { offset } = oracles.parent.slots[modelSlot(sizes, 'b', l)];
    const point = this.#once(`b ${l}`, () => channelsOf(this.#c, l, tau));
    return { oracle: numbers.oracles[model], offset, point, coefficient };
  }

  /** In_l at zeta is A_(l-1) or X; a convolutional layer reads it at rho's taps of zeta's place. */
  input(l: number, j: Half): ClaimTerm {
    const { sizes, zeta } = this.#c;
    const isFirst = l === sizes.first;
    const rows = isFirst ? sizes.sigma : sizes.traceBits;
    const point = this.#once(`input ${rows} ${j} ${l - 1}`, () => [
      ...zeta.slice(0, rows),
      ...channelsOf(this.#c, l - 1, this.#halves[j]),
    ]);
    const plain = isFirst ? this.shard('X', l - 1, 's', j) : this.trace(`A_${l - 1}`, l - 1, 's', j);
    return { ...plain, point, ...this.#readTables(l, rows) };
  }

  #readTables(l: number, at: number): { tables?: ClaimTables } {
    const { sizes, axes, zeta } = this.#c;
    const layer = sizes.geometry[l];
    if (layer === undefined) return {};
    const { side } = layer.logs;
    const [x, y] = [pointOf(axes, [0, side], zeta), pointOf(axes, [0, 0, side], zeta)];
    const taps = this.#taps(l);
    const weights = () => [addressWeights(layer, taps.x, x), addressWeights(layer, taps.y, y)];
    const made = this.#tables.get(l) ?? { at, weights: weights() };
    this.#tables.set(l, made);
    return { tables: made };
  }

  /** D_l, of the last layer D_4 or D_6. */
  delta(l: number, s: Half, i: Half): ClaimTerm {
    const { sizes, numbers } = this.#c;
    return this.trace(l === sizes.last ? outputDelta(numbers).slot : `D_${l}`, l, s, i);
  }
}

function addLayer(claims: Claims, { numbers, evals1, evals2 }: ClaimsContext, at: TermsAt, l: number): void {
  const { evaluations: E, evaluations2: E2, claims: C } = numbers;
  claims.add(C.W(l), evals1[E.W(l)], [at.weight('parent', l, 'f', 'i')]);
  claims.add(C.zIn(l), evals2[E2.zIn(l)], [at.input(l, 'f')]);
  claims.add(C.zDAtI(l), evals2[E2.zDAtI(l)], [at.delta(l, 'z', 'i')]);
}

function addHidden(claims: Claims, { numbers, evals1, evals2 }: ClaimsContext, at: TermsAt, l: number): void {
  const { evaluations: E, evaluations2: E2, claims: C } = numbers;
  claims.add(C.nextW(l), evals1[E.nextW(l)], [at.weight('parent', l + 1, 'i', 'f')]);
  claims.add(C.zNextD(l), evals2[E2.zNextD(l)], [at.delta(l + 1, 'z', 'f')]);
  claims.add(C.zNextIn(l), evals2[E2.zNextIn(l)], [at.input(l + 1, 'i')]);
  for (const name of SINGLE) claims.add(C[name](l), evals1[E[name](l)], [at.trace(`${name}_${l}`, l, 'p', 'f')]);
  for (const name of ['hA', 'hB'] as const) claims.add(C[name](l), evals1[E[name](l)], [at.helper(`${name}_${l}`, l)]);
}

function addOutput(claims: Claims, { numbers, sizes, evals1, rho, oracles }: ClaimsContext, at: TermsAt): void {
  const { evaluations: E, claims: C } = numbers;
  const { last } = sizes;
  for (const name of OUTPUT) claims.add(C[name], evals1[E[name]], [at.trace(name, last, 'p', 'f')]);
  const delta = outputDelta(numbers);
  claims.add(delta.claim, evals1[delta.evaluation], [at.delta(last, 'p', 'f')]);
  claims.add(C.Y, evals1[E.Y], [at.shard('Y', last, 'p', 'f')]);
  claims.add(C.hQ, evals1[E.hQ], [at.helper('hQ', last)]);
  addTableClaims(claims, numbers, evals1, rho, oracles);
}

/** The probabilities, and the lookup of pairs in the head's function. */
function addHead(claims: Claims, { numbers, head, sizes, evals1, rho, oracles }: ClaimsContext, at: TermsAt): void {
  const { oracles: O, evaluations: E, claims: C } = numbers;
  claims.add(C.P, evals1[E.P], [at.trace('P', sizes.last, 'p', 'f')]);
  claims.add(C.hF, evals1[E.hF], [at.helper('hF', sizes.last)]);
  const second = { oracles: O, evaluations: { g: E.g2, mult: E.mult2 } };
  addTableClaims(claims, second, evals1, rho, oracles, { g: 'g2', mult: 'mult2' });
  const { offset } = oracles.tables.slots[head === 'softmax' ? 'EXP' : 'SIG'];
  claims.add(C.F, evals1[E.F], [{ oracle: O.tables, offset, point: rho.slice(0, LIMB_BITS) }]);
}

/** Softmax's tensors; one w is 1 in every row, and Sum is the sum of the e. */
function addSoftmax(claims: Claims, { numbers, sizes, evals1 }: ClaimsContext, at: TermsAt): void {
  const { evaluations: E, claims: C } = numbers;
  for (const name of ['M', 'Sum'] as const) claims.add(C[name], evals1[E[name]], [at.rows(name, 'p')]);
  for (const name of SOFTMAX) claims.add(C[name], evals1[E[name]], [at.trace(name, sizes.last, 'p', 'f')]);
  for (const name of ['hR', 'hP'] as const) claims.add(C[name], evals1[E[name]], [at.helper(name, sizes.last)]);
  claims.add(C.oneFirst, 1n, [at.everyUnit('w')]);
  claims.add(C.total, 0n, [at.everyUnit('e'), at.rows('Sum', 's', -1n)]);
}

/** What the bias counts at tau's place: 1 in dense networks. */
function placeFactor({ axes, sizes, tau }: ClaimsContext, l: number): bigint {
  const layer = sizes.geometry[l];
  if (layer === undefined) return 1n;
  const { side } = layer.logs;
  return isPlaceAt(layer, pointOf(axes, [0, 0, side], tau), pointOf(axes, [0, side], tau));
}

/** lr_l: a sixteenth where averages are read. */
function rateOf({ sizes, lr }: ClaimsContext, l: number): bigint {
  return sizes.geometry[l]?.pooled ? lr / BigInt(POOLED_RATE) : lr;
}

/**
 * F1 + 2^fa M b - lr_l F2 - lr 2^(2 fa) M F3 = 2^f Q + R0 + 2^c R1 - 2^(f-1); hidden Q = 2 A - V, output Q = Q' - 2^15. In dense networks M
 * is 1 and lr_l is lr.
 */
function addForward(claims: Claims, c: ClaimsContext, at: TermsAt, l: number): void {
  const { numbers, sizes, lr, sums } = c;
  const { sums: S, claims: C } = numbers;
  const M = placeFactor(c, l);
  const rounded =
    l < sizes.last
      ? [
          at.trace(`A_${l}`, l, 's', 'i', -2n * F),
          at.trace(`V_${l}`, l, 's', 'i', F),
          at.trace(`R0_${l}`, l, 's', 'i', -1n),
          at.trace(`R1_${l}`, l, 's', 'i', -LIMB),
        ]
      : [at.trace('Q', l, 's', 'i', -F), at.trace('U0', l, 's', 'i', -1n), at.trace('U1', l, 's', 'i', -LIMB)];
  const constant = F / 2n + (l < sizes.last ? 0n : F * HALF);
  const value = rateOf(c, l) * sums[S.F2(l)] + lr * FA * FA * M * sums[S.F3(l)] - sums[S.F1(l)] - constant;
  claims.add(C.forward(l), mod(value), [at.bias('parent', l, mod(FA * M)), ...rounded]);
}

/** B1 - lr_(l+1) B2 = 2^f T + S0 + 2^c S1 - 2^(f-1), T = T' - 2^15 */
function addBackward(claims: Claims, c: ClaimsContext, at: TermsAt, l: number): void {
  const { numbers, sums } = c;
  const { sums: S, claims: C } = numbers;
  const value = sums[S.B1(l)] - rateOf(c, l + 1) * sums[S.B2(l)] + F * HALF + F / 2n;
  claims.add(C.backward(l), mod(value), [
    at.trace(`T_${l}`, l, 's', 'i', F),
    at.trace(`S0_${l}`, l, 's', 'i'),
    at.trace(`S1_${l}`, l, 's', 'i', LIMB),
  ]);
}

/** W^C - W^P + mu (b^C - b^P) + lr_l U = 0 */
function addUpdate(claims: Claims, c: ClaimsContext, at: TermsAt, l: number): void {
  const { numbers, sums2, mu } = c;
  claims.add(numbers.claims.update(l), mod(-rateOf(c, l) * sums2[numbers.sums2.U(l)]), [
    at.weight('child', l, 'f', 'i'),
    at.weight('parent', l, 'f', 'i', -1n),
    at.bias('child', l, mu),
    at.bias('parent', l, -mu),
  ]);
}
