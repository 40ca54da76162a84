import { DescentError } from './DescentError.ts';

export type RangedQuantity =
  | 'activation'
  | 'output'
  | 'distance to the log of the sum of exponentials'
  | 'delta'
  | 'weight'
  | 'bias';

export interface RangeViolation {
  quantity: RangedQuantity;
  /** Layer of the network, 1..L. */
  layer: number;
  /** SGD step within the segment, or undefined outside training. */
  step?: number;
  /** Unit (index i of the layer) and row of the shard. Row is undefined for weights and biases, and on the rows of zeros that fill up a shard. */
  unit: number;
  /** Column and line in the picture of a convolutional layer; the unit is its channel. */
  place?: { x: number; y: number };
  row?: number;
  /** The value as the fixed-point integer, and as the real number it stands for. */
  value: bigint;
  real: number;
}

const ADVICE: Record<RangedQuantity, string> = {
  activation: 'Lower the learning rate, or scale the inputs down.',
  output: 'Lower the learning rate, or scale inputs and targets down.',
  'distance to the log of the sum of exponentials': 'Lower the learning rate, or scale the inputs down.',
  delta: 'Lower the learning rate, or scale the targets down.',
  weight: 'Lower the learning rate.',
  bias: 'Lower the learning rate.',
};

/** At the first step no learning rate has had an effect yet, and nor has it where a model is only measured. */
const ADVICE_AT_START =
  'The weights as they are give this on these rows, at any learning rate. Scale the rows as those that the model was made for, or import it with smaller outputs (import --data --logits 1).';

/** A value left the range the proof allows (design section 1), so this run could not be proved. */
export class TrainingRangeError extends DescentError {
  override name = 'TrainingRangeError';
  readonly violation: RangeViolation;
  readonly #range: string;

  constructor(
    violation: RangeViolation,
    range: string,
    hint = isStart(violation) ? ADVICE_AT_START : ADVICE[violation.quantity],
  ) {
    const { quantity, layer, step, unit, place, row, value, real } = violation;
    const where = [
      `layer ${layer}`,
      ...(step === undefined ? [] : [`step ${step}`]),
      ...(row === undefined ? [] : [`row ${row}`]),
      place === undefined ? `unit ${unit}` : `channel ${unit}, column ${place.x}, line ${place.y}`,
    ].join(', ');
    super(`The ${quantity} at ${where} is ${real} (${value}); the proof allows ${range}.`, {
      code: 'TRAINING_RANGE',
      exit: 'proof',
      docs: 'argument.md#1-numbers',
      hint,
    });
    this.violation = violation;
    this.#range = range;
  }

  /** Whether it comes at any learning rate: no step had an effect yet. */
  get isAtStart(): boolean {
    return isStart(this.violation);
  }

  /** The same error with other advice. */
  withHint(hint: string): TrainingRangeError {
    return new TrainingRangeError(this.violation, this.#range, hint);
  }
}

function isStart({ quantity, step }: RangeViolation): boolean {
  return quantity !== 'weight' && quantity !== 'bias' && (step === undefined || step === 0);
}
