import { type Address, type Hex, hexToBytes, parseEventLogs, zeroAddress } from 'viem';
import { modelRegistryAbi, scoreboardAbi } from '../../src/generated/abi.ts';
import { type AnyShape, decodeAnyShape } from '../../src/model/anyShape.ts';
import { countsOf, countsSum } from '../../src/model/measures.ts';
import type { Chain } from './client.ts';
import { readLogs } from './readLogs.ts';
import { registryOf } from './readPlaces.ts';
import { translateErrors } from './readRegistry.ts';
import { readBoardLogs } from './readScoreboard.ts';

/** The best of everything that was proved of a model on a shard; undefined where nothing of the kind was. */
export interface KnownMeasures {
  result: bigint | undefined;
  loss: bigint | undefined;
  absolute: bigint | undefined;
  /** 0 where nothing was proved. */
  top: bigint;
  counted: bigint;
}

/** What the scoreboard has of a model on a shard, with k places counted as top. @throws DescentError (chain) */
export async function readMeasures(
  { client }: Chain,
  scoreboard: Address,
  { model, shard, k }: { model: Hex; shard: Hex; k: number },
): Promise<KnownMeasures> {
  return translateErrors(async () => {
    const call = { address: scoreboard, abi: scoreboardAbi } as const;
    const [result, measures, top] = await Promise.all([
      client.readContract({ ...call, functionName: 'resultOf', args: [model, shard] }),
      client.readContract({ ...call, functionName: 'measuresOf', args: [model, shard] }),
      client.readContract({ ...call, functionName: 'topOf', args: [model, shard, BigInt(k)] }),
    ]);
    return {
      result: result.prover === zeroAddress ? undefined : result.value,
      loss: measures.hasLoss ? measures.loss : undefined,
      absolute: measures.hasAbsolute ? measures.absolute : undefined,
      top,
      counted: measures.counted,
    };
  });
}

/** Sums over the shards of a benchmark of what was proved of a model on each of them. */
export interface SummedMeasures {
  shape: AnyShape;
  /** As in Measures; undefined where it was not proved on every shard. */
  loss: bigint | undefined;
  absolute: bigint | undefined;
  /** Rows among the top k, by k, where it was proved on every shard. */
  tops: Map<number, bigint>;
  /** Classes: rows of label i taken for class j, label by label; labels: rows with label j right. */
  counts: number[] | undefined;
}

/** The best parts of all scores of one model on one shard. */
interface Best {
  loss: bigint;
  absolute: bigint;
  tops: Map<number, bigint>;
  counts: Uint16Array | null;
}

/** What was proved of every model on all of these shards, by the model's id. @throws DescentError (chain) */
export async function sumMeasures(
  chain: Chain,
  scoreboard: Address,
  shards: readonly Hex[],
): Promise<Map<Hex, SummedMeasures>> {
  return translateErrors(async () => {
    const shapes = await readShapes(chain, await registryOf(chain, scoreboard));
    const logs = await readBoardLogs(chain, scoreboard);
    const proved = parseEventLogs({ abi: scoreboardAbi, logs, eventName: 'Measured', args: { shard: [...shards] } });
    const found = new Map<Hex, Map<Hex, Best>>();
    for (const { args } of proved) {
      const ofModel = found.get(args.model) ?? new Map<Hex, Best>();
      const { loss, absolute, k, top } = args;
      const counts = countsOf(hexToBytes(args.counts));
      const known = ofModel.get(args.shard) ?? { loss, absolute, tops: new Map<number, bigint>(), counts };
      const tops = known.tops.set(Number(k), max(top, known.tops.get(Number(k)) ?? 0n));
      const isMore = countsSum(counts) > countsSum(known.counts);
      ofModel.set(args.shard, {
        loss: loss < known.loss ? loss : known.loss,
        absolute,
        tops,
        counts: isMore ? counts : known.counts,
      });
      found.set(args.model, ofModel);
    }
    const sums = new Map<Hex, SummedMeasures>();
    for (const [model, bests] of found) {
      const shape = shapes.get(model);
      if (shape !== undefined && bests.size === shards.length) sums.set(model, sumOf([...bests.values()], shape));
    }
    return sums;
  });
}

function sumOf(bests: readonly Best[], shape: AnyShape): SummedMeasures {
  const [first, ...rest] = bests;
  const tops = new Map<number, bigint>();
  for (const [k, top] of first.tops) {
    if (k === 0 || rest.some((best) => !best.tops.has(k))) continue;
    tops.set(
      k,
      rest.reduce((sum, best) => sum + best.tops.get(k)!, top),
    );
  }
  const sum = (of: 'loss' | 'absolute') => bests.reduce((total, best) => total + best[of], 0n);
  const hasCounts = bests.every(({ counts }) => counts !== null);
  return {
    shape,
    loss: shape.head === 'squared error' ? undefined : sum('loss'),
    absolute: sum('absolute'),
    tops,
    counts: hasCounts
      ? [...first.counts!].map((_, i) => bests.reduce((total, { counts }) => total + counts![i], 0))
      : undefined,
  };
}

/** The shapes of all models of a registry. */
async function readShapes(chain: Chain, registry: Address): Promise<Map<Hex, AnyShape>> {
  const logs = await readLogs(chain, registry, { registry });
  const registered = parseEventLogs({ abi: modelRegistryAbi, logs, eventName: 'ModelRegistered' });
  return new Map(registered.map(({ args }) => [args.id, decodeAnyShape(args.shape)]));
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
