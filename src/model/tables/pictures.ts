import { InputError } from '../../errors/InputError.ts';
import { type Picture, rawPlaces } from '../pictures.ts';
import type { RowRange } from '../shard.ts';
import type { PictureTransform } from '../transforms.ts';
import type { RawTable } from './rawTable.ts';
import { fitColumns, type Scaling } from './scaling.ts';

/** The greatest value of a pixel of 8 bits. */
const BRIGHTEST = 255;

/**
 * How rows of pictures are laid out and scaled: each channel by two numbers of its own, found over all pixels of the rows
 * of training. Where nothing was said, pixels of 0 to 255 become 0 to 1, by a factor that does not depend on the rows, and
 * others stay as they are.
 * @param values rows of raw pictures, row-major
 * @throws InputError where rows are no such pictures
 */
export function pictureStep(
  { features, inputs }: { features: Float32Array; inputs: number },
  picture: Picture,
  { range: { first, rows }, scaling, notes }: { range: RowRange; scaling?: Scaling | undefined; notes: string[] },
): PictureTransform {
  const { side, channels, order } = picture;
  const places = rawPlaces(picture);
  if (places.length !== inputs) throw new InputError(`Rows of ${inputs} numbers are no such pictures.`);
  const values = features.subarray(first * inputs, (first + rows) * inputs);
  const transform = (offset: number[], factor: number[]): PictureTransform => ({
    name: 'picture',
    side,
    channels,
    order,
    offset,
    factor,
  });
  if (scaling !== undefined) {
    const { offset, factor } = fitColumns(pixelByPixel(values, picture, places), channels, scaling);
    return transform(offset, factor);
  }
  let [least, greatest] = [0, 0];
  for (const x of values) [least, greatest] = [Math.min(least, x), Math.max(greatest, x)];
  const isBytes = least >= 0 && greatest > 1 && greatest <= BRIGHTEST;
  if (isBytes) notes.push('Pixels of 0 to 255 become 0 to 1; --scale standard scales each channel instead.');
  return transform(Array(channels).fill(0), Array(channels).fill(isBytes ? 1 / BRIGHTEST : 1));
}

/** The channels of each pixel side by side: one column for each channel, of the pixels of all rows. */
function pixelByPixel(values: Float32Array, { channels, order }: Picture, places: Int32Array): Float32Array {
  if (order === 'HWC') return values;
  const pixels = places.length / channels;
  const out = new Float32Array(values.length);
  let to = 0;
  for (let start = 0; start < values.length; start += places.length) {
    for (let p = 0; p < pixels; p++) {
      for (let c = 0; c < channels; c++) out[to++] = values[start + places[c * pixels + p]];
    }
  }
  return out;
}

/** Names of pixels that a reader made up are of no use: pictures of one kind have one schema, whatever file they came in. */
export function withoutPixelNames(raw: RawTable): RawTable {
  if (raw.picture === undefined) return raw;
  const { columns: _, ...rest } = raw;
  return rest as RawTable;
}
