// Statements that no registry takes, and others that are as well formed as those of ./edges.ts.
import assert from 'node:assert/strict';
import { R } from '../../src/numbers/field.ts';
import type { Edge } from '../../src/registry/edge.ts';
import { NO_SCHEMA } from '../../src/registry/schemas.ts';
import { EDGES, point, SHARD } from './edges.ts';

const [DATA, SEED, TRAIN, IMPORT, MERGE, SCORE] = EDGES;

const OTHER_SHARD = { ...SHARD, rows: 12 };
const [P1, P2] = [[point(8n)], [point(9n)]];
const HALVES = [
  [1, 1],
  [1, 1],
];

/** What no registry takes, whatever the proof. */
export const REFUSED: { name: string; edge: Edge; change: object; says: RegExp }[] = [
  {
    name: 'the commitment of a shard has not one point for each chunk',
    edge: DATA,
    change: { commitment: [point(1n), point(2n)] },
    says: /has 1 points, not 2/,
  },
  {
    name: 'the commitment of a model has too few points',
    edge: IMPORT,
    change: { widths: [1024, 1024, 3] },
    says: /has 5 points, not 1/,
  },
  { name: 'a seed has request 0', edge: SEED, change: { requestId: 0n }, says: /numbered from 1/ },
  {
    name: 'the shard of a training has other inputs than the model',
    edge: TRAIN,
    change: { shard: { ...SHARD, inputs: 54 } },
    says: /5 inputs.*have 54/,
  },
  {
    name: 'the shard of a training has other outputs than the model',
    edge: TRAIN,
    change: { shard: { ...SHARD, outputs: 9 } },
    says: /3 outputs.*have 9/,
  },
  {
    name: 'the shard of a training is of a kind that the head of the model has no use for',
    edge: TRAIN,
    change: { shard: { ...SHARD, kind: 'regression' } },
    says: /sigmoid does not go with rows of regression/,
  },
  {
    name: 'the head of a scored model has no use for labels',
    edge: SCORE,
    change: { shard: { ...SHARD, kind: 'labels' } },
    says: /squared error does not go with rows of labels/,
  },
  {
    name: 'a training with squared error has smoothed targets',
    edge: TRAIN,
    change: { head: 'squared error' },
    says: /takes no smoothing/,
  },
  {
    name: 'the child of a training is its parent',
    edge: TRAIN,
    change: { child: [point(3n)] },
    says: /its own parent/,
  },
  {
    name: 'the shard of a score has other inputs than the model',
    edge: SCORE,
    change: { shard: { ...SHARD, inputs: 6 } },
    says: /5 inputs.*have 6/,
  },
  {
    name: 'the shard of a score has other outputs than the model',
    edge: SCORE,
    change: { shard: { ...SHARD, outputs: 2 } },
    says: /3 outputs.*have 2/,
  },
  { name: 'more rows are right than there are', edge: SCORE, change: { result: 17n }, says: /Of 16 rows, 17/ },
  {
    name: 'a sum of errors is more than any can be',
    edge: SCORE,
    change: { shard: { ...SHARD, kind: 'regression' }, result: 2n ** 56n },
    says: /below 2\^56/,
  },
  { name: 'a log-loss is 2^64', edge: SCORE, change: { loss: 2n ** 64n }, says: /below 2\^64/ },
  { name: 'absolute errors are 2^64', edge: SCORE, change: { absolute: 2n ** 64n }, says: /below 2\^64/ },
  { name: 'more places count as top than there are', edge: SCORE, change: { k: 4 }, says: /3 outputs, the 4 highest/ },
  {
    name: 'rows are on the first of no places',
    edge: SCORE,
    change: { k: 0, top: 1n },
    says: /1 cannot be among the 0/,
  },
  { name: 'more rows are on top than there are', edge: SCORE, change: { top: 17n }, says: /Of 16 rows, 17/ },
  {
    name: 'a score has fewer counts than pairs of classes',
    edge: SCORE,
    change: { counts: new Uint16Array(4) },
    says: /there are 9, not 4 counts/,
  },
  {
    name: 'a score of regression has counts',
    edge: SCORE,
    change: { shard: { ...SHARD, kind: 'regression' }, counts: new Uint16Array(9) },
    says: /none are taken, not 9/,
  },
  {
    name: 'counts sum to more than there are rows',
    edge: SCORE,
    change: { counts: new Uint16Array(9).fill(1, 0, 8).fill(9, 8) },
    says: /16 at most, not 17/,
  },
  {
    name: 'a label is right in more rows than there are',
    edge: SCORE,
    change: { head: 'sigmoid', shard: { ...SHARD, kind: 'labels' }, counts: Uint16Array.of(16, 17, 0) },
    says: /Of 16 rows, 17 cannot have label 1 right/,
  },
  {
    name: 'a merge has a parent twice',
    edge: MERGE,
    change: { parents: [P1, P2, P1] },
    says: /Parents 1 and 3/,
  },
  {
    name: 'a parent of a merge has no part in it',
    edge: MERGE,
    change: { coefficients: [[1, 0, 1], [1, 0, 1]] }, // biome-ignore format: rows are layers
    says: /Parent 2 of the merge has no part/,
  },
  {
    name: 'the child of a merge is one of its parents',
    edge: MERGE,
    change: { child: P2 },
    says: /its own parent/,
  },
];

/** Other statements that are as well formed. */
export const BOUND: { name: string; edge: Edge; change: object }[] = [
  { name: 'a shard has another schema', edge: DATA, change: { schema: `0x${'7c'.repeat(32)}` } },
  { name: 'a shard has no schema', edge: DATA, change: { schema: NO_SCHEMA } },
  { name: 'a shard has another kind', edge: DATA, change: { shard: { ...SHARD, kind: 'regression' } } },
  { name: 'a shard has labels', edge: DATA, change: { shard: { ...SHARD, kind: 'labels' } } },
  { name: 'a seed has another head', edge: SEED, change: { head: 'sigmoid' } },
  { name: 'an import has another head', edge: IMPORT, change: { head: 'squared error' } },
  { name: 'a merge has another head', edge: MERGE, change: { head: 'softmax' } },
  { name: 'a score has another head', edge: SCORE, change: { head: 'softmax' } },
  { name: 'a training has another head', edge: TRAIN, change: { head: 'softmax' } },
  { name: 'a training has another smoothing', edge: TRAIN, change: { smoothing: 4 } },
  { name: 'a seed has another request', edge: SEED, change: { requestId: 8n } },
  { name: 'a seed has a request beyond the field', edge: SEED, change: { requestId: 7n + R } },
  {
    name: 'the shard of a training has another kind',
    edge: TRAIN,
    change: { shard: { ...SHARD, kind: 'labels' } },
  },
  { name: 'an import has another source', edge: IMPORT, change: { source: `0x${'5d'.repeat(32)}` } },
  { name: 'an import has another schema', edge: IMPORT, change: { schema: `0x${'7c'.repeat(32)}` } },
  { name: 'source and schema of an import change places', edge: IMPORT, change: swapped(IMPORT) },
  {
    name: 'a merge has fewer parents',
    edge: MERGE,
    change: { parents: [P1, P2], coefficients: HALVES },
  },
  { name: 'a score has another result', edge: SCORE, change: { result: 12n } },
  { name: 'a score has another log-loss', edge: SCORE, change: { loss: 2n ** 64n - 1n } },
  { name: 'a score has another absolute error', edge: SCORE, change: { absolute: 2n ** 64n - 1n } },
  { name: 'a score has other places that count as top', edge: SCORE, change: { k: 3 } },
  { name: 'a score has no place that counts as top', edge: SCORE, change: { k: 0, top: 0n } },
  { name: 'a score has other rows on top', edge: SCORE, change: { top: 11n } },
  { name: 'a score has other counts', edge: SCORE, change: { counts: new Uint16Array(9) } },
  { name: 'a score has no counts', edge: SCORE, change: { counts: null } },
  { name: 'the shard of a score has other rows', edge: SCORE, change: { shard: OTHER_SHARD } },
];

function swapped({ statement }: Edge): object {
  if (statement.program !== 'import') assert.fail();
  return { source: statement.schema, schema: statement.source };
}
