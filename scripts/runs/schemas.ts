import { InputError } from '../../src/errors/InputError.ts';
import { compareSchemas, type SchemaDifference } from '../../src/model/compareSchemas.ts';
import type { Schema } from '../../src/model/schema.ts';
import { readShardFile } from '../files/models.ts';
import { alignColumns } from '../terminal/drawTree.ts';
import type { Output } from '../terminal/output.ts';
import { printable } from '../terminal/printable.ts';
import type { ShardEntry } from './shards.ts';

/** Something with a schema, or without one, and its name for people. */
export interface WithSchema {
  name: string;
  schema?: Schema | undefined;
}

/** Lines of a list that are shown. */
const MOST_LINES = 12;
const MOST_WIDTH = 48;

/**
 * Compares what a model was made for with what rows mean.
 * @param goOn whether to warn instead of refusing
 * @throws InputError with both lists side by side where they differ; where one states nothing a note says so
 */
export function requireSchema(model: WithSchema, rows: WithSchema, goOn: boolean, output: Output): void {
  if (model.schema === undefined || rows.schema === undefined) {
    const silent = model.schema === undefined ? model : rows;
    output.note(`note: ${silent.name} states no schema: nothing shows that columns and classes are the same.`);
    return;
  }
  const differences = compareSchemas(model.schema, rows.schema);
  if (differences.length === 0) return;
  const what = differences.map((difference) => difference.what).join(', ');
  const text = `The rows of ${rows.name} are not like those that ${model.name} was made for: other ${what}.`;
  const lists = sideBySide(differences, ['the model', 'the rows']);
  if (goOn) {
    output.warn(`${text}\n${lists}`);
    return;
  }
  throw new InputError(text, {
    hint: 'Make the rows with --like and the dataset.json of the training rows; --other-schema goes on all the same.',
    details: `\n${lists}`,
  });
}

/**
 * The same for shard files, a file at a time; a note comes once.
 * @throws as `requireSchema`; InputError, FileFormatError naming the file
 */
export function requireSchemas(model: WithSchema, shards: readonly ShardEntry[], goOn: boolean, output: Output): void {
  const said = new Set<string>();
  const once = (say: (text: string) => void) => (text: string) => {
    if (!said.has(text)) say(text);
    said.add(text);
  };
  const quiet: Output = { ...output, note: once(output.note), warn: once(output.warn) };
  for (const { shard, shardSha256 } of shards) {
    const { schema } = readShardFile(shard, shardSha256);
    requireSchema(model, { name: shard, ...(schema && { schema }) }, goOn, quiet);
  }
}

/** Both sides of each difference in two columns; lines that differ are marked. */
export function sideBySide(differences: readonly SchemaDifference[], heads: [string, string]): string {
  return differences
    .map(({ what, a, b }) => {
      const length = Math.max(a.length, b.length);
      const lines = Array.from({ length }, (_, k) => ({ left: a[k] ?? '', right: b[k] ?? '' }));
      // Of long lists the lines that differ.
      const differing = lines.filter(({ left, right }) => left !== right);
      const shown = (length > MOST_LINES ? differing : lines).slice(0, MOST_LINES);
      const rows = shown.map(({ left, right }) => [left === right ? ' ' : '*', cut(left), cut(right)]);
      const rest = (length > MOST_LINES ? differing.length : length) - shown.length;
      const table = alignColumns([[' ', `${what} of ${heads[0]}`, `${what} of ${heads[1]}`], ...rows]);
      return rest > 0 ? `${table}\n  and ${rest} more` : table;
    })
    .join('\n');
}

/** A name as it may be shown, however long it is and whoever wrote it. */
function cut(line: string): string {
  // Each mark takes ten at most: what comes later is cut off anyway.
  const plain = printable(line.slice(0, MOST_WIDTH));
  const isLonger = plain.length > MOST_WIDTH || line.length > MOST_WIDTH;
  return isLonger ? `${plain.slice(0, MOST_WIDTH - 1)}…` : plain;
}
