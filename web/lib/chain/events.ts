import { type Address, type Hex, hexToBytes, isAddressEqual, parseEventLogs } from 'viem';
import { modelRegistryAbi, scoreboardAbi } from '../../../src/generated/abi.ts';
import { decodeAnyShape } from '../../../src/model/anyShape.ts';
import { countsOf } from '../../../src/model/measures.ts';
import { decodeShard } from '../../../src/model/shape.ts';
import { methodText } from '../../../src/model/sparse/methodText.ts';
import { NODE_KINDS } from '../../../src/registry/programs/list.ts';
import { rulesInWords } from '../../../src/registry/rules.ts';
import { drawnShape } from '../drawnShape.ts';
import { ether } from '../format.ts';
import { trainingOf } from '../training.ts';
import { applyAudit, applyInferences } from './audits.ts';
import { applyBounties } from './bounties.ts';
import { applyCards } from './cards.ts';
import { applyVault } from './credit.ts';
import { applyAttestations, applyDatasets } from './datasets.ts';
import type { RawLog } from './scan.ts';
import { applyStatuses } from './statuses.ts';
import type { NewModel, Store } from './store.ts';
import type { ChainConfig } from './types.ts';

type Registered = Omit<NewModel, 'seed' | 'parents'> & Partial<Pick<NewModel, 'parents'>>;

/** Units of a regression's result: errors have twice the fraction bits of activations. */
const ERROR_UNIT = 2 ** 18;
/** Units of a merge's coefficients. */
const COEFFICIENT_UNIT = 2 ** 14;

/**
 * Puts a chunk of logs into the store. Logs of one transaction must be in one chunk, which chunks of whole blocks
 * ensure. Unknown events are left alone: later contracts may have more of them.
 */
export function applyLogs(store: Store, config: ChainConfig, raw: RawLog[]): void {
  // In the order of the chain: results refer to models of the same chunk.
  for (let first = 0; first < raw.length; ) {
    const { address } = raw[first];
    let last = first + 1;
    while (last < raw.length && raw[last].address === address) last++;
    const run = raw.slice(first, last);
    const is = (contract: Address | undefined) => contract !== undefined && isAddressEqual(address, contract);
    if (is(config.registry)) applyRegistry(store, run);
    else if (is(config.datasets)) applyDatasets(store, run);
    else if (is(config.scoreboard)) applyScoreboard(store, run);
    else if (is(config.cards)) applyCards(store, run);
    else if (is(config.creditVault)) applyVault(store, run);
    else if (is(config.bountyBoard)) applyBounties(store, run);
    else if (is(config.statuses)) applyStatuses(store, run);
    else if (is(config.attestations)) applyAttestations(store, run);
    else if (is(config.inferences)) applyInferences(store, run);
    else if (is(config.audit)) applyAudit(store, run);
    first = last;
  }
}

function applyRegistry(store: Store, raw: RawLog[]): void {
  const logs = parseEventLogs({ abi: modelRegistryAbi, logs: raw, strict: true });
  let waiting: Registered | undefined;
  const finish = (id: Hex | undefined, rest: Partial<NewModel>) => {
    if (!waiting || (id !== undefined && waiting.id !== id)) return;
    store.addModel({ parents: [], ...waiting, ...rest });
    waiting = undefined;
  };
  for (const log of logs) {
    const where = { block: Number(log.blockNumber), transaction: log.transactionHash };
    switch (log.eventName) {
      case 'ModelRegistered': {
        const { id, trainer, kind, depth, shape, commitment } = log.args;
        // A node whose making this page does not know stands by itself.
        finish(undefined, {});
        const known = NODE_KINDS[kind];
        if (known === undefined || known === 'none') break;
        waiting = {
          id,
          kind: known,
          trainer,
          depth: Number(depth),
          ...drawnShape(decodeAnyShape(shape)),
          shape: `0x${shape.toString(16)}`,
          commitment: commitment.map(({ x, y }) => ({ x: hex(x), y: hex(y) })),
          ...where,
        };
        break;
      }
      case 'Seeded':
        finish(log.args.id, { seed: { requestId: log.args.requestId.toString(), seed: hex(log.args.seed) } });
        break;
      case 'Declared':
        finish(log.args.id, { source: { sha256: log.args.source } });
        break;
      case 'Trained': {
        const { child, parent, shard, learningRate, batch, passes, smoothing } = log.args;
        if (waiting?.id !== child) break;
        const rows = store.shard(shard)?.rows ?? 0;
        const numbers = {
          learningRate: Number(learningRate),
          batch: Number(batch),
          passes: Number(passes),
          smoothing: Number(smoothing),
        };
        // One event for each segment: the node is whole when something else follows.
        waiting.parents = [{ id: parent }];
        waiting.trainings = [...(waiting.trainings ?? []), trainingOf(shard, rows, numbers)];
        break;
      }
      case 'Merged': {
        const { child, parents, coefficients } = log.args;
        if (waiting?.id !== child) break;
        // A sparse merge says its method in an event of its own, which follows.
        const parts = parents.map((id, k) => ({ id, coefficients: coefficients.map((layer) => layer[k]) }));
        waiting.parents = parts.map((part) => ({ ...part, weight: weightOf(part.coefficients) }));
        break;
      }
      case 'MergedSparsely': {
        const { child, method } = log.args;
        if (waiting?.id !== child || waiting.parents === undefined) break;
        finish(child, { method: methodText(method, waiting.parents.length - 1) });
        break;
      }
      case 'Foreign': {
        const { child, program, adapter, parents } = log.args;
        finish(child, { parents: parents.map((id) => ({ id })), foreign: { program: program.toString(), adapter } });
        break;
      }
      case 'ShardRegistered': {
        const { id, owner, descriptor } = log.args;
        store.addShard({ id, owner, ...decodeShard(descriptor), ...where });
        break;
      }
    }
  }
  finish(undefined, {});
}

function applyScoreboard(store: Store, raw: RawLog[]): void {
  const logs = parseEventLogs({ abi: scoreboardAbi, logs: raw, strict: true });
  for (const log of logs) {
    const where = { block: Number(log.blockNumber), transaction: log.transactionHash };
    switch (log.eventName) {
      case 'BenchmarkSealed': {
        const { id, dataset, closingBlock, sealer, openBy, bond } = log.args;
        const sealed = {
          closingBlock: Number(closingBlock),
          opened: false,
          openBy: Number(openBy),
          bond: bond.toString(),
          burned: false,
        };
        const rules = rulesInWords(log.args.rules, (wei) => ether(wei.toString()));
        store.addBenchmark({ id, dataset, uri: '', rows: 0, kind: 'classes', by: sealer, sealed, rules }, []);
        break;
      }
      case 'BenchmarkOpened': {
        const { id, opener, dataset, shardIds } = log.args;
        const sealed = store.benchmark(id)?.sealed;
        const shards = shardIds.map((shard) => store.shard(shard)).filter((shard) => shard !== undefined);
        // Without the events of its shards, its rows and what its numbers mean are not known; nor is it closed any more.
        if (shards.length < shardIds.length) {
          store.dropBenchmark(id);
          break;
        }
        const listed = store.dataset(dataset);
        const opened = {
          id,
          dataset,
          uri: listed?.uri ?? '',
          rows: shards.reduce((sum, { rows }) => sum + rows, 0),
          kind: shards[0].kind,
          by: opener,
          rules: rulesInWords(log.args.rules, (wei) => ether(wei.toString())),
          ...(sealed && { sealed: { ...sealed, opened: true } }),
        };
        store.addBenchmark(opened, shardIds);
        break;
      }
      case 'BondBurned': {
        const known = store.benchmark(log.args.id);
        if (known?.sealed) store.changeBenchmark(known.id, { sealed: { ...known.sealed, burned: true } });
        break;
      }
      case 'Scored': {
        const { model, shard, modelSchema, shardSchema } = log.args;
        store.addSchemas(model, shard, { model: modelSchema, shard: shardSchema });
        break;
      }
      case 'Measured': {
        const { model, shard, loss, absolute, k, top, counts } = log.args;
        store.addMeasures(model, shard, { loss, absolute, k: Number(k), top, counts: countsOf(hexToBytes(counts)) });
        break;
      }
      case 'Ranked': {
        const { benchmark: id, model, ranker, value } = log.args;
        const benchmark = store.benchmark(id);
        if (!benchmark || !store.model(model)) break;
        const { rows, kind } = benchmark;
        const result = kind === 'regression' ? { error: Number(value) / ERROR_UNIT / rows } : { right: Number(value) };
        store.addScore({ model, benchmark: id, rows, prover: ranker, ...result, ...where });
        break;
      }
    }
  }
}

/** A parent's weight in a merge; layers may differ. */
function weightOf(coefficients: readonly number[]): string {
  const weights = coefficients.map((coefficient) => (coefficient / COEFFICIENT_UNIT).toFixed(3).replace(/\.?0+$/, ''));
  return new Set(weights).size === 1 ? weights[0] : weights.join(', ');
}

function hex(value: bigint): string {
  return `0x${value.toString(16).padStart(64, '0')}`;
}
