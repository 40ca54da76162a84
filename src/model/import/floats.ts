import { FileFormatError } from '../../errors/FileFormatError.ts';
import { halfFloat } from '../halfFloat.ts';
import { show } from '../json.ts';
import type { Tensor } from '../safetensors.ts';

/** dtypes a float weight may have. */
export type FloatDtype = 'F64' | 'F32' | 'F16' | 'BF16';

/** The values of 2^16 half floats, made when the first is read. */
let halves: Float32Array | undefined;

/**
 * The values of a float tensor; each of the four dtypes is exact in a double.
 * @throws FileFormatError for another dtype, or with name and index for a value that is not finite
 */
export function decodeFloats(name: string, { dtype, shape, data }: Tensor): Float64Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const values = new Float64Array(shape.reduce((product, n) => product * n, 1));
  switch (dtype) {
    case 'F64':
      for (let k = 0; k < values.length; k++) values[k] = view.getFloat64(8 * k, true);
      break;
    case 'F32':
      for (let k = 0; k < values.length; k++) values[k] = view.getFloat32(4 * k, true);
      break;
    case 'F16':
      halves ??= Float32Array.from({ length: 2 ** 16 }, (_, bits) => halfFloat(bits));
      for (let k = 0; k < values.length; k++) values[k] = halves[view.getUint16(2 * k, true)];
      break;
    case 'BF16': {
      // The upper half of a float32.
      const word = new Uint32Array(1);
      const float = new Float32Array(word.buffer);
      for (let k = 0; k < values.length; k++) {
        word[0] = view.getUint16(2 * k, true) << 16;
        values[k] = float[0];
      }
      break;
    }
    default:
      throw new FileFormatError(`Tensor ${show(name)} holds ${dtype}; weights are F64, F32, F16 or BF16.`, {
        hint: 'Take the float model, before quantisation.',
      });
  }
  const bad = values.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0) throw new FileFormatError(`Entry [${indexOf(bad, shape)}] of tensor ${show(name)} is ${values[bad]}.`);
  return values;
}

/** The indices of a row-major position. */
export function indexOf(position: number, shape: readonly number[]): string {
  const index: number[] = [];
  let rest = position;
  for (const n of shape.toReversed()) {
    index.unshift(rest % n);
    rest = Math.floor(rest / n);
  }
  return index.join(', ');
}
