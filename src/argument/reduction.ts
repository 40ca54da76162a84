import { NUMBERING } from '../generated/numbering.ts';
import { ceilLog2 } from '../numbers/bits.ts';
import { ADDRESS_BITS } from '../numbers/constants.ts';
import { mod } from '../numbers/field.ts';
import { axesOf, productOf, splitAxes } from './claimAxes.ts';
import type { Claims, WeightedTerm } from './claims.ts';
import { BLOCK, BLOCK_BITS, columnSums, rowSums } from './integers.ts';
import type { Kernels, Vec } from './kernels.ts';
import { isVec, type Oracle } from './oracle.ts';
import type { Session } from './session.ts';
import { finalValue, type Instance, type Poly, poly, range, sumcheck } from './sumcheck.ts';

const { nonces: NONCES } = NUMBERING.shared;

/** All claims at one point (design 6.1, protocol section 4). */
export interface Reduced {
  messages: { reduce: bigint[][]; u: bigint[] };
  /** y_0 .. y_25 */
  y: readonly bigint[];
  eta: bigint;
}

/**
 * Weights that are products: entry (i, j) of E, i a block of 2^8 entries and j a place in it, is the sum over such factors of high[i] low[j]. Claims at points
 * whose low eight coordinates agree share one, however many tensors they speak of.
 */
interface Factor {
  low: Vec;
  high: Vec;
}

/** An oracle f in the reduction's first part: over blocks, F[i] = sum_j f(i, j) low[j] for each factor. */
interface Blocks {
  /** log2 of the blocks */
  bits: number;
  factors: Factor[];
  sums: Poly[];
  highs: Poly[];
}

/**
 * One sumcheck of 26 rounds over all oracles, sum_o sum_x f_o(x) E_o(x). The first 18 rounds bind the number of a block: there only the sums F count, which are
 * made once; f and E themselves are needed only for the last eight, at the size of one block. So no vector of field elements is as long as an oracle of integers.
 */
export function reduceClaims(session: Session, oracles: readonly Oracle[], claims: Claims): Reduced {
  const k = session.backend.kernels;
  const blocks = oracles.map((oracle, o) => (oracle.used === 0 ? undefined : blocksOf(k, oracle, claims.of(o))));
  const first = sumcheck(
    k,
    blocks.filter((b) => b !== undefined).map((b) => blockInstance(k, b)),
    ADDRESS_BITS,
    2,
    session.absorb,
    BLOCK_BITS,
  );
  const places = range(0, BLOCK_BITS);
  const inner = blocks.map((b, o): { f: Poly; E: Poly; dormant: bigint } | undefined => {
    if (!b) return undefined;
    const high = first.point.slice(BLOCK_BITS, BLOCK_BITS + b.bits);
    const dormant = first.point.slice(BLOCK_BITS + b.bits).reduce((v, x) => mod(v * (1n - x)), 1n);
    const f = poly(foldBlocks(k, oracles[o], k.eqTable(high, dormant)), places);
    const E = k.zeros(BLOCK);
    b.factors.forEach(({ low }, i) => {
      k.addScaled(E, low, dormant * finalValue(k, b.highs[i]));
    });
    return { f, E: poly(E, places), dormant };
  });
  const last = sumcheck(
    k,
    inner
      .filter((it) => it !== undefined)
      .map(({ f, E }) => ({
        weight: 1n,
        claim: k.dot(f.vec, E.vec),
        positions: places,
        terms: [{ coefficient: 1n, factors: [f, E] }],
      })),
    BLOCK_BITS,
    2,
    session.absorb,
  );
  const u = inner.map((it) => (it ? finalValue(k, it.f) : 0n));
  const eta = session.absorb([...u, session.nonce[NONCES.eta]]);
  return {
    messages: { reduce: [...first.messages, ...last.messages], u },
    y: [...last.point, ...first.point.slice(BLOCK_BITS)],
    eta,
  };
}

function blocksOf(k: Kernels, oracle: Oracle, weights: readonly WeightedTerm[]): Blocks {
  const count = oracle.length / BLOCK;
  const bits = ceilLog2(count);
  const at = range(BLOCK_BITS, bits);
  const factors = factorsOf(k, weights, 2 ** bits);
  const sums = factors.map(({ low }) => {
    const F = k.zeros(2 ** bits);
    const entries = oracle.entries;
    const used = k.view(F, 0, count);
    if (isVec(entries)) k.put(used, k.contractLow(entries, low));
    else rowSums(k, used, entries, low);
    return poly(F, at);
  });
  return { bits, factors, sums, highs: factors.map(({ high }) => poly(high, at)) };
}

/** The factors of an oracle's weights: one for each point's low coordinates, and one for each block of smaller tensors. */
function factorsOf(k: Kernels, weights: readonly WeightedTerm[], blocks: number): Factor[] {
  const factors = new Map<string, Factor>();
  const factor = (named: string | undefined, make: () => Vec): Factor => {
    const key = named ?? `of its own ${factors.size}`;
    const found = factors.get(key) ?? { low: make(), high: k.zeros(blocks) };
    factors.set(key, found);
    return found;
  };
  for (const weighted of weights) {
    const { term, coefficient } = weighted;
    const { offset, point } = term;
    const block = offset >>> BLOCK_BITS;
    if (term.tables) {
      addTables(k, weighted, factor);
      continue;
    }
    if (point.length >= BLOCK_BITS) {
      const low = point.slice(0, BLOCK_BITS);
      const { high } = factor(low.join(), () => k.eqTable(low));
      k.addEq(k.view(high, block), point.slice(BLOCK_BITS), coefficient);
    } else {
      const { low, high } = factor(`${block}`, () => k.zeros(BLOCK));
      k.set(high, block, 1n);
      k.addEq(k.view(low, offset % BLOCK), point, coefficient);
    }
  }
  if (factors.size === 0) factor('none', () => k.zeros(BLOCK)); // nothing is claimed of this oracle
  return [...factors.values()];
}

/** The factors of a term with tables. Where a block ends within a table, each value above has a factor of its own. */
function addTables(
  k: Kernels,
  { term, coefficient }: WeightedTerm,
  factor: (key: string | undefined, make: () => Vec) => Factor,
): void {
  const block = term.offset >>> BLOCK_BITS;
  for (const { low, high, isWhole } of splitAxes(axesOf(term), BLOCK_BITS)) {
    if (isWhole) {
      const own = factor(`${block}`, () => k.zeros(BLOCK));
      k.set(own.high, block, 1n);
      k.scoped(() => k.addScaled(k.view(own.low, term.offset % BLOCK), productOf(k, low), coefficient));
      continue;
    }
    const [only, ...more] = low;
    const isPoint = more.length === 0 && 'point' in only;
    const own = factor(isPoint ? only.point.join() : undefined, () => productOf(k, low));
    k.scoped(() => k.addScaled(k.view(own.high, block), productOf(k, high), coefficient));
  }
}

function blockInstance(k: Kernels, { bits, sums, highs }: Blocks): Instance {
  return {
    weight: 1n,
    claim: mod(sums.reduce((total, sum, i) => total + k.dot(sum.vec, highs[i].vec), 0n)),
    positions: range(BLOCK_BITS, bits),
    terms: sums.map((sum, i) => ({ coefficient: 1n, factors: [sum, highs[i]] })),
    dormantDegree: 2,
  };
}

/** out[j] = sum_i w[i] f(i, j) over the blocks i of an oracle. */
function foldBlocks(k: Kernels, oracle: Oracle, w: Vec): Vec {
  const entries = oracle.entries;
  const used = k.view(w, 0, oracle.length / BLOCK);
  if (isVec(entries)) return k.contractHigh(entries, used);
  const out = k.zeros(BLOCK);
  columnSums(k, out, entries, used, BLOCK);
  return out;
}
