'use client';

import { useEffect, useRef, useState } from 'react';
import type { Address } from 'viem';
import type { AnyShape } from '../../../src/model/anyShape.ts';
import { errorInWords } from '../../lib/chain/errors.ts';
import { useChainConfig } from '../../lib/chain/provider.tsx';
import type { Message, TransactionState } from '../../lib/chain/types.ts';
import { useSeedRequest } from '../../lib/chain/useSeedRequest.ts';
import { useSubmission } from '../../lib/chain/useSubmission.ts';
import { useWallet } from '../../lib/chain/useWallet.ts';
import type { OwnFiles, Plan, Prepared, Progress, ProvedStep, ProverContext } from '../../lib/prover/messages.ts';
import { ProverClient, ProverError } from '../../lib/prover/proverClient.ts';

export type StepName = 'data' | 'seed' | 'train';

export interface StepState {
  phase: 'waiting' | 'ready' | 'asking' | 'proving' | 'proved' | 'sending' | 'done';
  proved?: ProvedStep;
  /** for whom it was proved: nobody else can send it */
  trainer?: Address;
  /** id of what it registers */
  id?: string;
  problem?: Message;
}

export const STEP_ORDER: StepName[] = ['data', 'seed', 'train'];

const START: Record<StepName, StepState> = {
  data: { phase: 'waiting' },
  seed: { phase: 'waiting' },
  train: { phase: 'waiting' },
};

/** For whom a proof is made, and with which kind of keys. */
interface By {
  context: ProverContext;
  devKeys: boolean;
}

interface Training {
  lr: number;
  batch: number;
  passes: number;
  /** as people want it: 0.05 */
  smoothing: number;
}

/** Loaded when there is something to read: they bring the curves along. */
const loadReaders = () =>
  Promise.all([import('../../../src/registry/edge.ts'), import('../../../src/registry/statement.ts')]);

/** The prover, started when it is first asked and ended with the page, and how far it is. */
function useProver() {
  const client = useRef<ProverClient>(undefined);
  const [progress, setProgress] = useState<Progress>();
  useEffect(() => () => client.current?.close(), []);
  const prover = () => {
    client.current ??= new ProverClient(setProgress);
    return client.current;
  };
  return { prover, progress, setProgress };
}

/** How far each step is. */
function useSteps() {
  const [steps, setSteps] = useState(START);
  const change = (name: StepName, state: Partial<StepState>) =>
    setSteps((before) => ({ ...before, [name]: { ...before[name], ...state } }));
  /** Forgets the proof of the training that nobody has sent: it is of another training. */
  const forgetTraining = () =>
    setSteps((before) => (before.train.phase === 'proved' ? { ...before, train: { phase: 'ready' } } : before));
  return { steps, change, restart: () => setSteps(START), forgetTraining };
}

/** What is learned from, once it is prepared. */
function usePreparation(prepareRows: (plan: Plan) => Promise<Prepared>, restart: () => void, onEnd: () => void) {
  const [prepared, setPrepared] = useState<Prepared>();
  const [preparing, setPreparing] = useState(false);
  const [problem, setProblem] = useState<Message>();
  /** Forgets all that followed from the inputs, because they are others now. */
  const clear = () => {
    setProblem(undefined);
    setPrepared(undefined);
    restart();
  };
  const prepare = async (plan: Plan) => {
    setPreparing(true);
    clear();
    try {
      setPrepared(await prepareRows(plan));
    } catch (error) {
      setProblem(await inWords(error));
    } finally {
      setPreparing(false);
      onEnd();
    }
  };
  return { prepared, preparing, problem, clear, prepare };
}

/** The whole way from rows to a registered child: what is done, what is next. */
export function useProving() {
  const config = useChainConfig();
  const wallet = useWallet();
  const requestSeed = useSeedRequest();
  const submission = useSubmission();
  const { prover, progress, setProgress } = useProver();
  const { steps, change, restart, forgetTraining } = useSteps();
  const prepareRows = async (plan: Plan) => {
    const prepared = await prover().ask({ kind: 'prepare', plan, base: location.origin });
    change('data', { phase: 'ready' });
    return prepared;
  };
  const { prepared, preparing, problem, clear, prepare } = usePreparation(prepareRows, restart, () =>
    setProgress(undefined),
  );

  const makeProof = async (name: StepName, shape: AnyShape, by: By, training: Training): Promise<ProvedStep> => {
    if (name === 'data') return prover().ask({ kind: name, ...by });
    if (name === 'train') return prover().ask({ kind: name, ...by, ...training });
    change(name, { phase: 'asking' });
    const drawn = await requestSeed(shape, () => setProgress({ stage: 'Waits for the block that decides', memory: 0 }));
    change(name, { phase: 'proving' });
    return prover().ask({ kind: name, ...by, ...drawn });
  };

  const prove = async (name: StepName, training: Training) => {
    const { address } = wallet;
    if (!address || !prepared) return;
    const context = { chainId: BigInt(config.chainId), registry: config.registry, trainer: address };
    const { devKeys } = config;
    change(name, { phase: 'proving', problem: undefined });
    try {
      const proved = await makeProof(name, prepared.shape, { context, devKeys }, training);
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
    const result: TransactionState = await submission.submit({ edge: parseEdge(text) });
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

async function inWords(error: unknown): Promise<Message> {
  if (error instanceof ProverError) {
    const { message: title, hint, details } = error;
    return { title, ...(hint && { hint }), ...(details && { details }) };
  }
  return errorInWords(error);
}
