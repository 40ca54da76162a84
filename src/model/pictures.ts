import { FileFormatError } from '../errors/FileFormatError.ts';
import { InputError } from '../errors/InputError.ts';
import { ceilLog2 } from '../numbers/bits.ts';
import { show } from './json.ts';
import { checkPicture } from './network.ts';

/**
 * How the numbers of a picture follow one another in a raw row: line by line with the channels of a pixel side by side
 * (HWC: height, width, channels, the last index fastest), or one channel after the other (CHW).
 */
export const PICTURE_ORDERS = ['HWC', 'CHW'] as const;
export type PictureOrder = (typeof PICTURE_ORDERS)[number];

/** Square pictures of raw rows. Those of one channel have the order HWC: the two are one. */
export interface Picture {
  /** pixels, 1..64 */
  side: number;
  channels: number;
  order: PictureOrder;
}

/** The picture of a raw row as its file tells it, of any sides. */
export interface RawPicture {
  height: number;
  width: number;
  channels: number;
  /** `unclear`: both are possible */
  order: PictureOrder | 'unclear';
}

/** Channels of pictures in arrays whose sides do not tell which index is the channel's. */
const USUAL_CHANNELS = 4;

/** A picture and where its pixels lie, for people. */
export function describePicture({ side, channels }: Pick<Picture, 'side' | 'channels'>): string {
  const padded = 2 ** ceilLog2(side);
  const laidOut = `pixel (x, y) of channel c is input x + ${padded} y + ${padded ** 2} c`;
  return `${side}x${side}x${channels}; ${laidOut}`;
}

/** Numbers of a row of pictures as a shard has it: each side is padded with zeros to the next power of two. */
export function pictureWidth({ side, channels }: Pick<Picture, 'side' | 'channels'>): number {
  return channels * 4 ** ceilLog2(side);
}

/** Where a number of a row of pictures lies in a raw row, for each in the order (c, y, x), x fastest. */
export function rawPlaces({ side, channels, order }: Picture): Int32Array {
  const places = new Int32Array(side * side * channels);
  let k = 0;
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        places[k++] = order === 'HWC' ? (y * side + x) * channels + c : (c * side + y) * side + x;
      }
    }
  }
  return places;
}

/**
 * The picture that the text of an option names: `28x28`, `28x28x1` (line by line, the channels of a pixel side by side) or
 * `3x32x32` (channel by channel).
 * @throws InputError for anything else, or pictures that no network reads
 */
export function parsePicture(text: string): Picture {
  const sizes = /^\d{1,5}(x\d{1,5}){1,2}$/.test(text) ? text.split('x').map(Number) : [];
  if (sizes.length === 0) {
    throw new InputError(`${show(text)} is no size of a picture.`, {
      hint: 'Write 28x28x1: height, width and channels; 3x32x32 where a row holds one channel after the other.',
    });
  }
  return squarePicture(pictureOfSizes(sizes));
}

/** The same picture as `parsePicture` reads it. */
export function formatPicture({ side, channels, order }: Picture): string {
  return (order === 'HWC' ? [side, side, channels] : [channels, side, side]).join('x');
}

/**
 * What the sizes of an array say of each of its rows: height and width, and channels before or after them. Equal sides
 * tell the channels; where there are none, a size of at most 4.
 * @param sizes two or three
 */
export function pictureOfSizes(sizes: readonly number[]): RawPicture {
  const [a, b, c] = sizes;
  if (sizes.length === 2) return { height: a, width: b, channels: 1, order: 'HWC' };
  const last: RawPicture = { height: a, width: b, channels: c, order: 'HWC' };
  const first: RawPicture = { height: b, width: c, channels: a, order: 'CHW' };
  if (a === b && b === c) return { ...last, order: 'unclear' };
  if (a === b) return last;
  if (b === c) return first;
  return a <= USUAL_CHANNELS && c > USUAL_CHANNELS ? first : last;
}

/** @throws InputError unless the picture is square and of a size that a network can read */
export function squarePicture({ height, width, channels, order }: RawPicture): Picture {
  if (height !== width) {
    const side = Math.min(height, width);
    throw new InputError(`The pictures are ${height} pixels high and ${width} wide; only square ones are taken.`, {
      hint: `Crop them to ${side}x${side}, or pad them to ${Math.max(height, width)}x${Math.max(height, width)}, before.`,
    });
  }
  const picture: Picture = { side: height, channels, order: channels === 1 || order === 'unclear' ? 'HWC' : order };
  checkPicture(picture);
  return picture;
}

/**
 * The picture of rows, from what was said of it and what their file tells.
 * @param said by an option; undefined: the file must tell
 * @param inputs numbers of a raw row
 * @throws InputError where neither tells, both differ, or the picture does not fit
 */
export function choosePicture(said: Picture | undefined, found: RawPicture | undefined, inputs: number): Picture {
  if (said === undefined) {
    if (found === undefined) {
      throw new InputError(`The file does not say how its rows of ${inputs} numbers are pictures.`, {
        hint: 'Give their height, width and channels, such as --picture 28x28x1.',
      });
    }
    if (found.order === 'unclear' && found.channels > 1) {
      throw new InputError(`Pictures of ${found.height}x${found.width}x${found.channels} may have either order.`, {
        hint: 'Save them with the channels last and give that size with --picture.',
      });
    }
    return squarePicture(found);
  }
  if (said.side ** 2 * said.channels !== inputs) {
    throw new InputError(
      `A picture of ${formatPicture(said)} has ${said.side ** 2 * said.channels} numbers; the rows have ${inputs}.`,
      { hint: 'Leave out columns that are no pixels (--ignore), or give another --picture.' },
    );
  }
  if (found !== undefined && found.order !== 'unclear' && !isSame(squarePicture(found), said)) {
    throw new InputError(
      `The file has pictures of ${formatPicture(squarePicture(found))}; --picture says ${formatPicture(said)}.`,
      { hint: 'Give --picture alone: the file tells.' },
    );
  }
  return said;
}

/**
 * Rows of pictures with their numbers in the wanted order.
 * @param features row-major
 * @throws FileFormatError where the file has pictures of other sizes
 */
export function orderPictures(features: Float32Array, found: RawPicture, wanted: Picture): Float32Array {
  const { side, channels } = wanted;
  if (found.height !== side || found.width !== side || found.channels !== channels) {
    throw new FileFormatError(
      `The pictures are ${found.height}x${found.width}x${found.channels}; ${side}x${side}x${channels} are taken.`,
    );
  }
  if (channels === 1 || found.order === 'unclear' || found.order === wanted.order) return features;
  const [from, to] = [rawPlaces({ side, channels, order: found.order }), rawPlaces(wanted)];
  const width = from.length;
  const out = new Float32Array(features.length);
  for (let start = 0; start < features.length; start += width) {
    for (let k = 0; k < width; k++) out[start + to[k]] = features[start + from[k]];
  }
  return out;
}

function isSame(a: Picture, b: Picture): boolean {
  return a.side === b.side && a.channels === b.channels && a.order === b.order;
}
