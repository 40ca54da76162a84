import { InputError } from '../../errors/InputError.ts';
import { ceilLog2 } from '../../numbers/bits.ts';
import { pictureWidth } from '../pictures.ts';
import type { PictureTransform, Transform } from '../transforms.ts';

/** An operator on the rows [rows, n] and what it takes besides them. */
export interface OnnxStep {
  op: string;
  /** Float constants, in the order of the inputs. */
  constants?: { dims: number[]; values: readonly number[] }[];
  /** Lists of integers after them. */
  lists?: number[][];
  attributes?: Record<string, number | number[]>;
}

const one = (op: string, x: number): OnnxStep => ({ op, constants: [{ dims: [], values: [x] }] });
const row = (op: string, values: readonly number[]): OnnxStep => ({
  op,
  constants: [{ dims: [values.length], values }],
});

/**
 * The transforms of features as operators.
 * @param width features of a raw row
 * @param isPicture whether rows of pictures are made into [rows, channels, side, side], without the padding of a shard
 */
export function transformSteps(transforms: readonly Transform[], width: number, isPicture = false): OnnxStep[] {
  const steps: OnnxStep[] = [];
  let current = width;
  for (const transform of transforms) {
    if (transform.name === 'average-pool') {
      const { height, width: columns, size } = transform;
      current = (height / size) * (columns / size);
      steps.push(
        { op: 'Reshape', lists: [[-1, 1, height, columns]] },
        { op: 'AveragePool', attributes: { kernel_shape: [size, size], strides: [size, size] } },
        { op: 'Reshape', lists: [[-1, current]] },
      );
    } else if (transform.name === 'picture') {
      current = pictureWidth(transform);
      steps.push(...pictureSteps(transform), ...(isPicture ? [] : paddingSteps(transform, current)));
    } else steps.push(...stepsOf(transform, current));
  }
  return steps;
}

/** Scaled pictures [rows, channels, side, side] of raw rows. */
function pictureSteps({ side, channels, order, offset, factor }: PictureTransform): OnnxStep[] {
  const isLast = order === 'HWC';
  const dims = isLast ? [channels] : [channels, 1, 1];
  return [
    { op: 'Reshape', lists: [isLast ? [-1, side, side, channels] : [-1, channels, side, side]] },
    { op: 'Sub', constants: [{ dims, values: offset }] },
    { op: 'Mul', constants: [{ dims, values: factor }] },
    ...(isLast ? [{ op: 'Transpose', attributes: { perm: [0, 3, 1, 2] } }] : []),
  ];
}

/** Pictures [rows, channels, side, side] of rows that are laid out as in a shard. */
export function unpaddingSteps({ side, channels }: { side: number; channels: number }): OnnxStep[] {
  const padded = 2 ** ceilLog2(side);
  return [
    { op: 'Reshape', lists: [[-1, channels, padded, padded]] },
    ...(padded === side
      ? []
      : [
          {
            op: 'Slice',
            lists: [
              [0, 0],
              [side, side],
              [2, 3],
            ],
          },
        ]),
  ];
}

/** Pictures as a shard has them, each side padded with zeros, in rows of `width` numbers. */
function paddingSteps({ side }: PictureTransform, width: number): OnnxStep[] {
  const more = 2 ** ceilLog2(side) - side;
  return [
    ...(more === 0 ? [] : [{ op: 'Pad', lists: [[0, 0, 0, 0, 0, 0, more, more]] }]),
    { op: 'Reshape', lists: [[-1, width]] },
  ];
}

function stepsOf(transform: Exclude<Transform, { name: 'average-pool' | 'picture' }>, width: number): OnnxStep[] {
  switch (transform.name) {
    case 'scale':
      return [one('Mul', transform.factor)];
    case 'standardise':
      return [one('Sub', transform.mean), one('Div', transform.deviation)];
    case 'columns':
      return [row('Sub', transform.offset), row('Mul', transform.factor)];
    case 'clip':
      return [{ op: 'Clip', constants: [-transform.limit, transform.limit].map((x) => ({ dims: [], values: [x] })) }];
    case 'unit-length':
      return [{ op: 'LpNormalization', attributes: { axis: 1, p: 2 } }];
    case 'fill':
      return [{ op: 'Where', constants: [{ dims: [width], values: transform.values }] }];
  }
}

/** The transforms of targets backwards. @throws InputError for one that cannot be undone */
export function inverseSteps(transforms: readonly Transform[]): OnnxStep[] {
  return transforms.toReversed().flatMap((transform): OnnxStep[] => {
    switch (transform.name) {
      case 'scale':
        return [one('Div', transform.factor)];
      case 'standardise':
        return [one('Mul', transform.deviation), one('Add', transform.mean)];
      case 'columns':
        return [row('Div', transform.factor), row('Add', transform.offset)];
      // What was cut stays cut.
      case 'clip':
        return [];
      default:
        throw new InputError(`The transform ${transform.name} of targets cannot be undone.`);
    }
  });
}
