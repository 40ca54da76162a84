// Inferences and facts about hidden rows, as their events tell them, and what the facts show of a lineage.
import { type Hex, parseEventLogs } from 'viem';
import { inferencesAbi, lineageAuditAbi } from '../../../src/generated/abi.ts';
import { shardsUsedBy } from '../../../src/registry/ancestry.ts';
import type { LineageFacts, ShardFacts } from './factTypes.ts';
import { newestOf } from './newest.ts';
import type { RawLog } from './scan.ts';
import type { Store } from './store.ts';

export function applyInferences(store: Store, raw: RawLog[]): void {
  for (const { args, ...log } of parseEventLogs({
    abi: inferencesAbi,
    logs: raw,
    eventName: 'Inferred',
    strict: true,
  })) {
    const isShard = store.shard(args.inputs) !== undefined;
    store.facts.addInference({ ...args, isShard, rows: Number(args.rows), ...whereOf(log) });
  }
}

export function applyAudit(store: Store, raw: RawLog[]): void {
  for (const log of parseEventLogs({ abi: lineageAuditAbi, logs: raw, strict: true })) {
    const where = whereOf(log);
    if (log.eventName === 'DisjointShown') store.facts.addDisjoint({ ...log.args, ...where });
    if (log.eventName === 'AbsentShown') store.facts.addAbsent({ ...log.args, ...where });
    if (log.eventName === 'SubsetShown') store.facts.addSubset({ ...log.args, ...where });
  }
}

function whereOf({ blockNumber, transactionHash }: { blockNumber: bigint; transactionHash: Hex }) {
  return { block: Number(blockNumber), transaction: transactionHash };
}

export function factsOfShard({ facts }: Store, shard: Hex): ShardFacts {
  return {
    disjoint: newestOf(facts.disjointOf(shard)),
    absent: newestOf(facts.absentOf(shard)),
    subset: newestOf(facts.subsetOf(shard)),
  };
}

/** What `decontaminated` and `neverTrainedOn` of ILineageAudit answer, from the events. @param benchmark that was chosen */
export function factsOfLineage(store: Store, model: Hex, benchmark: Hex | undefined): LineageFacts {
  const { facts } = store;
  const used = [...shardsUsedBy(model, store.nodeOf)];
  const line = [model, ...store.ancestors(model)].map((id) => store.model(id)?.kind);
  const absent = Map.groupBy(
    used.flatMap((shard) => facts.absentOf(shard)),
    ({ record }) => record,
  );
  const records = [...absent].map(([record, of]) => ({ record, absentFrom: of.length }));
  const disjoint = new Set(used.flatMap((shard) => facts.disjointOf(shard)));
  const asked = benchmark && store.benchmark(benchmark);
  return {
    shards: used.length,
    unread: line.filter((kind) => kind === undefined || kind === 'import' || kind === 'foreign').length,
    ...(asked !== undefined && asked.rows > 0 && { against: pairsOf(store, used, store.shardsOf(asked.id)) }),
    records: newestOf(records),
    disjoint: newestOf([...disjoint].sort((a, b) => a.block - b.block)),
    subset: newestOf(used.flatMap((shard) => facts.subsetOf(shard)).sort((a, b) => a.block - b.block)),
  };
}

function pairsOf({ facts }: Store, used: readonly Hex[], asked: readonly Hex[]) {
  const own = new Set(used);
  const shownOf = (shard: Hex) => {
    const others = new Set(facts.disjointOf(shard).flatMap(({ first, second }) => [first, second]));
    return asked.filter((other) => other !== shard && others.has(other)).length;
  };
  const pairs = used.length * asked.length;
  const shown = used.reduce((sum, shard) => sum + shownOf(shard), 0);
  return { trainedOn: asked.filter((shard) => own.has(shard)).length, pairs, open: pairs - shown };
}
