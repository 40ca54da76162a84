import { attribute, floats, nameless } from './onnx.ts';

/** Makers of the layers of convolutional networks in ONNX, as writers make them. */

const { i, ints, f } = attribute;

/** A number within -1/2 and 1/2. */
export const number = (k: number) => (((k * 2654435761) % 1021) - 510) / 1021;
export const tensor = (name: string, dims: number[], scale = 1, first = 0) =>
  floats(
    name,
    dims,
    Array.from({ length: dims.reduce((all, n) => all * n, 1) }, (_, k) => scale * number(k + first)),
  );
export const torchConv = (
  inputs: string[],
  output: string,
  kernel: number,
  more: { stride?: number; padding?: number } = {},
) => {
  const { stride = 1, padding = 0 } = more;
  return nameless(
    'Conv',
    inputs,
    [output],
    ints('dilations', [1, 1]),
    i('group', 1),
    ints('kernel_shape', [kernel, kernel]),
    ints('pads', Array(4).fill(padding)),
    ints('strides', [stride, stride]),
  );
};
export const pool = (input: string, output: string, ...more: Uint8Array[]) =>
  nameless('AveragePool', [input], [output], ints('kernel_shape', [2, 2]), ints('strides', [2, 2]), ...more);
export const gemm = (input: string, name: string, output: string) =>
  nameless('Gemm', [input, `${name}.weight`, `${name}.bias`], [output], f('alpha', 1), f('beta', 1), i('transB', 1));
export const layer = (name: string, dims: number[], first = 0) => [
  tensor(`${name}.weight`, dims, 1, first),
  tensor(`${name}.bias`, [dims[0]], 1, first + 7),
];
export const norm = (input: string, name: string, output: string) =>
  nameless(
    'BatchNormalization',
    [input, ...['w', 'b', 'm', 'v'].map((part) => `${name}.${part}`)],
    [output],
    f('epsilon', 1e-3),
  );
export const normParts = (name: string, size: number, offset = 1) => [
  floats(
    `${name}.w`,
    [size],
    Array.from({ length: size }, (_, k) => 1 + k / 8),
  ),
  floats(
    `${name}.b`,
    [size],
    Array.from({ length: size }, (_, k) => (offset * (k - 1)) / 4),
  ),
  floats(
    `${name}.m`,
    [size],
    Array.from({ length: size }, (_, k) => (offset * k) / 16),
  ),
  floats(
    `${name}.v`,
    [size],
    Array.from({ length: size }, (_, k) => 0.5 + k / 4),
  ),
];
