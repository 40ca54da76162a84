import { InputError } from '../errors/InputError.ts';
import { isPowerOfTwo } from '../numbers/bits.ts';
import { MAX_RATE, MAX_SIZE, POOLED_RATE, RATE_BITS } from '../numbers/constants.ts';
import { realLearningRate } from './trainer.ts';

/** A learning rate that the trainer can take, and its neighbours. */
export interface Rate {
  /** The integer of the trainer, 1..2^16. */
  units: number;
  /** On the mean gradient of half the squared error: units * batch / 2^12, exact. */
  rate: number;
  /** Next smaller and next greater possible rates; null at the ends of the range. */
  below: number | null;
  above: number | null;
}

/**
 * The possible rate nearest to a wanted one, upwards from the middle.
 * @param wanted real rate on the mean gradient of half the squared error
 * @param batch rows of a step, a power of two up to 4096
 * @param step units of which a rate is a multiple (`rateStep`)
 * @throws InputError when it rounds to nothing or is above the greatest possible rate
 */
export function nearestRate(wanted: number, batch: number, step = 1): Rate {
  checkBatch(batch);
  const units = step * Math.round((wanted * 2 ** RATE_BITS) / batch / step);
  if (!(wanted > 0) || !Number.isFinite(wanted)) {
    throw new InputError(`The learning rate must be above 0, not ${wanted}.`);
  }
  if (units < 1) {
    const smallest = realLearningRate({ lr: step, batch });
    throw new InputError(`The learning rate ${wanted} is too small for steps of ${batch} rows.`, {
      hint: `Give at least ${smallest}${batch > 1 ? ', or a smaller --batch' : ''}.${step === 1 ? '' : OF_AVERAGES}`,
    });
  }
  if (units > MAX_RATE) {
    throw new InputError(`The learning rate ${wanted} is too large for steps of ${batch} rows.`, {
      hint: `Give at most ${realLearningRate({ lr: MAX_RATE, batch })}.`,
    });
  }
  return rateOfUnits(units, batch, step);
}

const OF_AVERAGES = ` A network that reads averages has rates of multiples of ${POOLED_RATE} units.`;

/** @param units integer of the trainer. @throws InputError when it is not in 1..2^16, or no multiple of the step */
export function rateOfUnits(units: number, batch: number, step = 1): Rate {
  checkBatch(batch);
  if (!Number.isInteger(units) || units < 1 || units > MAX_RATE) {
    throw new InputError(`The units of a learning rate are an integer in 1..${MAX_RATE}, not ${units}.`, {
      hint: `A unit is a rate of ${realLearningRate({ lr: 1, batch })} with steps of ${batch} rows.`,
    });
  }
  if (units % step !== 0) {
    throw new InputError(
      `A network that reads averages takes a rate that is a multiple of ${step} units, not ${units}.`,
      {
        hint: `Give ${Math.max(step, step * Math.round(units / step))}, or the rate itself with --lr.`,
      },
    );
  }
  const at = (lr: number) => (lr < 1 || lr > MAX_RATE ? null : realLearningRate({ lr, batch }));
  return { units, rate: realLearningRate({ lr: units, batch }), below: at(units - step), above: at(units + step) };
}

function checkBatch(batch: number): void {
  if (isPowerOfTwo(batch) && batch <= MAX_SIZE) return;
  throw new InputError(`The batch must be a power of two up to ${MAX_SIZE}, not ${batch}.`);
}
