import { type AnyWeights, modelSides } from '../model/networkWeights.ts';
import { emptyShard } from '../model/shard.ts';
import { ceilLog2 } from '../numbers/bits.ts';
import { ACTIVATION_BITS, SIGNED_LIMIT } from '../numbers/constants.ts';
import { toActivation } from '../numbers/fixed.ts';
import { forwardOutputs } from './forward.ts';

/** Rows of one pass; a power of two. */
const ROWS_AT_ONCE = 1024;
const FAR_AWAY =
  'The proofs compute with numbers in this range alone. Mend the value, leave the row out, or scale it as the rows of the training were.';

/**
 * The outputs of a network before its head (logits, of softmax and sigmoid) in the exact integers of the proofs.
 * @param features row-major, scaled as the network takes them; of a network of pictures all pixels of the padded ones
 * @param nameOf names a feature of a row, for errors
 * @returns row-major real numbers, multiples of 2^-9, n_L a row
 * @throws InputError for a feature outside [-64, 64); TrainingRangeError where a value leaves the range of the proofs
 */
export function predictRows(
  weights: AnyWeights,
  features: ArrayLike<number>,
  nameOf: (feature: number, row: number) => string,
): Float64Array {
  const { inputs, outputs } = modelSides(weights);
  const total = features.length / inputs;
  const out = new Float64Array(total * outputs);
  const { schema: _, ...plain } = weights;
  for (let first = 0; first < total; first += ROWS_AT_ONCE) {
    const rows = Math.min(ROWS_AT_ONCE, total - first);
    const shard = emptyShard({ inputs, outputs, rows, kind: 'regression' }, 0n);
    const sigma = ceilLog2(rows);
    for (let s = 0; s < rows; s++) {
      for (let j = 0; j < inputs; j++) {
        const x = features[(first + s) * inputs + j];
        shard.X[(j << sigma) + s] = toActivation(x, nameOf(j, first + s), FAR_AWAY);
      }
    }
    const Q = forwardOutputs(plain, shard);
    for (let s = 0; s < rows; s++) {
      for (let i = 0; i < outputs; i++) {
        out[(first + s) * outputs + i] = (Q[(i << sigma) + s] - SIGNED_LIMIT) / 2 ** ACTIVATION_BITS;
      }
    }
  }
  return out;
}
