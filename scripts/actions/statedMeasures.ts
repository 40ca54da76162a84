import { countedTexts, type MeasuredRows, measuredTexts } from '../../src/model/measures.ts';
import type { Statement } from '../../src/registry/programs/definitions.ts';
import { subjectOf } from '../../src/registry/statement.ts';
import { tableOf } from './renderFigures.ts';

/** What the statement of a score says, each with what it bounds; nothing of others. */
export function statedMeasures(statement: Statement): string[] {
  const { measures, model, shard } = subjectOf(statement);
  if (!measures || !model || !shard) return [];
  const { kind, rows, outputs } = shard.shape;
  const of: MeasuredRows = { kind, head: model.shape.head, rows, outputs };
  return [...measuredTexts(measures, of), ...countedTexts(measures, of)];
}

/** The counts that the statement of a score has, as the lines of a table; nothing where it has none. */
export function statedCounts(statement: Statement): string[] {
  const { measures, shard } = subjectOf(statement);
  if (!measures?.counts || !shard) return [];
  const counts = [...measures.counts];
  const { kind, outputs, rows } = shard.shape;
  const confusion = Array.from({ length: outputs }, (_, i) => counts.slice(i * outputs, (i + 1) * outputs));
  return tableOf(kind === 'labels' ? { labelsRight: counts } : { confusion }, { rows, outputs }).split('\n');
}
