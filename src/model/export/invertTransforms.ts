import { InputError } from '../../errors/InputError.ts';
import type { Transform } from '../transforms.ts';

/**
 * Targets in original units.
 * @param values row-major, `width` a row, as the network gives them
 * @param transforms of the targets, as they were applied
 * @throws InputError for a transform that cannot be undone
 */
export function invertTransforms(values: Float64Array, width: number, transforms: readonly Transform[]): Float64Array {
  return transforms.toReversed().reduce((current, transform) => {
    switch (transform.name) {
      case 'scale':
        return current.map((x) => x / requireFactor(transform.factor));
      case 'standardise':
        return current.map((x) => x * transform.deviation + transform.mean);
      case 'columns': {
        const { factor, offset } = transform;
        return current.map((x, k) => x / requireFactor(factor[k % width]) + offset[k % width]);
      }
      // What was cut stays cut.
      case 'clip':
        return current;
      default:
        throw new InputError(`The transform ${transform.name} of targets cannot be undone.`);
    }
  }, values);
}

function requireFactor(factor: number): number {
  if (factor === 0) throw new InputError('A factor of a target is 0, which cannot be undone.');
  return factor;
}
