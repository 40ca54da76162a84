// The log-loss of softmax and sigmoid (protocol section 11). With squared error nothing here is called.
import { poly } from '../../argument/sumcheck.ts';
import { ACTIVATION_BITS, LIMB_BITS, SIGNED_LIMIT } from '../../numbers/constants.ts';
import { inverse, mod } from '../../numbers/field.ts';
import type { ScorePairs } from '../../training/scoreTrace.ts';
import { slotPoly } from '../common.ts';
import { FA, HALF } from '../powers.ts';
import { term, times } from '../sumcheckBatch.ts';
import { valueAt } from '../tensors.ts';
import { entriesOf, type ScoreContext, type ScoreLookups } from './context.ts';
import type { ResultTensors } from './resultTensors.ts';

/** 2^16 / 2^fa */
const LOSS_OF_STEP = 2 ** (LIMB_BITS - ACTIVATION_BITS);

/** The sum and the lookups that its terms come from. */
export function addLogLoss(t: ResultTensors, lookups: ScoreLookups, sums: bigint[]): void {
  const { batch, c, k, rows } = t;
  const { sums: S, relations: R, evaluations: E } = c.numbers;
  const { score, measures, trace } = c.witness.forward;
  const { pairs } = score;
  if (!pairs || !lookups.pairs) throw new RangeError('the score has no log-loss');
  sums[S.loss] = measures.loss;
  if (pairs.softmax) {
    const { Z, S: lack } = pairs.softmax;
    const { Q } = trace.output;
    const loss = t.ofOutputs((at, s) => LOSS_OF_STEP * (Z[s] + SIGNED_LIMIT - Q[at]) - lack[s]);
    batch.add(R.loss, [times(inverse(FA), t.Y, loss, ...rows)], sums[S.loss]);
    addSoftmaxPairs(t, pairs, lookups);
  } else {
    batch.add(
      R.loss,
      [
        term(
          t.ofOutputs((at) => pairs.E[at]),
          ...rows,
        ),
      ],
      sums[S.loss],
    );
    addSigmoidPairs(t, pairs, lookups);
  }
  const { g2, mult2 } = E;
  const [g, mult] = [c.oracles.helper.field(k, 'g2'), c.oracles.trace.values(k, 'mult2')];
  batch.addTable(R.table2, { g: g2, mult: mult2 }, g, mult, lookups.pairs.table);
}

/** beta - index - alpha E - alpha^2, where on padded outputs index is Z and E is 0. */
function addSoftmaxPairs(t: ResultTensors, { index, softmax }: ScorePairs, { beta, alpha, pairs }: ScoreLookups): void {
  const { batch, c, k, eq, outputs } = t;
  const { relations: R, evaluations: E } = c.numbers;
  const inside = k.raw(eq.vec.len);
  k.gather(k.view(inside, 0, index.length), pairs!.table.shifted, index);
  if (index.length < inside.len) {
    k.scoped(() => {
      const rows = k.constMinus(mod(beta - alpha * alpha), k.fromIntegers(softmax!.Z));
      for (let at = index.length; at < inside.len; at += rows.len) k.put(k.view(inside, at), rows);
    });
  }
  const h = slotPoly(k, c.oracles.helper, 'hF', eq.positions);
  batch.addPairs(R.hF, eq, h, poly(inside, eq.positions), outputs);
  batch.evaluate(E.hF, h);
}

/** beta - 2^15 - alpha E - alpha^2, less (1 - 2 Y / 2^fa) Q, which is a product. */
function addSigmoidPairs(t: ResultTensors, { E: losses }: ScorePairs, { beta, alpha }: ScoreLookups): void {
  const { batch, c, k, eq, outputs } = t;
  const { relations: R, evaluations: E } = c.numbers;
  const inside = k.addConst(k.zeros(eq.vec.len), mod(beta - HALF - alpha * alpha));
  k.scoped(() => k.addScaled(inside, k.fromIntegers(losses), mod(-alpha)));
  const h = slotPoly(k, c.oracles.helper, 'hF', eq.positions);
  batch.addPairs(R.hF, eq, h, poly(inside, eq.positions), outputs, [t.sign, t.logits]);
  batch.evaluate(E.hF, h);
}

/** What of evals1 no polynomial is folded for. */
export function pairEvaluations(
  c: ScoreContext,
  { E: values, softmax }: ScorePairs,
  { pairs }: ScoreLookups,
  evals: bigint[],
  rho: readonly bigint[],
): void {
  const { k, sizes } = c;
  const { evaluations: E } = c.numbers;
  const features = entriesOf(c, sizes.last, rho);
  const at = (data: Int32Array, point: readonly bigint[]) => valueAt(k, { data, rowBits: sizes.sigma }, rho, point);
  evals[E.E] = at(values, features);
  if (softmax) {
    evals[E.Z] = at(softmax.Z, []);
    evals[E.S] = at(softmax.S, []);
  }
  evals[E.F] = k.scoped(() => k.evaluate(k.fromIntegers(pairs!.column), rho.slice(0, LIMB_BITS)));
}
