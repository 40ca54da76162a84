// Parts of statements in edge files that anyone may have written.

import type { Commitment, Point } from '../../argument/types.ts';
import { HEADS, type Head } from '../../model/head.ts';
import { formatNetwork, parseNetwork } from '../../model/network.ts';
import { checkShardShape, encodeShape, SHARD_KINDS, type ShardShape } from '../../model/shape.ts';
import { MAX_CHUNKS } from '../../numbers/constants.ts';
import type { JsonReader } from '../jsonReader.ts';
import type { ShapeFields } from './definition.ts';

/** Characters of a network as people write it, at most. */
const MAX_NETWORK_TEXT = 128;

/** A statement with the fields of a shape, and these. @throws FileFormatError for others */
export function requireShapeAnd(file: JsonReader, names: readonly string[]): void {
  file.keys([file.names().includes('network') ? 'network' : 'widths', 'head', ...names]);
}

/** The shape in a statement: widths and head, or of a network its text and head. */
export function readModelShape(file: JsonReader): ShapeFields {
  const head = file.at('head').oneOf(HEADS);
  if (file.names().includes('network')) {
    const field = file.at('network');
    const text = field.string(MAX_NETWORK_TEXT);
    const network = field.guard(() => parseNetwork(text, head));
    const written = formatNetwork(network);
    if (written !== text) field.fail(`must be written in its one form, ${written}`);
    return { network };
  }
  return { widths: readWidths(file, head), head };
}

/** The shape as an edge file spells it, where that is not as it is. */
export function writtenShape({ network }: ShapeFields): Record<string, unknown> {
  return network === undefined ? {} : { network: formatNetwork(network), head: network.head };
}

function readWidths(file: JsonReader, head: Head): number[] {
  const widths = file
    .at('widths')
    .list(5)
    .map((width) => width.integer());
  file.guard(() => encodeShape({ widths, head }));
  return widths;
}

export function readShard(file: JsonReader): ShardShape {
  file.keys(['inputs', 'outputs', 'rows', 'kind']);
  const shard = {
    inputs: file.at('inputs').integer(),
    outputs: file.at('outputs').integer(),
    rows: file.at('rows').integer(),
    kind: file.at('kind').oneOf(SHARD_KINDS),
  };
  file.guard(() => checkShardShape(shard));
  return shard;
}

/** As readCommitment, where there may be none. */
export function readPoints(file: JsonReader): Commitment {
  return file.list(MAX_CHUNKS).map(readPoint);
}

/** A commitment: as many points as its vector has chunks. */
export function readCommitment(file: JsonReader): Commitment {
  const points = file.list(MAX_CHUNKS);
  if (points.length === 0) file.fail('must have at least one point');
  return points.map(readPoint);
}

export function readPoint(file: JsonReader): Point {
  file.keys(['x', 'y']);
  return file.point(file.at('x').coordinate(), file.at('y').coordinate());
}
