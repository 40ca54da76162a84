// Parts of statements in edge files that anyone may have written.

import type { Commitment, Point } from '../../argument/types.ts';
import { HEADS, type Head } from '../../model/head.ts';
import { checkShardShape, encodeShape, SHARD_KINDS, type ShardShape } from '../../model/shape.ts';
import { MAX_CHUNKS } from '../../numbers/constants.ts';
import type { JsonReader } from '../jsonReader.ts';

/** The fields widths and head of a statement. */
export function readModelShape(file: JsonReader): { widths: number[]; head: Head } {
  const widths = file
    .at('widths')
    .list(5)
    .map((width) => width.integer());
  const head = file.at('head').oneOf(HEADS);
  file.guard(() => encodeShape({ widths, head }));
  return { widths, head };
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
