'use client';

import { useEffect, useRef, useState } from 'react';
import type { Address } from 'viem';
import { RATE_BITS } from '../../../src/numbers/constants.ts';
import { errorInWords } from '../../lib/chain/errors.ts';
import { useChainConfig } from '../../lib/chain/provider.tsx';
import type { ChainConfig, Message, TransactionState } from '../../lib/chain/types.ts';
import { type Registrable, useRegistered } from '../../lib/chain/useRegistered.ts';
import { useSeedRequest } from '../../lib/chain/useSeedRequest.ts';
import { useSubmission } from '../../lib/chain/useSubmission.ts';
import { useWallet } from '../../lib/chain/useWallet.ts';
import {
  FILE,
  type KeptStep,
  newWork,
  type Settings,
  saveFiles,
  type Work,
  withoutStep,
} from '../../lib/prover/keptWork.ts';
import type { Plan, ProvedStep, ProverContext, StepName } from '../../lib/prover/messages.ts';
import { ProverError } from '../../lib/prover/proverClient.ts';
import { useKeptWork } from './useKeptWork.ts';
import { useProver } from './useProver.ts';

export type Phase = 'waiting' | 'ready' | 'asking' | 'proving' | 'proved' | 'sending' | 'done';

/** What runs now. */
interface Activity {
  step: StepName | 'prepare';
  phase: Phase;
  /** of a training the segment, from 1 */
  segment?: number;
}

interface Trouble {
  step: Activity['step'];
  words: Message;
}

/** For whom a proof is made, and with which kind of keys. */
interface By {
  context: ProverContext;
  devKeys: boolean;
}

type Kept = ReturnType<typeof useKeptWork>;
type Now = ReturnType<typeof useActivity>;

/** Rows of one gradient step. */
const BATCH = 8;

/** Loaded when there is something to read: they bring the curves along. */
async function loadReaders() {
  const [{ readFile }, { resultId }, { formatRun, isTrainEdge }] = await Promise.all([
    import('../../lib/readFile.ts'),
    import('../../../src/registry/statement.ts'),
    import('../../../src/registry/edgeRun.ts'),
  ]);
  return { readFile, resultId, formatRun, isTrainEdge };
}

/** How far a step is. */
export function phaseOf(work: Work | undefined, name: StepName, activity: Activity | undefined): Phase {
  if (activity?.step === name) return activity.phase;
  if (!work) return 'waiting';
  const step = work.steps[name];
  if (step?.done) return 'done';
  if (step?.whole) return 'proved';
  const { steps } = work.prepared;
  return steps.slice(0, steps.indexOf(name)).every((before) => work.steps[before]?.done) ? 'ready' : 'waiting';
}

/** What runs now and what went wrong. */
function useActivity(onEnd: () => void) {
  const [activity, setActivity] = useState<Activity>();
  const [trouble, setTrouble] = useState<Trouble>();
  /** Runs something; what goes wrong is said where it was begun. */
  const during = async (step: Activity['step'], work: () => Promise<void>) => {
    setTrouble(undefined);
    try {
      await work();
    } catch (error) {
      setTrouble({ step, words: await inWords(error) });
    } finally {
      setActivity(undefined);
      onEnd();
    }
  };
  return { activity, setActivity, trouble, setTrouble, during };
}

/** The whole way from rows to what is registered: what is done, what is next. */
export function useProving() {
  const wallet = useWallet();
  const kept = useKeptWork();
  const prover = useProver();
  const { progress, setProgress } = prover;
  const now = useActivity(() => setProgress(undefined));
  const prepare = usePreparing(kept, prover, now);
  const { send, sendNow } = useSending(kept, now);
  const prove = useProofs(kept, prover, now, sendNow);
  useChainsWord(kept);

  const clear = () => {
    now.setTrouble(undefined);
    return kept.change(undefined);
  };
  /** Takes other settings of a training of which nothing is proved. */
  const setTraining = (settings: Partial<Settings>) => {
    const work = kept.latest();
    if (work) void kept.change({ ...work, settings: { ...work.settings, ...settings } });
  };
  /** Gives up a training that is proved and not sent. */
  const forgetTraining = () => {
    const work = kept.latest();
    now.setTrouble(undefined);
    if (work) void kept.change(withoutStep(work, 'train'));
  };
  const save = async () => {
    const work = kept.latest();
    if (!work) return;
    saveFiles(ownFiles(work));
    await kept.change({ ...work, saved: true });
  };
  const { activity, trouble } = now;
  return { wallet, kept, activity, trouble, progress, clear, prepare, prove, send, setTraining, forgetTraining, save };
}

/** Makes rows and ids of what the form says. */
function usePreparing(kept: Kept, { prepare }: ReturnType<typeof useProver>, { during, setActivity }: Now) {
  const config = useChainConfig();
  const registered = useRegistered();
  return (plan: Plan, settings: Settings) =>
    during('prepare', async () => {
      setActivity({ step: 'prepare', phase: 'proving' });
      await kept.change(undefined);
      const made = await prepare(plan);
      const { model, shard } = made.prepared;
      if (model && !(await registered({ what: 'model', id: model }))) throw unknownModel(model);
      const work = newWork(config, { ...made, settings });
      const known = plan.source.kind === 'shard' && (await registered({ what: 'shard', id: shard }));
      const data: KeptStep = { edges: [], whole: true, done: true, id: shard, seconds: 0 };
      await kept.change(known ? { ...work, steps: { data } } : work);
    });
}

/** Proves a step and sends it; each proof is kept before anything else happens. */
function useProofs(
  kept: Kept,
  { withWork, setProgress }: ReturnType<typeof useProver>,
  { during, setActivity }: Now,
  sendNow: (name: StepName) => Promise<void>,
) {
  const config = useChainConfig();
  const { address: trainer } = useWallet();
  const requestSeed = useSeedRequest();

  const makeProof = async (work: Work, name: StepName, by: By): Promise<ProvedStep> => {
    const prover = await withWork(work);
    if (name === 'train') {
      const first = work.steps.train === undefined;
      return prover.ask({ kind: name, first, ...by, ...trainingOf(work.settings) });
    }
    if (name !== 'seed') return prover.ask({ kind: name, ...by });
    setActivity({ step: name, phase: 'asking' });
    const drawn = await requestSeed(work.prepared.shape, () =>
      setProgress({ stage: 'Waits for the block that decides', memory: 0 }),
    );
    setActivity({ step: name, phase: 'proving' });
    return prover.ask({ kind: name, ...by, ...drawn });
  };

  return (name: StepName) =>
    during(name, async () => {
      const begun = kept.latest();
      if (!trainer || !begun) return;
      const by = { context: contextOf(config, name, trainer), devKeys: config.devKeys };
      // What was proved for another account does not count for this one.
      let work = begun.steps[name]?.trainer === trainer ? begun : withoutStep(begun, name);
      do {
        const segment = (work.steps[name]?.edges.length ?? 0) + 1;
        setActivity({ step: name, phase: 'proving', ...(name === 'train' && { segment }) });
        work = await withProof(work, name, trainer, await makeProof(work, name, by));
        await kept.change(work);
      } while (!work.steps[name]?.whole);
      await sendNow(name);
    });
}

/** Sends what is proved. */
function useSending(kept: Kept, { during, setActivity, setTrouble }: Now) {
  const registered = useRegistered();
  const submission = useSubmission();
  const sendNow = async (name: StepName) => {
    setActivity({ step: name, phase: 'sending' });
    const work = kept.latest();
    const step = work?.steps[name];
    if (!step) return;
    const { readFile } = await loadReaders();
    const result: TransactionState = await submission.submit(readFile(work.files[step.edges[0]] as string));
    if (result.phase !== 'confirmed') {
      const words = result.phase === 'failed' ? result.words : { title: 'The transaction was cancelled.' };
      return setTrouble({ step: name, words });
    }
    await markDone(kept, name, true);
  };
  /** The same later: an earlier transaction may have arrived meanwhile. */
  const send = (name: StepName) =>
    during(name, async () => {
      setActivity({ step: name, phase: 'sending' });
      const work = kept.latest();
      const step = work?.steps[name];
      if (!step) return;
      const known = await registered(resultOf(work, name, step));
      await (known ? markDone(kept, name, true) : sendNow(name));
    });
  return { send, sendNow };
}

/** After a reload: what the chain has is done, and what it has not can be sent again. */
function useChainsWord(kept: Kept): void {
  const registered = useRegistered();
  const { restored } = kept;
  const current = useRef(kept);
  current.current = kept;
  useEffect(() => {
    if (!restored) return;
    for (const name of ['data', 'seed', 'train', 'score'] as const) {
      const work = current.current.latest();
      const step = work?.steps[name];
      // A shard of a file that was registered before has no proof here.
      if (!step?.whole || step.edges.length === 0) continue;
      registered(resultOf(work!, name, step)).then(
        (done) => markDone(current.current, name, done),
        // The node does not answer: what was known stays.
        () => {},
      );
    }
  }, [restored, registered]);
}

/** What the chain has once a step is done. */
function resultOf({ prepared: { model, shard } }: Work, name: StepName, { id, trainer }: KeptStep): Registrable {
  if (name === 'score' && model) return { what: name, model, shard, prover: trainer };
  return { what: name === 'data' ? 'shard' : 'model', id };
}

async function markDone(kept: Kept, name: StepName, done: boolean): Promise<void> {
  const work = kept.latest();
  const step = work?.steps[name];
  if (!work || !step || step.done === done) return;
  await kept.change({ ...work, steps: { ...work.steps, [name]: { ...step, done } } });
}

/** A work with one more proof: of a training in segments all become one run with the last. */
async function withProof(work: Work, name: StepName, trainer: Address, proved: ProvedStep): Promise<Work> {
  const { readFile, resultId, formatRun, isTrainEdge } = await loadReaders();
  const { segments } = work.settings;
  const before = work.steps[name];
  const count = (before?.edges.length ?? 0) + 1;
  const whole = name !== 'train' || count === segments;
  const file = name === 'train' && segments > 1 ? `train.${count}.edge.json` : `${name}.edge.json`;
  let files: Work['files'] = { ...work.files, [file]: proved.text };
  if (proved.weights) files[name === 'seed' ? FILE.start : FILE.now] = proved.weights;
  let edges = [...(before?.edges ?? []), file];
  if (whole && edges.length > 1) {
    const all = edges.map((one) => readFile(files[one] as string).edge).filter(isTrainEdge);
    const text = formatRun({ edges: all, keep: all.map((_, k) => k === all.length - 1) });
    files = Object.fromEntries(Object.entries(files).filter(([one]) => !edges.includes(one)));
    edges = ['train.run.json'];
    files[edges[0]] = text;
  }
  const id = resultId(readFile(proved.text).edge.statement);
  const seconds = (before?.seconds ?? 0) + proved.seconds;
  const { measured } = proved;
  const step: KeptStep = {
    edges,
    whole,
    done: false,
    trainer,
    id,
    seconds,
    ...(measured !== undefined && { measured }),
  };
  return { ...work, files, steps: { ...work.steps, [name]: step }, saved: false };
}

/** Files that the visitor has not anyway. */
function ownFiles({ files, settings }: Work): Work['files'] {
  const given: string[] = [
    ...(settings.goal === 'new' ? [] : [FILE.start]),
    ...(settings.source === 'shard' ? [FILE.shard] : []),
  ];
  return Object.fromEntries(Object.entries(files).filter(([name]) => !given.includes(name)));
}

function trainingOf({ rate, passes, smoothing }: Settings) {
  return { batch: BATCH, lr: Math.round((rate * 2 ** RATE_BITS) / BATCH), passes, smoothing };
}

/** The contract that takes the proof. @throws ProverError where a score has none */
function contextOf(config: ChainConfig, name: StepName, trainer: Address): ProverContext {
  const { chainId, registry, scoreboard } = config;
  const taker = name === 'score' ? scoreboard : registry;
  if (!taker) throw new ProverError({ title: 'This page shows no scoreboard, which takes scores.' });
  return { chainId: BigInt(chainId), registry: taker, trainer };
}

function unknownModel(id: string): ProverError {
  return new ProverError({
    title: 'The registry does not know the model of this weights file.',
    hint: 'Choose the file of a registered model, with the salt that it was registered with, or register it first.',
    details: `Weights and salt of the file commit to the model ${id}.`,
  });
}

async function inWords(error: unknown): Promise<Message> {
  if (error instanceof ProverError) {
    const { message: title, hint, details } = error;
    return { title, ...(hint && { hint }), ...(details && { details }) };
  }
  return errorInWords(error);
}
