import type { Kernels } from '../argument/kernels.ts';
import type { Helper, LookupGroup, LookupTable } from '../argument/lookup.ts';
import type { Oracle } from '../argument/oracle.ts';
import { helperSums, type Session } from '../argument/session.ts';
import { LIMB_BITS } from '../numbers/constants.ts';
import { blindHelper, sendOracle, slottedOracle } from './common.ts';

/** The inverses of all lookups: the groups in their order, then the table, with the trace's multiplicities. Blinded. */
export function lookupHelper(k: Kernels, table: LookupTable, groups: readonly LookupGroup[], trace: Oracle): Helper {
  const oracle = slottedOracle([
    ...groups.map(({ slot, limbs }) => ({ name: slot, log2: Math.log2(limbs[0].length) })),
    { name: 'g', log2: LIMB_BITS },
  ]);
  for (const { slot, limbs } of groups) table.putHelper(oracle.field(k, slot), ...limbs);
  const multiplicity = trace.integers('mult');
  const g = oracle.field(k, 'g');
  k.scoped(() => table.putTable(g, k.fromIntegers(multiplicity)));
  blindHelper(oracle);
  return { oracle, groups, multiplicity, table };
}

/** As sendOracle, for a helper. */
export function sendHelper(session: Session, helper: Helper, names: readonly string[]) {
  return sendOracle(session, helper.oracle, names, helperSums(session.backend, helper));
}
