'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { Address } from 'viem';
import { type ContractCall, useCall } from '../../../lib/chain/useCall.ts';
import { untilRead } from '../../../lib/chain/useStatus.ts';
import { useWallet } from '../../../lib/chain/useWallet.ts';

/** Sends a call and says what was done once it is in a block. */
export type Act = (call: Omit<ContractCall, 'to' | 'abi'>, done: string) => Promise<void>;

/** What the connected wallet can do at the bounty board. */
export function useBountyAct(to: Address | undefined) {
  const wallet = useWallet();
  const router = useRouter();
  const { state, call, reset } = useCall();
  const [done, setDone] = useState('Done');
  const [round, setRound] = useState(0);
  const connected = wallet.status === 'connected' && !wallet.wrongChain ? wallet.address : undefined;
  const act: Act = async (asked, words) => {
    if (!to) return;
    setDone(words);
    const result = await call({ to, abi: (abis) => abis.bountyBoardAbi, ...asked });
    if (result.phase !== 'confirmed') return;
    await untilRead(result.block);
    router.refresh();
    setRound((known) => known + 1);
  };
  const may = connected !== undefined && state.phase !== 'waiting' && state.phase !== 'submitted';
  return { connected, may, act, state, done, reset, round };
}
