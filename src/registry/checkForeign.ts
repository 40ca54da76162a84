// What a chain says of a foreign child: all but that it follows from its parents, which its program vouches for.
import type { Address } from 'viem';
import type { Check } from './check.ts';
import {
  checkEvents,
  depthOf,
  logsOf,
  type Place,
  type Registration,
  registeredEvent,
  sameSender,
  unregistered,
} from './checkRecord.ts';
import { vouchedInWords } from './foreign.ts';
import type { ForeignEdge } from './foreignEdge.ts';
import { FOREIGN_KIND, NODE_KINDS } from './programs/list.ts';
import { subjectOf } from './statement.ts';

/** Looks a foreign child up: its record, and its own events word for word. @param adapter the one that the registry has of its program */
export async function findForeign(child: ForeignEdge, adapter: Address | undefined, at: Place): Promise<Registration> {
  const { program, parents, range } = child;
  const { reads, registry } = at;
  const { context, statement } = range;
  const subject = { ...subjectOf(statement), parents };
  const { id } = subject;
  const node = await reads.node(registry, id);
  if (node === undefined) return unregistered('model', id);
  const [stored, schema, maker, logs] = await Promise.all([
    reads.parents(registry, id),
    reads.schemaOf(registry, id),
    reads.foreignProgramOf(registry, id),
    logsOf(reads, { address: registry, topics: [], from: node.blockNumber, to: node.blockNumber }),
  ]);
  const no = (says: string): Check => ({ about: 'record', holds: false, says });
  const record = ((): Check => {
    if (node.kind !== FOREIGN_KIND) {
      return no(`The registry holds ${id} as a node of kind ${NODE_KINDS[node.kind]}, not foreign.`);
    }
    if (maker !== BigInt(program)) return no(`The registry has it of foreign program ${maker}, not of ${program}.`);
    if (stored.join().toLowerCase() !== parents.join().toLowerCase()) {
      return no(`The registry names ${stored.join(', ')}, not ${parents.join(', ')}.`);
    }
    if (schema !== statement.schema) return no(`The registry holds the schema ${schema}, not ${statement.schema}.`);
    return sameSender(`foreign model ${id}`, node.trainer, context.trainer);
  })();
  const depth = (await depthOf(parents, at)) ?? node.depth;
  const expected = [
    registeredEvent(subject, { trainer: context.trainer, kind: FOREIGN_KIND, depth }),
    { name: 'Foreign', args: { child: id, program, adapter, parents } },
  ];
  const event: Check =
    adapter === undefined
      ? { about: 'event', holds: 'open', says: 'Its events name an adapter that the node does not.' }
      : checkEvents(expected, logs, registry, node);
  const { version, blockNumber: block } = node;
  return { checks: [record, event], isRegistered: true, acceptance: { version }, block };
}

/** Whether the registry knows the program that vouches. */
export function checkAdapter(program: number, adapter: Address | undefined, isRegistered: boolean): Check {
  const about = 'adapter';
  if (adapter !== undefined) {
    return { about, holds: true, says: `The registry's foreign program ${program} is the adapter ${adapter}.` };
  }
  const says = `The registry knows no foreign program ${program}.`;
  return { about, holds: 'open', says: isRegistered ? `${says} The node contradicts itself.` : says };
}

/** What no check here shows, whatever the chain says. */
export function descentOfForeign({ program }: ForeignEdge, adapter: Address | undefined): Check {
  return { about: 'descent', holds: 'open', says: vouchedInWords(program, adapter) };
}
