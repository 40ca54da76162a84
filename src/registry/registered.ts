import { modelRegistryAbi, scoreboardAbi } from '../generated/abi.ts';
import { encodeShape, encodeShard } from '../model/shape.ts';
import type { ChainLog } from './chainReads.ts';
import { ownEventOf } from './checkRecord.ts';
import { type DecodedLog, decodeLogs, firstDifference } from './contractEvents.ts';
import type { Edge } from './edge.ts';
import { modelId, shardId } from './ids.ts';
import type { Statement } from './statement.ts';

/** Whether one of the registry's events says the same of a statement as itself. */
export function isToldBy(events: readonly DecodedLog[], statement: Statement): boolean {
  const { name, args } = eventOf(statement);
  return events.some((event) => {
    const same = Object.entries(event.args).filter(([argument]) => argument in args);
    return event.name === name && firstDifference(Object.fromEntries(same), args) === undefined;
  });
}

/**
 * Whether the contract that an edge names says among these logs that it registered it. A contract that takes any call says
 * nothing, and a transaction that succeeded shows no more than that.
 */
export function isRegisteredBy(logs: readonly ChainLog[], { origin, statement }: Edge): boolean {
  const abi = statement.program === 'score' ? scoreboardAbi : modelRegistryAbi;
  return isToldBy(decodeLogs(abi, logs, origin.registry), statement);
}

function eventOf(statement: Statement): { name: string; args: Record<string, unknown> } {
  if (statement.program !== 'score') return ownEventOf(statement);
  const model = modelId(statement.model, encodeShape(statement.widths));
  const shard = shardId(statement.shardCommitment, encodeShard(statement.shard));
  return { name: 'Scored', args: { model, shard, result: statement.result } };
}
