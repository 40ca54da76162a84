import { SCHEMA_FORMAT, type Schema } from './schema.ts';
import { MNIST_POOL, MNIST_STANDARD, type Transform, UNIT_PIXELS } from './transforms.ts';

/** Pixels of a digit of MNIST, 28 x 28. */
export const DIGIT_PIXELS = 28 * 28;

/** What turns the pixels of MNIST (0..255) into features: 0..1, or 7x7 block means of them, standardised. */
export function digitTransforms({ pooled }: { pooled: boolean }): Transform[] {
  return pooled ? [UNIT_PIXELS, MNIST_POOL, MNIST_STANDARD] : [UNIT_PIXELS];
}

/** The schema of MNIST's rows. */
export function digitSchema(options: { pooled: boolean }): Schema {
  return {
    format: SCHEMA_FORMAT,
    kind: 'classes',
    columns: DIGIT_PIXELS,
    decimal: '.',
    missing: 'refuse',
    transforms: digitTransforms(options),
    classes: Array.from({ length: 10 }, (_, k) => `${k}`),
  };
}
