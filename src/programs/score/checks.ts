// The zero-checks of classes and labels (protocol section 11).
import { type Poly, poly, type Term } from '../../argument/sumcheck.ts';
import { ACTIVATION_BITS, SIGNED_LIMIT } from '../../numbers/constants.ts';
import { mod } from '../../numbers/field.ts';
import { term, times } from '../sumcheckBatch.ts';
import type { ResultTensors } from './resultTensors.ts';

/** The relations over rows and outputs; their weights by these names once they are known. */
const OVER_OUTPUTS = [
  'margin',
  'lead',
  'belowBit',
  'belowPadding',
  'predictedBit',
  'predictedPadding',
  'predictedLabel',
  'powerPadding',
] as const;
const OVER_ROWS = [
  'predictedOne',
  'claimedBit',
  'claimedPadding',
  'claimedAll',
  'topBit',
  'topPadding',
  'topRank',
] as const;

type Weights<Names extends readonly string[]> = Record<Names[number], bigint>;

/** beta - G, and beta - K where a predicted class is shown. */
export interface ResultLimbs {
  beta: bigint;
  G: Poly;
  K?: Poly;
}

/** What B, P, G, K and E are, entry by entry. */
export function addChecks(t: ResultTensors, limbs: ResultLimbs): void {
  const { batch, eq, c } = t;
  const { score, measures } = c.witness.forward;
  const numbers = OVER_OUTPUTS.map((name) => c.numbers.relations[name]);
  batch.addCombined(numbers, eq.positions, (powers) => {
    const weights = named(OVER_OUTPUTS, powers);
    const padded = t.complement(t.outputs);
    const E = score.pairs?.E;
    return [
      ...belowTerms(t, limbs, padded, weights),
      ...(measures.counts === null ? [] : predictedTerms(t, limbs, weights)),
      ...(E === undefined
        ? []
        : padded.map((p) =>
            times(
              weights.powerPadding,
              eq,
              t.ofOutputs((at) => E[at]),
              p,
            ),
          )),
    ];
  });
}

function named<const Names extends readonly string[]>(names: Names, values: readonly bigint[]): Weights<Names> {
  return Object.fromEntries(names.map((name, i) => [name, values[i]])) as Weights<Names>;
}

/** B is a bit, 0 on padded outputs, and 1 makes G the margin less one. */
function belowTerms(
  t: ResultTensors,
  { G, beta }: ResultLimbs,
  padded: readonly Poly[],
  { margin, belowBit, belowPadding }: Weights<typeof OVER_OUTPUTS>,
): Term[] {
  const { k, c, eq, outputs } = t;
  const { shard, forward } = c.witness;
  const B = t.tensor('B');
  // B (belowBit (B - 1) + belowPadding (1 - le_out)), and margin G, of which beta - G is a denominator
  const factor = k.addConst(k.scale(B.vec, belowBit), mod(-belowBit));
  for (const { vec } of padded) k.addScaled(factor, vec, belowPadding);
  const terms = [times(-margin, eq, G), times(margin * beta, eq), term(eq, B, poly(factor, eq.positions))];
  if (shard.kind === 'labels') {
    return [...terms, times(margin, eq, ...outputs, B, t.sign, t.logits), times(margin, eq, ...outputs, B)];
  }
  const { L } = forward.score;
  const { Q } = forward.trace.output;
  const lead = t.ofOutputs((at, s) => L[s] - Q[at] + SIGNED_LIMIT - 1 + (shard.Y[at] >> ACTIVATION_BITS));
  return [...terms, times(-margin, eq, ...outputs, B, lead)];
}

/** P is a bit of real rows and outputs; with labels 1 only where B is; with classes it makes K the lead less one. */
function predictedTerms(
  t: ResultTensors,
  { K, beta }: ResultLimbs,
  { predictedBit, predictedPadding, predictedLabel, lead }: Weights<typeof OVER_OUTPUTS>,
): Term[] {
  const { k, c, eq, rows, outputs } = t;
  const { score, trace } = c.witness.forward;
  const P = t.tensor('P');
  const real = [...rows, ...outputs];
  // P (predictedBit (P - 1) + predictedPadding (1 - le_rows le_out) + predictedLabel (1 - B))
  const padding = real.length === 0 ? 0n : predictedPadding;
  const label = K === undefined ? predictedLabel : 0n;
  const factor = k.addConst(k.scale(P.vec, predictedBit), mod(padding + label - predictedBit));
  if (label !== 0n) k.addScaled(factor, t.tensor('B').vec, mod(-label));
  const terms = [term(eq, P, poly(factor, eq.positions))];
  if (real.length > 0) terms.push(times(-padding, eq, ...real, P));
  if (K === undefined) return terms;
  const { Q } = trace.output;
  const by = t.ofOutputs((at, s) => score.LP[s] - Q[at] + SIGNED_LIMIT - 1 + score.P[at]);
  return [...terms, times(-lead, eq, K), times(lead * beta, eq), times(-lead, eq, ...outputs, t.row('p'), by)];
}

/** c is 1 where N is n_4, t where N is above n_4 - k, each on real rows alone; p is a bit. */
export function addRowChecks(t: ResultTensors): void {
  const { batch, k, c, eqRows, rows } = t;
  const { score, measures } = c.witness.forward;
  const { outputs } = c.witness.shard;
  const numbers = OVER_ROWS.map((name) => c.numbers.relations[name]);
  batch.addCombined(numbers, eqRows.positions, (powers) => {
    const weights = named(OVER_ROWS, powers);
    const padded = t.complement(rows);
    // v (bit (v - 1) + padding (1 - le_rows) + count (missing - N))
    const claimed = (v: Poly, bit: bigint, padding: bigint, count: bigint, missing: number) => {
      const factor = k.addConst(k.scale(v.vec, bit), mod(count * BigInt(missing) - bit));
      for (const { vec } of padded) k.addScaled(factor, vec, padding);
      k.scoped(() => k.addScaled(factor, k.fromIntegers(score.N), mod(-count)));
      return term(eqRows, v, poly(factor, eqRows.positions));
    };
    const { claimedBit, claimedPadding, claimedAll, topBit, topPadding, topRank, predictedOne } = weights;
    const terms = [
      claimed(t.row('c'), claimedBit, claimedPadding, claimedAll, outputs),
      // H - t (N - n_4 + k - 1)
      claimed(t.row('t'), topBit, topPadding, topRank, outputs - measures.k + 1),
      times(topRank, eqRows, t.row('H')),
    ];
    if (c.sizes.classes === 0n || measures.counts === null) return terms;
    const p = t.row('p');
    return [...terms, times(predictedOne, eqRows, p, p), times(-predictedOne, eqRows, p)];
  });
}
