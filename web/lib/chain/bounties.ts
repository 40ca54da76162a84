// Bounties as their events tell them, and what a claim takes.
import { type Address, type Hex, type PublicClient, parseEventLogs, zeroAddress, zeroHash } from 'viem';
import { bountyBoardAbi } from '../../../src/generated/abi.ts';
import { waysTo } from '../../../src/registry/ways.ts';
import { readTokens } from './credit.ts';
import type { Bounty, BountyView, Evidence } from './moneyTypes.ts';
import type { RawLog } from './scan.ts';
import type { Store } from './store.ts';
import { named } from './trainerCredit.ts';
import type { Result } from './types.ts';

/** Anyone can make bounties; of more, the newest are shown. */
const MOST_SHOWN = 100;
/** Models that are looked at for one that can win. */
const MOST_CANDIDATES = 32;
/** Nodes of an ancestry that a transaction has room for. */
const MOST_ANCESTORS = 400;
/** Units of a regression's result: errors have twice the fraction bits of activations. */
const ERROR_UNIT = 2 ** 18;
/** Of `leastPart`. */
const PART_UNIT = 1e18;

/** Puts the events of bounties into the store. */
export function applyBounties(store: Store, raw: RawLog[]): void {
  for (const log of parseEventLogs({ abi: bountyBoardAbi, logs: raw, strict: true })) {
    const { eventName, args } = log;
    if (eventName === 'Funded') {
      const { id, funder, token, amount, wasSealed, terms } = args;
      const { conditions } = terms;
      store.dealings.addBounty({
        id: id.toString(),
        funder,
        token,
        amount: amount.toString(),
        wasSealed,
        benchmark: terms.benchmark,
        threshold: terms.threshold.toString(),
        deadline: Number(terms.deadline),
        conditions: {
          ...(conditions.ancestor !== zeroHash && {
            ancestor: conditions.ancestor,
            leastPart: Number(conditions.leastPart) / PART_UNIT,
            ...(conditions.mostMerges < 2n ** 32n && { mostMerges: Number(conditions.mostMerges) }),
          }),
          undeclared: conditions.undeclared,
          noForeign: conditions.noForeign,
          ...(conditions.registeredAfter > 0n && { registeredAfter: Number(conditions.registeredAfter) }),
          ...(conditions.registeredBefore > 0n && { registeredBefore: Number(conditions.registeredBefore) }),
          ...(conditions.minimalVersions > 0n && { minimalVersions: true }),
          ...(conditions.disjointFrom !== zeroHash && { disjointFrom: conditions.disjointFrom }),
          ...(conditions.attestedBy !== zeroAddress && { attestedBy: conditions.attestedBy }),
        },
        state: 'open',
        block: Number(log.blockNumber),
      });
    }
    if (eventName === 'Won') store.dealings.endBounty(args.id.toString(), { state: 'won', winner: args.model });
    if (eventName === 'Refunded') store.dealings.endBounty(args.id.toString(), { state: 'refunded' });
  }
}

/** The newest bounties. */
export function newestBounties(store: Store): Bounty[] {
  return store.dealings.bounties.slice(-MOST_SHOWN).reverse();
}

/** Bounties with what a visitor can do about them. @throws the node's error */
export async function readBounties(
  client: PublicClient,
  board: Address,
  store: Store,
  bounties: readonly Bounty[],
): Promise<BountyView[]> {
  if (bounties.length === 0) return [];
  const tokens = [...new Set(bounties.map(({ token }) => token))];
  const [described, { timestamp }, until] = await Promise.all([
    readTokens(client, tokens),
    client.getBlock(),
    client.multicall({
      contracts: bounties.map(
        ({ id }) =>
          ({ address: board, abi: bountyBoardAbi, functionName: 'claimableUntil', args: [BigInt(id)] }) as const,
      ),
      allowFailure: false,
      deployless: true,
    }),
  ]);
  // An idle chain has the time of its last block; the next one will have that of now.
  const now = Math.max(Number(timestamp), Math.floor(Date.now() / 1000));
  return bounties.map((bounty, k): BountyView => {
    const { symbol, decimals } = described[tokens.indexOf(bounty.token)];
    const benchmark = store.benchmark(bounty.benchmark);
    const winner = bounty.winner && store.model(bounty.winner);
    const ancestor = bounty.conditions.ancestor && store.model(bounty.conditions.ancestor);
    const candidate = bounty.state === 'open' ? candidateOf(bounty, store) : undefined;
    return {
      ...bounty,
      symbol,
      decimals,
      until: Number(until[k]),
      over: until[k] < now,
      ...(benchmark && { on: benchmark }),
      ...(winner && { winnerModel: named(winner) }),
      ...(ancestor && { ancestorModel: named(ancestor) }),
      ...(candidate && { candidate }),
    };
  });
}

/** The best model that seems to reach the terms, with what shows it. The contract judges; here is only what the page knows. */
function candidateOf(bounty: Bounty, store: Store): BountyView['candidate'] {
  const results = store
    .resultsOn(bounty.benchmark)
    .filter((result) => reaches(result, Number(bounty.threshold)))
    .sort((a, b) => (b.right ?? 0) - (a.right ?? 0) || (a.error ?? 0) - (b.error ?? 0));
  for (const { model: id } of results.slice(0, MOST_CANDIDATES)) {
    const model = store.model(id);
    const evidence = model && evidenceFor(id, bounty, store);
    if (evidence) return { model: named(model), evidence };
  }
  return undefined;
}

function reaches({ right, error, rows }: Result, threshold: number): boolean {
  return right !== undefined ? right >= threshold : Math.round(error! * rows * ERROR_UNIT) <= threshold;
}

/** What shows that a model meets a bounty's conditions, or undefined where it does not as far as the page knows. */
function evidenceFor(id: Hex, { conditions }: Bounty, store: Store): Evidence | undefined {
  const model = store.model(id)!;
  if (conditions.undeclared && model.declared) return undefined;
  if (conditions.noForeign && model.isForeign) return undefined;
  const { timestamp } = model;
  if (conditions.registeredAfter && timestamp !== undefined && timestamp <= conditions.registeredAfter)
    return undefined;
  if (conditions.registeredBefore && timestamp !== undefined && timestamp >= conditions.registeredBefore)
    return undefined;
  const evidence: Evidence = { steps: [], ancestry: [], registrar: zeroAddress, shardIds: [], uri: '' };
  if (conditions.ancestor) {
    const [steps] = waysTo(id, conditions.ancestor, store.nodeOf, 1).ways;
    if (!steps) return undefined;
    evidence.steps = [...steps];
  }
  if (!conditions.disjointFrom && !conditions.attestedBy) return evidence;
  const ancestry = [id, ...store.ancestors(id)].sort((a, b) => store.place(b) - store.place(a));
  if (ancestry.length > MOST_ANCESTORS) return undefined;
  evidence.ancestry = ancestry;
  if (conditions.disjointFrom) {
    const dataset = store.dataset(conditions.disjointFrom);
    if (!dataset) return undefined;
    const used = new Set(ancestry.flatMap((at) => store.model(at)?.trainings?.map(({ shard }) => shard) ?? []));
    if (dataset.shards.some((shard) => used.has(shard))) return undefined;
    Object.assign(evidence, { registrar: dataset.registrar, shardIds: dataset.shards, uri: dataset.uri });
  }
  return evidence;
}
