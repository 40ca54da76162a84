// What the drawing of a convolutional network shows: for each layer what it reads and makes, in words and in pixels.
import { type LayerGeometry, type Network, networkGeometry } from '../../src/model/network.ts';
import { count, plural } from './format.ts';

/** Pictures as sheets one behind the other, or the units of a dense layer as a column of dots. */
export interface DrawnStage {
  /** left edge of the front sheet or of the dots */
  x: number;
  /** upper edge */
  y: number;
  /** of a sheet, in pixels of the drawing; a column of dots is as wide as a dot */
  width: number;
  height: number;
  /** how many sheets are seen, a few; 0 of a dense layer */
  sheets: number;
  /** how many dots are seen; 0 of pictures */
  dots: number;
  /** what one output of the next layer reads on the front sheet; undefined where it reads all */
  kernel?: { x: number; y: number; size: number; pooled: boolean };
}

export interface NetworkDrawing {
  width: number;
  height: number;
  stages: DrawnStage[];
}

/** Pixels of the drawing between one stage and the next, behind each other's sheets, and from dot to dot. */
const GAP = 30;
export const SHEET_STEP = 4;
export const DOT_STEP = 9;
const DOT_WIDTH = 6;
const MOST_SHEETS = 5;
const MOST_DOTS = 10;
const MARGIN = 2;
const SMALLEST_SHEET = 10;
const LARGEST_SHEET = 64;
/** Side of the largest pictures, as a power of two. */
const MOST_SIDE_BITS = 6;
/** How far down and to the right of a sheet's free space the kernel is drawn. */
const PLACE = 0.4;

/** A width as a number of dots: its logarithm. */
export function dotsOf(width: number): number {
  return Math.max(1, Math.min(MOST_DOTS, Math.round(1.3 * Math.log2(width) - 0.5)));
}

/** The layers that there are, the pictures first. @throws InputError for a network that the protocol does not have */
export function stagesOf(network: Network): LayerGeometry[] {
  const [pictures, ...layers] = networkGeometry(network);
  return [pictures, ...layers.filter(({ present }) => present)];
}

/** Where everything of the drawing stands. @throws InputError as `stagesOf` */
export function drawNetwork(network: Network): NetworkDrawing {
  const layers = stagesOf(network);
  const sizes = layers.map(sizeOf);
  const height = Math.max(...sizes.map((size) => size.height + behind(size)));
  const stages: DrawnStage[] = [];
  let x = MARGIN;
  for (const [l, size] of sizes.entries()) {
    const y = MARGIN + (height - size.height + behind(size)) / 2;
    const kernel = kernelOn(layers[l], size, layers[l + 1]);
    stages.push({ x, y, ...size, ...(kernel && { kernel: { ...kernel, x: x + kernel.x, y: y + kernel.y } }) });
    x += size.width + behind(size) + GAP;
  }
  return { width: x - GAP + MARGIN, height: height + 2 * MARGIN, stages };
}

type Size = Pick<DrawnStage, 'width' | 'height' | 'sheets' | 'dots'>;

/** Pixels by which the last sheet stands out behind the first. */
function behind({ sheets }: Pick<Size, 'sheets'>): number {
  return SHEET_STEP * Math.max(0, sheets - 1);
}

function sizeOf({ channels, side, flat }: LayerGeometry): Size {
  if (flat) {
    const dots = dotsOf(channels);
    return { width: DOT_WIDTH, height: dots * DOT_STEP, sheets: 0, dots };
  }
  const size = Math.round(SMALLEST_SHEET + ((LARGEST_SHEET - SMALLEST_SHEET) * Math.log2(side)) / MOST_SIDE_BITS);
  return { width: size, height: size, sheets: Math.min(MOST_SHEETS, 1 + Math.round(Math.log2(channels) / 2)), dots: 0 };
}

/** The part of the front sheet that one output of the next layer reads: a convolution's kernel, or its averages. */
function kernelOn({ side, flat }: LayerGeometry, { width }: Size, next: LayerGeometry | undefined) {
  if (flat || next === undefined || next.flat) return undefined;
  const { kernel, pooled } = next;
  const size = Math.max(4, Math.round(width * Math.min(1, (kernel * (pooled ? 2 : 1)) / side)));
  const place = Math.round((width - size) * PLACE);
  return { x: place, y: place, size, pooled };
}

/** Every stage in words: `5×5 convolution, stride 2: 8 channels of 14×14`. @throws InputError as `stagesOf` */
export function networkInWords(network: Network): string[] {
  const [pictures, ...layers] = stagesOf(network);
  const { side, channels } = pictures;
  return [
    `pictures of ${side}×${side} pixels${channels === 1 ? '' : ` in ${count(channels)} channels`}`,
    ...layers.map(layerInWords),
  ];
}

function layerInWords({ channels, side, kernel, stride, padding, flat, pooled }: LayerGeometry): string {
  const reads = pooled ? 'averages over 2×2, ' : '';
  if (flat) return `${reads}dense: ${plural(channels, 'unit')}`;
  const more = [
    ...(stride === 1 ? [] : [`, stride ${stride}`]),
    ...(padding === 0 ? [] : [`, ${plural(padding, 'pixel')} of zeros around`]),
  ].join('');
  return `${reads}${kernel}×${kernel} convolution${more}: ${plural(channels, 'channel')} of ${side}×${side}`;
}
