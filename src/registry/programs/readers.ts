// Parts of statements in edge files that anyone may have written.

import type { Point } from '../../argument/types.ts';
import { checkShardShape, encodeShape, type ShardShape } from '../../model/shape.ts';
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

export function readPoint(file: JsonReader): Point {
  file.keys(['x', 'y']);
  return file.point(file.at('x').coordinate(), file.at('y').coordinate());
}
