'use client';

import { useEffect } from 'react';
import type { Hex } from 'viem';
import { Notice } from '../../components/Notice.tsx';
import { Transaction } from '../../components/Transaction.tsx';
import { useChainConfig } from '../../lib/chain/provider.tsx';
import { carryProblem, useCarry, useCarryPreflight } from '../../lib/chain/useCarry.ts';
import { useWallet } from '../../lib/chain/useWallet.ts';
import type { ReadFile } from '../../lib/readFile.ts';
import type { SignedFile } from '../../lib/signedFile.ts';
import { NextAct } from './NextAct.tsx';

interface Props {
  signed: SignedFile;
  /** the edge or run that was signed, the id of what it registers, and the page of that */
  file?: ReadFile;
  id?: Hex;
  page?: string;
  verified: boolean;
  silent: boolean;
  onAsking(asking: boolean): void;
}

/** Carries a signed file: any wallet may pay for it. */
export function SendSigned({ signed, file, id, page, verified, silent, onAsking }: Props) {
  const config = useChainConfig();
  const wallet = useWallet();
  const { data: preflight } = useCarryPreflight(signed, wallet.address, silent);
  const { state, carry, reset } = useCarry(signed, file, id);
  const asking = state.phase === 'waiting';
  useEffect(() => {
    onAsking(asking);
    return () => onAsking(false);
  }, [asking, onAsking]);
  const problem = carryProblem(signed, config);
  if (problem) return <Notice words={problem} />;
  if (state.phase !== 'idle') {
    const done = file ? 'Registered' : 'Done';
    return <Transaction state={state} done={done} page={page} explorer={config.explorer} onAgain={reset} />;
  }
  return (
    <NextAct
      wallet={wallet}
      preflight={preflight}
      silent={silent}
      verified={verified}
      onSend={() => void carry(wallet.address!)}
    />
  );
}
