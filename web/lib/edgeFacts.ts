import type { Hex } from 'viem';
import type { Head } from '../../src/model/head.ts';
import { type MeasuredRows, type Measures, measuredTexts } from '../../src/model/measures.ts';
import type { ShardKind } from '../../src/model/shardKind.ts';
import type { Program } from '../../src/registry/programs/list.ts';
import { subjectOf } from '../../src/registry/statement.ts';
import type { ResultMeasures, Training } from './chain/types.ts';
import { drawnShape } from './drawnShape.ts';
import { statedMeasures } from './measures.ts';
import type { ReadFile } from './readFile.ts';
import { trainingOf } from './training.ts';

/** What an edge file says, for people. */
export interface EdgeFacts {
  id: Hex;
  kind: Program;
  trainer: string;
  chainId: string;
  registry: string;
  devKeys: boolean;
  widths?: number[];
  /** a convolutional network as people write it */
  network?: string;
  head?: Head;
  parents?: string[];
  shard?: { id?: string; rows: number; inputs: number; outputs: number; kind: ShardKind };
  trainings?: Training[];
  /** of a run: how many of its models become nodes */
  kept?: number;
  /** of a score, in words */
  result?: string;
  /** of a score: what it proves beside the result */
  measures?: ResultMeasures;
  /** hostile until shown otherwise */
  metadata: Record<string, string>;
}

export function edgeFacts({ edge, run }: ReadFile): EdgeFacts {
  const { statement, context, devKeys, metadata } = edge;
  const { id, model, shard, measures, training } = subjectOf(statement);
  const segments = (run?.edges ?? [edge]).map((one) => subjectOf(one.statement));
  // Where a run starts from.
  const { parents } = segments[0];
  // Of a score, what comes before the result is the model.
  const before = measures === undefined ? parents : [model!.id];
  return {
    id,
    kind: statement.program,
    trainer: context.trainer,
    chainId: context.chainId.toString(),
    registry: context.registry,
    devKeys,
    metadata,
    ...(model && drawnShape(model.shape)),
    ...(before.length > 0 && { parents: [...before] }),
    ...(shard && { shard: { ...shard.shape, id: shard.id } }),
    ...(training && {
      trainings: segments.flatMap(({ shard: rows, training: numbers }) =>
        rows && numbers ? [trainingOf(rows.id, rows.shape.rows, numbers)] : [],
      ),
    }),
    ...(run && { kept: run.keep.filter((flag) => flag).length }),
    ...(measures && model && shard && measured(measures, { ...shard.shape, head: model.shape.head })),
  };
}

/** The result comes first of all that a score measures. */
function measured(measures: Measures, rows: MeasuredRows): Pick<EdgeFacts, 'result' | 'measures'> {
  const [result] = measuredTexts(measures, rows);
  return { result, measures: statedMeasures(measures, rows) };
}
