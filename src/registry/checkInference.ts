import type { Address, Hex } from 'viem';
import { inferencesAbi } from '../generated/abi.ts';
import type { ChainReads } from './chainReads.ts';
import type { Check } from './check.ts';
import { decodeLogs, firstDifference, topicsOf } from './contractEvents.ts';
import type { Edge } from './edge.ts';
import { definitionOf } from './programs/definitions.ts';
import { idsIn } from './programs/infer.ts';

/** What a chain has of an inference. */
interface FoundInference {
  checks: Check[];
  isRegistered: boolean;
  acceptance: { block?: bigint };
  block?: bigint;
}

/**
 * Looks an inference up: who recorded it first, and the event. The same can be proved again by others, of which nothing is kept.
 * @param inferences the contract
 */
export async function findInference(
  { statement, context }: Edge,
  { reads, registry, inferences }: { reads: ChainReads; registry: Address; inferences: Address },
): Promise<FoundInference> {
  if (statement.program !== 'infer') throw new RangeError('an edge of no inference');
  const ids = idsIn(statement);
  const [prover, node] = await Promise.all([
    reads.inferredBy(inferences, ids.model, ids.inputs, ids.outputs),
    reads.node(registry, ids.model),
  ]);
  if (prover === undefined || node === undefined) {
    return { ...openEvent('Nobody has recorded this inference.'), isRegistered: false, acceptance: {} };
  }
  const { name, args } = definitionOf(statement).event(statement);
  const topics = topicsOf(inferencesAbi, name, ids satisfies Record<string, Hex>);
  const logs = await reads.logs({ address: inferences, topics, from: node.blockNumber }).catch(() => []);
  const found = decodeLogs(inferencesAbi, logs, inferences);
  const own = found.find((event) => firstDifference(event.args, { ...args, prover }) === undefined);
  const isOwn = prover.toLowerCase() === context.trainer.toLowerCase();
  const says = isOwn
    ? `The contract holds this inference, recorded by ${prover}.`
    : `The contract holds this inference, recorded first by ${prover}, not by ${context.trainer}.`;
  if (own === undefined) return { ...openEvent(says, true), isRegistered: true, acceptance: {} };
  const block = own.log.blockNumber;
  return {
    checks: [
      { about: 'record', holds: true, says },
      { about: 'event', holds: true, says: `Its event in block ${block} says the same, word for word.` },
    ],
    isRegistered: true,
    acceptance: isOwn ? { block } : {},
    block,
  };
}

function openEvent(says: string, holds: true | 'open' = 'open'): Pick<FoundInference, 'checks'> {
  return {
    checks: [
      { about: 'record', holds, says },
      { about: 'event', holds: 'open', says: 'The node gives no event of it.' },
    ],
  };
}
