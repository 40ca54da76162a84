'use client';

import { useEffect, useState } from 'react';
import type { Address, Hex, PublicClient } from 'viem';
import { useSendTransaction } from 'wagmi';
import { gasLimit } from '../../../src/registry/gas.ts';
import { fateInWords } from '../fateWords.ts';
import { errorInWords } from './errors.ts';
import { useChainConfig } from './provider.tsx';
import type { About, Fate } from './sentTypes.ts';
import type { TransactionState } from './types.ts';
import { useNode } from './useNode.ts';

/** What the wallet is asked to sign, and what for. */
export interface Call {
  chainId: number;
  account: Address;
  to: Address;
  data: Hex;
  /** in wei */
  value?: bigint;
  about: About;
}

/** What remembers transactions: loaded with the first, since a first picture has none. */
const loadMemory = () => import('./sent.ts');

/** What a call may spend, at the newest block. @throws DescentError where that is more than a transaction or a block has */
export async function gasOf(client: PublicClient, { account, to, data, value = 0n }: Omit<Call, 'about' | 'chainId'>) {
  const [estimate, block] = await Promise.all([client.estimateGas({ account, to, data, value }), client.getBlock()]);
  return { estimate, limit: gasLimit(estimate, block.gasLimit), block: block.number };
}

/**
 * Sends a call with the connected wallet, remembers the transaction and follows it to its end.
 * @param makes id of what is to be registered: a transaction that registers it already is followed instead
 */
export function useTransaction(makes?: Hex) {
  const config = useChainConfig();
  const node = useNode();
  const { mutateAsync: sendTransaction } = useSendTransaction();
  const [state, show] = useState<TransactionState>({ phase: 'idle' });

  /** Shows how a transaction is going until the chain tells what became of it. */
  const follow = async (hash: Hex): Promise<TransactionState> => {
    const { untilKnown, notice } = await loadMemory();
    show({ phase: 'submitted', hash });
    const end = stateOf(hash, await untilKnown(hash));
    if (end.phase === 'confirmed' || end.phase === 'cancelled' || end.phase === 'failed') notice([hash]);
    show(end);
    return end;
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: what was sent before is looked up once
  useEffect(() => {
    if (!makes) return;
    void loadMemory().then(({ allSent, isSentHere }) => {
      const before = allSent().find(
        (sent) => sent.makes === makes && sent.fate.phase === 'submitted' && isSentHere(sent, config),
      );
      if (before) void follow(before.hash);
    });
  }, [makes]);

  /** @param build makes the call, which may have to be loaded first @returns the state it ended in */
  const send = async (build: () => Promise<Call>): Promise<TransactionState> => {
    show({ phase: 'waiting' });
    try {
      const { about, ...call } = await build();
      const { chainId, account, to, data, value = 0n } = call;
      const client = await node();
      // Where a wallet estimates nothing, it may put a block's gas, which no transaction may have.
      const { limit: gas, block } = await gasOf(client, call);
      const hash = await sendTransaction({ chainId, account, to, data, value, gas });
      const { rememberCall } = await loadMemory();
      await rememberCall({ hash, ...call, registry: config.registry, since: Number(block) }, about);
      return await follow(hash);
    } catch (error) {
      const failed: TransactionState = { phase: 'failed', words: await errorInWords(error) };
      show(failed);
      return failed;
    }
  };

  return { state, send, reset: () => show({ phase: 'idle' }) };
}

/** @param fate undefined where somebody made the browser forget it */
function stateOf(hash: Hex, fate: Fate | undefined): TransactionState {
  switch (fate?.phase) {
    case undefined:
    case 'submitted':
      return { phase: 'idle' };
    case 'confirmed': {
      const { replaced, ...rest } = fate;
      return { ...rest, ...(replaced && { replaced: hash }) };
    }
    case 'cancelled':
      return { phase: 'cancelled', hash: fate.hash };
    case 'reverted':
      return { phase: 'failed', words: fateInWords(fate), hash: fate.hash };
    case 'dropped':
    case 'superseded':
      return { phase: 'failed', words: fateInWords(fate), hash };
  }
}
