// Nodes of convolutional networks. All throw InputError naming the node that does what no such network here does.
import { FileFormatError } from '../../../errors/FileFormatError.ts';
import { InputError } from '../../../errors/InputError.ts';
import { requireSquare } from '../networkLayers.ts';
import type { Convolution, PictureRead } from '../pictureRead.ts';
import { madeSides, spanOf } from '../pictureRead.ts';
import type { OnnxTensor } from './onnxFile.ts';
import {
  floatAttribute,
  integerAttribute,
  integersAttribute,
  labelOf,
  type PlacedNode,
  refuse,
  textAttribute,
} from './onnxNode.ts';
import { statedIntegers } from './onnxSizes.ts';
import { isScalar } from './onnxTensor.ts';
import type { Size, Walk, WalkPicture } from './onnxWalk.ts';

const PADDED = 'Export the network with explicit padding.';

/** How a convolution reads pictures. @param weight [outputs, channels of a group, lines, columns] */
export function readConvolution(walk: Walk, node: PlacedNode, weight: OnnxTensor): PictureRead & Convolution {
  if (walk.layers.length > 0 && walk.picture === undefined) {
    refuse(node, 'follows a dense layer.', 'Convolutions come first, dense layers last.');
  }
  const { channels, side, order, pooled, averaged, flat } = pictureHere(walk, node);
  if (flat || averaged)
    refuse(node, 'follows pictures that were flattened.', 'Convolutions come first, dense layers last.');
  if (order !== 'CHW') refuse(node, 'reads pictures whose channels come last.', 'ONNX has them first.');
  const [outputs, own, ...kernel] = weight.dims;
  const groups = integerAttribute(node, 'group', 1);
  if (kernel.length !== 2 || groups < 1 || own * groups !== channels || outputs % groups !== 0) {
    throw new FileFormatError(
      `${labelOf(node)} has weights of [${weight.dims}] in ${groups} groups for ${channels} channels.`,
    );
  }
  const stated = integersAttribute(node, 'kernel_shape') ?? kernel;
  if (`${stated}` !== `${kernel}`)
    throw new FileFormatError(`${labelOf(node)} states a kernel of [${stated}], not [${kernel}].`);
  const dilation = pair(node, 'dilations');
  const stride = pair(node, 'strides');
  const shape = { kernel: kernel as [number, number], stride, dilation };
  if (walk.padding !== undefined && textAttribute(node, 'auto_pad', 'NOTSET').startsWith('SAME')) {
    refuse(node, 'is padded twice.', PADDED);
  }
  const around = walk.padding ?? [0, 0, 0, 0];
  const pads = padsOf(node, side, shape).map((p, k) => p + around[k]) as [number, number, number, number];
  const read: PictureRead & Convolution = { kind: 'convolution', channels, side, pooled, groups, pads, ...shape };
  requireSquare(labelOf(node), side, read);
  return read;
}

/** Notes the pictures that a convolution makes. */
export function madePictures(walk: Walk, read: PictureRead & Convolution, outputs: number): void {
  const [lines, columns] = madeSides(read.side, read);
  walk.shape = [walk.shape[0], outputs, lines, columns];
  walk.picture = { channels: outputs, side: lines, order: 'CHW', pooled: false, averaged: false, flat: false };
  walk.padding = undefined;
}

/** Puts zeros around the pictures that the next convolution reads. */
export function pad(walk: Walk, node: PlacedNode): void {
  const { opset, shape, picture } = walk;
  const stated = opset < 11 ? integersAttribute(node, 'pads') : statedIntegers(walk, node.inputs[1]);
  const isZero = opset < 11 ? floatAttribute(node, 'value', 0) === 0 : isAbsentOrZero(walk, node.inputs[2]);
  if (textAttribute(node, 'mode', 'constant') !== 'constant' || !isZero || (node.inputs[3] ?? '') !== '') {
    refuse(node, 'pads with something else than zeros around all axes.', PADDED);
  }
  // Without a picture nothing but the convolution tells which axes are lines and columns: ONNX has the channels first.
  const [lines, columns] = picture?.order === 'HWC' ? [1, 2] : [2, 3];
  const isAround = stated?.every((n, k) => n === 0 || (n > 0 && (k % 4 === lines || k % 4 === columns)));
  if (shape.length !== 4 || picture?.averaged || stated?.length !== 8 || !isAround || walk.padding !== undefined) {
    refuse(node, `pads ${shape.length} dimensions by [${stated ?? []}].`, PADDED);
  }
  walk.padding = [stated[lines], stated[columns], stated[lines + 4], stated[columns + 4]];
}

function isAbsentOrZero({ constants }: Walk, name = ''): boolean {
  const found = constants.get(name);
  return name === '' || (found !== undefined && 'tensor' in found && isScalar(found.tensor, 0));
}

/** How a dense layer reads what the pictures before it were made into; undefined in a network without pictures. */
export function readDense({ picture, turned }: Walk, node: PlacedNode): PictureRead | undefined {
  if (picture === undefined) {
    if (turned)
      refuse(node, 'reads rows whose numbers were put into another order.', 'Export it without the Transpose.');
    return undefined;
  }
  const { channels, side, pooled, order, averaged } = picture;
  return { kind: 'dense', channels, side, pooled, order, averaged };
}

/** Averages over 2x2 pixels, or over the whole picture. */
export function averagePool(walk: Walk, node: PlacedNode): void {
  const picture = pictureHere(walk, node);
  requireValues(walk, node, picture);
  const kernel = integersAttribute(node, 'kernel_shape') ?? [];
  if (kernel.length !== 2) throw new FileFormatError(`${labelOf(node)} averages over [${kernel}].`);
  const [lines, columns] = kernel;
  const stride = pair(node, 'strides');
  const isPlain = padsOf(node, picture.side, {
    kernel: [lines, columns],
    stride,
    dilation: pair(node, 'dilations'),
  }).every((p) => p === 0);
  const { side } = picture;
  if (lines === columns && isPlain && pair(node, 'dilations').every((d) => d === 1)) {
    if (lines === side && side !== 2) {
      average(walk, picture, [walk.shape[0], picture.channels, 1, 1]);
      return;
    }
    if (lines === 2 && stride.every((s) => s === 2) && side % 2 === 0) {
      if (picture.pooled) refuse(node, 'averages averages.', 'A layer reads averages over 2x2 pixels, not over more.');
      walk.picture = { ...picture, side: side / 2, pooled: true };
      walk.shape = [walk.shape[0], picture.channels, side / 2, side / 2];
      return;
    }
  }
  refuse(
    node,
    `averages over ${kernel.join('x')} pixels in steps of ${[...new Set(stride)].join(' and ')} on pictures of ${side}x${side}.`,
    'Read are averages over 2x2 pixels in steps of 2 of an even side, and over the whole picture.',
  );
}

/** Averages over the whole picture: GlobalAveragePool. */
export function globalAverage(walk: Walk, node: PlacedNode): void {
  const picture = pictureHere(walk, node);
  requireValues(walk, node, picture);
  average(walk, picture, [walk.shape[0], picture.channels, 1, 1]);
}

/** The same as tf2onnx writes it: a mean over lines and columns. */
export function reduceMean(walk: Walk, node: PlacedNode): void {
  const picture = pictureHere(walk, node);
  const rank = walk.shape.length;
  const stated = walk.opset < 18 ? integersAttribute(node, 'axes') : statedIntegers(walk, node.inputs[1]);
  const axes = (stated ?? []).map((axis) => (axis < 0 ? axis + rank : axis)).sort();
  const isHWC = picture.order === 'HWC';
  if (picture.flat || `${axes}` !== (isHWC ? '1,2' : '2,3')) {
    refuse(node, `takes the mean over the axes ${axes.join(', ')}.`, 'Only a mean over the whole picture is read.');
  }
  requireValues(walk, node, { ...picture, order: 'CHW' });
  const kept = isHWC ? [1, 1, picture.channels] : [picture.channels, 1, 1];
  const isKept = integerAttribute(node, 'keepdims', 1) !== 0;
  average(walk, picture, [walk.shape[0], ...(isKept ? kept : [picture.channels])]);
}

function average(walk: Walk, picture: WalkPicture, shape: (number | undefined)[]): void {
  walk.picture = { ...picture, averaged: true, flat: shape.length === 2 };
  walk.shape = shape;
}

function requireValues({ active, layers }: Walk, node: PlacedNode, { order, averaged, flat }: WalkPicture): void {
  if (averaged || flat) refuse(node, 'averages pictures that were flattened or averaged.', 'Average before that.');
  if (order !== 'CHW') refuse(node, 'reads pictures whose channels come last.', 'ONNX has them first.');
  if (layers.length > 0 && !active) {
    refuse(node, 'averages values before their Relu.', 'Put the Relu before it: train the network in that order.');
  }
}

/** Puts the channels first or last. */
export function transposeRows(walk: Walk, node: PlacedNode): void {
  const perm = `${integersAttribute(node, 'perm') ?? []}`;
  const { shape, picture } = walk;
  const isFirst = perm === '0,3,1,2';
  if (shape.length !== 4 || !(isFirst || perm === '0,2,3,1')) {
    refuse(
      node,
      `puts the axes into the order ${perm}.`,
      'Of pictures the channels can be put first (0,3,1,2) or last (0,2,3,1).',
    );
  }
  const [rows, a, b, c] = shape;
  walk.shape = isFirst ? [rows, c, a, b] : [rows, b, c, a];
  if (picture === undefined) {
    walk.turned = true;
    return;
  }
  if (picture.order === (isFirst ? 'CHW' : 'HWC')) {
    refuse(node, `puts the channels ${isFirst ? 'first' : 'last'}, where they are.`, 'Export the network without it.');
  }
  walk.picture = { ...picture, order: isFirst ? 'CHW' : 'HWC' };
}

/** Makes pictures of one channel of lines and columns. */
export function unsqueeze(walk: Walk, node: PlacedNode): void {
  const { shape, opset, layers } = walk;
  const stated = (opset < 13 ? integersAttribute(node, 'axes') : statedIntegers(walk, node.inputs[1])) ?? [];
  const axes = stated.map((axis) => (axis < 0 ? axis + shape.length + stated.length : axis));
  const isRow = axes.length === 1 && axes[0] >= 1 && axes[0] <= shape.length;
  if (layers.length > 0 || !isRow)
    refuse(node, 'adds a dimension.', 'Only the channel of the first pictures is added.');
  walk.shape = shape.toSpliced(axes[0], 0, 1);
}

/**
 * Makes pictures of rows, before the first layer.
 * @returns false where a Reshape does something else
 */
export function unflatten(walk: Walk, [rows, ...rest]: readonly Size[]): boolean {
  const { shape, layers, picture } = walk;
  if (layers.length > 0 || picture !== undefined || rest.length !== 3) return false;
  const isOpen = rows === -1 || rows === 0 || rows === 'rows' || rows === shape[0];
  const sizes = rest.filter((n) => n !== 'rows');
  if (!isOpen || sizes.length < 3 || sizes.some((n) => n < 1)) return false;
  const before = shape.slice(1);
  const isFlat = before.length === 1;
  const product = sizes.reduce((all, n) => all * n, 1);
  const sameSizes = `${before.filter((n) => n !== 1)}` === `${sizes.filter((n) => n !== 1)}`;
  if (isFlat ? before[0] !== undefined && before[0] !== product : !sameSizes) return false;
  walk.shape = [shape[0], ...sizes];
  return true;
}

/** Notes that pictures stand in one row now. */
export function flattened(walk: Walk): void {
  if (walk.picture !== undefined && walk.shape.length === 2) walk.picture = { ...walk.picture, flat: true };
}

/** @throws InputError where averages come last, which no layer reads */
export function requireRead({ picture }: Walk, what: string): void {
  if (picture === undefined || !(picture.pooled || picture.averaged)) return;
  throw new InputError(`${what} comes after an average that no layer reads.`, {
    hint: 'A dense layer follows it: the averages become part of its weights.',
  });
}

/** The pictures that the current value holds, or those of the graph's input. */
function pictureHere({ picture, shape }: Walk, node: PlacedNode): WalkPicture {
  if (picture !== undefined) return picture;
  const [, channels, lines, columns] = shape;
  if (shape.length !== 4) {
    refuse(
      node,
      `reads ${shape.length} dimensions as pictures.`,
      'Pictures have four: rows, channels, lines and columns.',
    );
  }
  if (channels === undefined || lines === undefined || columns === undefined) {
    refuse(node, 'reads pictures whose size the graph does not state.', 'Export it with pictures of a fixed size.');
  }
  if (lines !== columns) {
    refuse(node, `reads pictures of ${lines}x${columns} pixels.`, 'Only square pictures are read.');
  }
  return { channels, side: lines, order: 'CHW', pooled: false, averaged: false, flat: false };
}

function pair(node: PlacedNode, name: string): [number, number] {
  const values = integersAttribute(node, name) ?? [1, 1];
  if (values.length === 2 && values.every((n) => n >= 1)) return [values[0], values[1]];
  throw new FileFormatError(`Attribute ${name} of ${labelOf(node)} is [${values}], not two positive integers.`);
}

/** Zeros above, left, below and right. */
function padsOf(
  node: PlacedNode,
  side: number,
  { kernel, stride, dilation }: Pick<Convolution, 'kernel' | 'stride' | 'dilation'>,
): [number, number, number, number] {
  const auto = textAttribute(node, 'auto_pad', 'NOTSET');
  if (auto === 'NOTSET' || auto === '') {
    const pads = integersAttribute(node, 'pads') ?? [0, 0, 0, 0];
    if (pads.length !== 4 || pads.some((p) => p < 0)) {
      throw new FileFormatError(`Attribute pads of ${labelOf(node)} is [${pads}], not four sizes.`);
    }
    return pads as [number, number, number, number];
  }
  if (auto === 'VALID') return [0, 0, 0, 0];
  if (auto !== 'SAME_UPPER' && auto !== 'SAME_LOWER') refuse(node, `is padded by ${auto}.`, PADDED);
  const span = spanOf({ kernel, dilation });
  const sides = [0, 1].map((axis) => {
    const total = Math.max((Math.ceil(side / stride[axis]) - 1) * stride[axis] + span[axis] - side, 0);
    const less = Math.floor(total / 2);
    return auto === 'SAME_UPPER' ? [less, total - less] : [total - less, less];
  });
  return [sides[0][0], sides[1][0], sides[0][1], sides[1][1]];
}
