import { SCHEMA_FORMAT, type Schema } from './schema.ts';
import { MNIST_POOL, MNIST_STANDARD, type Transform, UNIT_PIXELS } from './transforms.ts';

/** Pixels of a digit of MNIST, 28 x 28. */
export const DIGIT_SIDE = 28;
export const DIGIT_PIXELS = DIGIT_SIDE * DIGIT_SIDE;

/** What turns the pixels of MNIST (0..255) into features: 0..1, or 7x7 block means of them, standardised. */
export function digitTransforms({ pooled }: { pooled: boolean }): Transform[] {
  return pooled ? [UNIT_PIXELS, MNIST_POOL, MNIST_STANDARD] : [UNIT_PIXELS];
}

/** The schema of MNIST's rows. @param options.picture whether they are laid out for convolutions */
export function digitSchema(options: { pooled: boolean; picture?: boolean }): Schema {
  const side = options.pooled ? DIGIT_SIDE / MNIST_POOL.size : DIGIT_SIDE;
  const layOut: Transform[] = options.picture
    ? [{ name: 'picture', side, channels: 1, order: 'HWC', offset: [0], factor: [1] }]
    : [];
  return {
    format: SCHEMA_FORMAT,
    kind: 'classes',
    columns: DIGIT_PIXELS,
    decimal: '.',
    missing: 'refuse',
    transforms: [...digitTransforms(options), ...layOut],
    classes: Array.from({ length: 10 }, (_, k) => `${k}`),
  };
}
