// What contracts refuse of a statement whatever the proof.

import { NUMBERING } from '../../src/generated/numbering.ts';
import { log2Up, polynomial } from './algebra.ts';
import { refusedNetwork, unpackShape } from './conv-geometry.ts';

/** What the contract refuses of a network's parameters (protocol, section 12). */
export function refusedParameters(
  program: keyof Omit<typeof NUMBERING, 'shared'>,
  signals: readonly bigint[],
  extra: readonly bigint[],
): string[] {
  const names: readonly string[] = NUMBERING[program].signals.names;
  const [shape, layout_1, layout_2, seg, shard] = ['shape', 'layout_1', 'layout_2', 'seg', 'shard'].map(
    (name) => signals[names.indexOf(name)],
  );
  const failed = refusedNetwork(shape, [layout_1, layout_2]);
  if (failed.length > 0) return failed;
  const { geometry } = unpackShape(shape);
  const pooled = geometry.some((g) => g.present === 1n && g.pooled);
  if (seg !== undefined && pooled && BigInt.asUintN(17, seg) % 16n !== 0n) failed.push('rate');
  const rowsOf = shard ?? (seg === undefined ? undefined : extra[0]);
  if (rowsOf === undefined) return failed;
  const [inputs, outputs] = [0n, 12n].map((at) => Number(BigInt.asUintN(12, rowsOf >> at)) + 1);
  if (inputs !== geometry[0].C * 4 ** geometry[0].n) failed.push('inputs');
  if (outputs !== geometry[geometry.length - 1].C) failed.push('outputs');
  return failed;
}

/** What the contract refuses of the second side of two that have no row in common (protocol, section 14). */
export function refusedRecord(signals: readonly bigint[], record: readonly bigint[], points: number): string[] {
  const { signals: S } = NUMBERING.disjoint;
  const inputs = BigInt.asUintN(12, signals[S.first]);
  const failed: string[] = [];
  if (BigInt.asUintN(12, signals[S.second]) !== inputs) failed.push('inputs');
  if (signals[S.record] !== polynomial(record, signals[S.r])) failed.push('record');
  if (record.length === 0) return points === 0 ? [...failed, 'no second side'] : failed;
  const one = inputs + ((2n ** BigInt(log2Up(Number(inputs) + 1))) << 63n);
  if (points > 0 || signals[S.second] !== one || record.length !== Number(inputs) + 1) failed.push('second');
  return failed;
}
