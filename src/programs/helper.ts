import type { Kernels } from '../argument/kernels.ts';
import type { Helper, LookupGroup, LookupTable, TableLookups } from '../argument/lookup.ts';
import type { Oracle } from '../argument/oracle.ts';
import { helperSums, type Session } from '../argument/session.ts';
import { ceilLog2 } from '../numbers/bits.ts';
import { LIMB_BITS } from '../numbers/constants.ts';
import { blindHelper, sendOracle, slottedOracle } from './common.ts';

/**
 * The inverses of all lookups: the groups in their order, then the table, with the trace's multiplicities. Blinded.
 * @param pairs what is looked up in a second table, whose multiplicities are the trace's mult2
 */
export function lookupHelper(
  k: Kernels,
  table: LookupTable,
  groups: readonly LookupGroup[],
  trace: Oracle,
  pairs?: Pick<TableLookups, 'table' | 'groups'>,
): Helper {
  const lookups: TableLookups[] = [{ table, groups, multiplicity: trace.integers('mult'), slot: 'g' }];
  if (pairs) lookups.push({ ...pairs, multiplicity: trace.integers('mult2'), slot: 'g2' });
  const oracle = slottedOracle(
    lookups.flatMap((own) => [
      ...own.groups.map(({ slot, limbs }) => ({ name: slot, log2: ceilLog2(limbs[0].length) })),
      { name: own.slot, log2: LIMB_BITS },
    ]),
  );
  for (const own of lookups) {
    for (const { slot, limbs } of own.groups) own.table.putHelper(oracle.field(k, slot), ...limbs);
    const g = oracle.field(k, own.slot);
    k.scoped(() => own.table.putTable(g, k.fromIntegers(own.multiplicity)));
  }
  blindHelper(oracle);
  return { oracle, lookups };
}

/** As sendOracle, for a helper. */
export function sendHelper(session: Session, helper: Helper, names: readonly string[]) {
  return sendOracle(session, helper.oracle, names, helperSums(session.backend, helper));
}
