import type { Edge } from '../../../src/registry/edge.ts';
import { PROGRAMS, TARGETS } from '../../../src/registry/programs/list.ts';
import type { ChainConfig } from './types.ts';

/** Whether the edge was proved for the contracts this page shows: scores are for the scoreboard, facts about rows for the audit. */
export function isOfThisRegistry({ context, statement }: Edge, config: ChainConfig): boolean {
  const wanted = config[TARGETS[PROGRAMS[statement.program].registers]];
  return context.chainId === BigInt(config.chainId) && context.registry.toLowerCase() === wanted?.toLowerCase();
}
