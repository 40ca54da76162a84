import { modelRegistryAbi, scoreboardAbi } from '../generated/abi.ts';
import type { ChainLog } from './chainReads.ts';
import { type DecodedLog, decodeLogs, firstDifference } from './contractEvents.ts';
import type { Edge } from './edge.ts';
import { definitionOf, type Statement } from './programs/definitions.ts';
import { PROGRAMS, TARGETS } from './programs/list.ts';

const ABIS = { registry: modelRegistryAbi, scoreboard: scoreboardAbi };

/** Whether one of the contract's events says the same of a statement as itself. */
export function isToldBy(events: readonly DecodedLog[], statement: Statement): boolean {
  const { name, args } = definitionOf(statement).event(statement);
  return events.some((event) => {
    const same = Object.entries(event.args).filter(([argument]) => argument in args);
    return event.name === name && firstDifference(Object.fromEntries(same), args) === undefined;
  });
}

/**
 * Whether the contract that an edge names says among these logs that it registered it. A contract that takes any call says
 * nothing, and a transaction that succeeded shows no more than that.
 */
export function isRegisteredBy(logs: readonly ChainLog[], { context, statement }: Edge): boolean {
  const abi = ABIS[TARGETS[PROGRAMS[statement.program].registers]];
  return isToldBy(decodeLogs(abi, logs, context.registry), statement);
}
