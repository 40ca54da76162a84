import assert from 'node:assert/strict';
import type { Table } from '../../../src/model/shard.ts';

/** The classes of a table's rows. */
export function labelsOf(table: Table): number[] {
  assert.equal(table.kind, 'classes');
  return table.kind === 'classes' ? Array.from(table.labels) : [];
}

/** The targets of a table's rows. */
export function targetsOf(table: Table): number[] {
  assert.equal(table.kind, 'regression');
  return table.kind === 'regression' ? Array.from(table.targets) : [];
}

/** A table without the function that names its rows, which no comparison sees into. */
export function valuesOf<T extends Table>({ rowName: _, ...table }: T): Omit<T, 'rowName'> {
  return table;
}
