// Models by their shapes, as people type them or copy them from the page.
import { shapeText } from './format.ts';

type Shaped = Parameters<typeof shapeText>[0];

/** A convolution, or averages: unlike a width, it says where it stands by itself. */
const LAYER = /^(c\d|a2)/;

/** Whether a shape begins so, has such a layer, or has such a row of layers: `49`, `28x28x1`, `c8k5s2p2`, `32-10`. */
export function matchesShape(model: Shaped, wanted: string): boolean {
  const [shape, text] = [shapeText(model), written(wanted)];
  const isRow = /[^-]-[^-]/.test(text) && shape.includes(text);
  return shape.startsWith(text) || isRow || (LAYER.test(text) && shape.includes(`-${text}`));
}

/** Whether a shape has such a part. */
export function hasShape(model: Shaped, wanted: string): boolean {
  return shapeText(model).includes(written(wanted));
}

/** The page writes longer dashes and crosses. */
function written(text: string): string {
  return text
    .trim()
    .replace(/\s*[–-]\s*/g, '-')
    .replaceAll('×', 'x');
}
