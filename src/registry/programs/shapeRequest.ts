// How a shape stands in what a trainer signs: as people read it. The relay makes the same of the shape that it carries.
import { type AnyShape, formatShape } from '../../model/anyShape.ts';
import type { RequestField } from './definition.ts';
import { numberOfHead } from './heads.ts';
import type { CallArgument } from './targets.ts';

export const SHAPE_REQUEST: readonly RequestField[] = [
  { name: 'network', type: 'string' },
  { name: 'head', type: 'uint8' },
];

export function shapeRequest(shape: AnyShape): Record<string, CallArgument> {
  return { network: formatShape(shape), head: numberOfHead(shape.head) };
}
