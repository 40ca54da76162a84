'use client';

import { useCallback } from 'react';
import { type Address, type Hex, zeroAddress } from 'viem';
import { useChainConfig } from './provider.tsx';
import { useNode } from './useNode.ts';

/** What the chain may have: a model, a shard, or a score that somebody proved. */
export type Registrable =
  | { what: 'model' | 'shard'; id: Hex }
  | { what: 'score'; model: Hex; shard: Hex; prover: Address | undefined };

/** Asks the node whether registry or scoreboard have it. The answer fails where the node does not give one. */
export function useRegistered(): (thing: Registrable) => Promise<boolean> {
  const { registry, scoreboard } = useChainConfig();
  const node = useNode();
  return useCallback(
    async (thing) => {
      const [{ modelRegistryAbi, scoreboardAbi }, client] = await Promise.all([
        import('../../../src/generated/abi.ts'),
        node(),
      ]);
      if (thing.what === 'score') {
        if (!scoreboard) return false;
        const call = { address: scoreboard, abi: scoreboardAbi, args: [thing.model, thing.shard] } as const;
        const { prover } = await client.readContract({ ...call, functionName: 'resultOf' });
        return prover === thing.prover;
      }
      const call = { address: registry, abi: modelRegistryAbi, args: [thing.id] } as const;
      const owner =
        thing.what === 'model'
          ? await client.readContract({ ...call, functionName: 'trainerOf' })
          : (await client.readContract({ ...call, functionName: 'shard' })).owner;
      return owner !== zeroAddress;
    },
    [registry, scoreboard, node],
  );
}
