import { type Address, type Hex, zeroAddress } from 'viem';
import { scoreboardAbi } from '../../src/generated/abi.ts';
import type { Chain } from './client.ts';
import { translateErrors } from './readRegistry.ts';

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
