import { InputError } from '../../errors/InputError.ts';
import { type AnyFloatModel, floatForward } from './floatModel.ts';

/** Half of what design section 1 allows (128 and 64), so that other rows fit too. */
const LARGEST_HIDDEN = 64;
const LARGEST_OUTPUT = 32;
/** Outputs of classes unless told. */
const USUAL_LOGITS = 8;

/**
 * Scales layers by powers of two, so that no value of the forward pass on these rows is above half its range. A positive
 * factor passes through a ReLU, so layer l times c_l and divided by c_(l-1) computes c_l times the same values: hidden
 * factors cancel, and a factor of the output changes no classification. Regression outputs keep their scale, and so do those of
 * which a softmax or sigmoid makes probabilities, unless `logits` is told.
 * @param features rows of n_0 inputs, as the shards will hold them
 * @param options.logits greatest |output| wanted for classes; at most 32; 8 unless told, 1 suits further training on
 * one-hot targets of squared error
 * @returns the scaled model and c_1..c_L (1 where nothing was done)
 * @throws InputError when there are no rows, or outputs that keep their scale are too large
 */
export function fitToRanges<M extends AnyFloatModel>(
  model: M,
  features: ArrayLike<number>,
  { kind, logits: told }: { kind: 'classes' | 'regression' | 'probabilities'; logits?: number },
): { model: M; factors: number[] } {
  if (features.length === 0) throw new InputError('The ranges of a model are found on at least one row.');
  const logits = told ?? USUAL_LOGITS;
  if (!(logits > 0 && logits <= LARGEST_OUTPUT)) {
    throw new InputError(`The largest output must be above 0 and at most ${LARGEST_OUTPUT}, not ${logits}.`);
  }
  const { layers } = model;
  const last = layers.length - 1;
  const greatest = layers.map(() => 0);
  floatForward(model, features, (l, values) => {
    greatest[l] = values.reduce((max, x) => Math.max(max, Math.abs(x)), greatest[l]);
  });
  const factors = greatest.map((largest, l) => {
    if (!Number.isFinite(largest)) throw new InputError(`The values of layer ${l + 1} overflow on these rows.`);
    if (l < last) return downTo(largest, LARGEST_HIDDEN);
    if (kind === 'classes' || (kind === 'probabilities' && told !== undefined)) return downTo(largest, logits);
    if (largest >= 2 * LARGEST_OUTPUT) {
      throw new InputError(`An output of the model is ${largest}; outputs lie in [-64, 64).`, {
        hint:
          kind === 'regression'
            ? 'Scale the targets and train again: the outputs of a regression cannot be scaled afterwards.'
            : 'Give --logits 32: that scales the outputs, which changes no decision, but the probabilities.',
      });
    }
    return 1;
  });
  return {
    model: {
      ...model,
      layers: layers.map(({ weight, bias }, l) => ({
        weight: weight.map((w) => (w * factors[l]) / (factors[l - 1] ?? 1)),
        bias: bias.map((b) => b * factors[l]),
      })),
    },
    factors,
  };
}

/** The largest power of two up to 1 that takes `largest` to at most `limit`. */
function downTo(largest: number, limit: number): number {
  let factor = 1;
  while (largest * factor > limit) factor /= 2;
  return factor;
}
