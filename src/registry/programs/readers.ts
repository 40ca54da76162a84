// Parts of statements in edge files that anyone may have written.

import type { Commitment, Point } from '../../argument/types.ts';
import { checkShardShape, encodeShape, type ShardShape } from '../../model/shape.ts';
import { MAX_CHUNKS } from '../../numbers/constants.ts';
import type { JsonReader } from '../jsonReader.ts';

export function readWidths(file: JsonReader): number[] {
  const widths = file.list(5).map((width) => width.integer());
  file.guard(() => encodeShape(widths));
  return widths;
}

export function readShard(file: JsonReader): ShardShape {
  file.keys(['inputs', 'outputs', 'rows', 'kind']);
  const shard = {
    inputs: file.at('inputs').integer(),
    outputs: file.at('outputs').integer(),
    rows: file.at('rows').integer(),
    kind: file.at('kind').oneOf(['classes', 'regression'] as const),
  };
  file.guard(() => checkShardShape(shard));
  return shard;
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
