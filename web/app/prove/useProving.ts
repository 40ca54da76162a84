'use client';

import { useEffect, useRef, useState } from 'react';
import type { Address } from 'viem';
import { errorInWords } from '../../lib/chain/errors.ts';
import { useChainConfig } from '../../lib/chain/provider.tsx';
import type { TransactionState, Words } from '../../lib/chain/types.ts';
import { useSeedRequest } from '../../lib/chain/useSeedRequest.ts';
import { useSubmission } from '../../lib/chain/useSubmission.ts';
import { useWallet } from '../../lib/chain/useWallet.ts';
import type { OwnFiles, Plan, Prepared, Progress, ProvedStep } from '../../lib/prover/messages.ts';
import { ProverClient, ProverError } from '../../lib/prover/proverClient.ts';

export type StepName = 'data' | 'seed' | 'train';

export interface StepState {
  phase: 'waiting' | 'ready' | 'asking' | 'proving' | 'proved' | 'sending' | 'done';
  proved?: ProvedStep;
  /** for whom it was proved: nobody else can send it */
  trainer?: Address;
  /** id of what it registers */
  id?: string;
  problem?: Words;
}

export const STEP_ORDER: StepName[] = ['data', 'seed', 'train'];

const START: Record<StepName, StepState> = {
  data: { phase: 'waiting' },
  seed: { phase: 'waiting' },
  train: { phase: 'waiting' },
};

/** Loaded when there is something to read: they bring the curves along. */
const loadReaders = () =>
  Promise.all([import('../../../src/registry/edge.ts'), import('../../../src/registry/ids.ts')]);

/** The whole way from rows to a registered child: what is done, what is next. */
export function useProving() {
  const config = useChainConfig();
  const wallet = useWallet();
  const requestSeed = useSeedRequest();
  const submission = useSubmission();
  const client = useRef<ProverClient>(undefined);
  const [prepared, setPrepared] = useState<Prepared>();
  const [preparing, setPreparing] = useState(false);
  const [problem, setProblem] = useState<Words>();
  const [progress, setProgress] = useState<Progress>();
  const [steps, setSteps] = useState(START);
  useEffect(() => () => client.current?.close(), []);

  const prover = () => {
    client.current ??= new ProverClient(setProgress);
    return client.current;
  };
  const change = (name: StepName, state: Partial<StepState>) =>
    setSteps((before) => ({ ...before, [name]: { ...before[name], ...state } }));

  /** Forgets all that followed from the inputs, because they are others now. */
  const clear = () => {
    setProblem(undefined);
    setPrepared(undefined);
    setSteps(START);
  };
  /** Forgets the proof of the training that nobody has sent: it is of another learning rate. */
  const forgetTraining = () =>
    setSteps((before) => (before.train.phase === 'proved' ? { ...before, train: { phase: 'ready' } } : before));

  const prepare = async (plan: Plan) => {
    setPreparing(true);
    clear();
    try {
      setPrepared(await prover().ask({ kind: 'prepare', plan, base: location.origin }));
      change('data', { phase: 'ready' });
    } catch (error) {
      setProblem(await inWords(error));
    } finally {
      setPreparing(false);
      setProgress(undefined);
    }
  };

  const prove = async (name: StepName, training: { lr: number; batch: number }) => {
    const { address } = wallet;
    if (!address || !prepared) return;
    const origin = { chainId: BigInt(config.chainId), registry: config.registry, trainer: address };
    const { devKeys } = config;
    change(name, { phase: 'proving', problem: undefined });
    try {
      let proved: ProvedStep;
      if (name === 'seed') {
        change(name, { phase: 'asking' });
        const drawn = await requestSeed(prepared.widths, () =>
          setProgress({ stage: 'Waits for the block that decides', memory: 0 }),
        );
        change(name, { phase: 'proving' });
        proved = await prover().ask({ kind: 'seed', origin, devKeys, ...drawn });
      } else if (name === 'data') proved = await prover().ask({ kind: 'data', origin, devKeys });
      else proved = await prover().ask({ kind: 'train', origin, devKeys, ...training });
      const [{ parseEdge }, { resultId }] = await loadReaders();
      change(name, { phase: 'proved', proved, trainer: address, id: resultId(parseEdge(proved.text).statement) });
      await send(name, proved.text);
    } catch (error) {
      change(name, { phase: 'ready', problem: await inWords(error) });
    } finally {
      setProgress(undefined);
    }
  };

  const send = async (name: StepName, text: string) => {
    change(name, { phase: 'sending', problem: undefined });
    const [{ parseEdge }] = await loadReaders();
    const result: TransactionState = await submission.submit(parseEdge(text));
    if (result.phase !== 'confirmed') {
      const words = result.phase === 'failed' ? result.words : { title: 'The transaction was cancelled.' };
      return change(name, { phase: 'proved', problem: words });
    }
    change(name, { phase: 'done' });
    const next = STEP_ORDER[STEP_ORDER.indexOf(name) + 1];
    if (next) change(next, { phase: 'ready' });
  };

  return {
    wallet,
    prepared,
    preparing,
    problem,
    progress,
    steps,
    clear,
    forgetTraining,
    prepare,
    prove,
    send,
    ownFiles: (): Promise<OwnFiles> => prover().ask({ kind: 'files' }),
  };
}

async function inWords(error: unknown): Promise<Words> {
  if (error instanceof ProverError) {
    const { message: title, hint, details } = error;
    return { title, ...(hint && { hint }), ...(details && { details }) };
  }
  return errorInWords(error);
}
