'use client';

import Link from 'next/link';
import { useState } from 'react';
import { RATE_BITS } from '../../../src/numbers/constants.ts';
import { NodeNote } from '../../components/NodeNote.tsx';
import { Notice } from '../../components/Notice.tsx';
import { useChainConfig } from '../../lib/chain/provider.tsx';
import { useNodeTrouble } from '../../lib/chain/useNodeTrouble.ts';
import { drawnShape } from '../../lib/drawnShape.ts';
import type { ProvingBytes } from '../../lib/files.ts';
import { networkLabel, percent, plural, short } from '../../lib/format.ts';
import { safeText } from '../../lib/hostile.ts';
import type { OwnFiles, Prepared } from '../../lib/prover/messages.ts';
import { wantedTargets } from '../../lib/training.ts';
import { PlanForm } from './PlanForm.tsx';
import { StepCard } from './StepCard.tsx';
import { STEP_ORDER, type StepName, type StepState, useProving } from './useProving.ts';

/** What was noted of a table, shown at most. */
const MOST_NOTES = 8;
/** Rows of one gradient step. */
const BATCH = 8;

const TEXTS: Record<StepName, { title: string; text: string; action: string }> = {
  data: {
    title: 'Prove the data',
    text: 'Shows that the committed rows are in range and, for classes, that every label is one class, and registers the commitment.',
    action: 'Prove and register the data',
  },
  seed: {
    title: 'Create starting weights',
    text: 'Two transactions: one asks the chain for randomness and is bound to a secret that this browser keeps, one registers the weights that follow from both. The second makes the secret public, and with it these weights.',
    action: 'Ask for a seed, then prove the start',
  },
  train: {
    title: 'Train and prove',
    text: 'All rows in order, once a pass, in exact integers, then the proof that the child follows from the starting weights and the committed rows in this way.',
    action: 'Train, prove and register',
  },
};

type Proving = ReturnType<typeof useProving>;

/** The way from rows to a registered child. */
export function ProveScreen({ keys }: { keys: ProvingBytes }) {
  const proving = useProving();
  const node = useNodeTrouble();
  const [rate, setRate] = useState(0.5);
  const [passes, setPasses] = useState(1);
  const [smoothing, setSmoothing] = useState(0);
  const { wallet, prepared, steps, progress } = proving;
  /** A proof that was not sent is of another training. */
  const changing = (set: (value: number) => void) => (value: number) => {
    set(value);
    proving.forgetTraining();
  };
  // What is registered or on its way would be lost with its salts: the inputs stay as they are until all is given up.
  const begun = STEP_ORDER.some((name) => !['waiting', 'ready'].includes(steps[name].phase));
  const busy =
    proving.preparing || Object.values(steps).some(({ phase }) => ['asking', 'proving', 'sending'].includes(phase));
  const connected = wallet.status === 'connected' && !wallet.wrongChain;
  const done = steps.train.phase === 'done';
  return (
    <>
      <NodeNote node={node}>
        Nothing can be registered now, and the chain cannot be asked for a seed. Rows can be prepared and the data
        proved all the same; the proof waits in this tab.
      </NodeNote>
      <div className="mx-auto grid max-w-7xl gap-x-14 gap-y-10 px-4 sm:px-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.35fr)]">
        <div className="grid content-start gap-5">
          <PlanForm
            keys={keys}
            busy={busy}
            fixed={begun}
            rate={rate}
            onRate={changing(setRate)}
            passes={passes}
            onPasses={changing(setPasses)}
            smoothing={smoothing}
            onSmoothing={changing(setSmoothing)}
            trainingFixed={busy || done}
            onChange={proving.clear}
            onPrepare={(plan) => void proving.prepare(plan)}
          />
          {begun && !busy && (
            <p className="text-soft">
              Data and network stay as they are, since something was proved of them.{' '}
              <button type="button" className="link" onClick={proving.clear}>
                Give all of it up and start over
              </button>
            </p>
          )}
          {proving.problem && <Notice words={proving.problem} />}
          {proving.preparing && progress && <p className="text-soft">{progress.stage}…</p>}
          {prepared && <PreparedRows prepared={prepared} smoothing={smoothing} />}
        </div>
        <div className="grid content-start gap-5">
          <ForWhom wallet={wallet} connected={connected} />
          <ol className="grid gap-5">
            {STEP_ORDER.map((name, k) => (
              <StepCard
                key={name}
                number={k + 1}
                {...TEXTS[name]}
                state={steps[name]}
                measured={measuredOf(prepared, steps[name])}
                progress={progress}
                enabled={connected && !busy}
                account={wallet.address}
                onAct={() => {
                  const { proved, phase, trainer } = steps[name];
                  if (phase === 'proved' && proved && trainer === wallet.address) void proving.send(name, proved.text);
                  else {
                    const lr = Math.round((rate * 2 ** RATE_BITS) / BATCH);
                    void proving.prove(name, { batch: BATCH, lr, passes, smoothing });
                  }
                }}
              />
            ))}
          </ol>
          {done && steps.train.id && <Registered id={steps.train.id} proving={proving} />}
        </div>
      </div>
    </>
  );
}

/** What will be learned from, and what was noted of it. */
function PreparedRows({ prepared, smoothing }: { prepared: Prepared; smoothing: number }) {
  const { shape, rows, testRows, kind, classes, baseline, notes } = prepared;
  const drawn = drawnShape(shape);
  const targets = wantedTargets(drawn, smoothing);
  return (
    <>
      <p data-testid="prepared">
        A {networkLabel(drawn)} network, {plural(rows, 'row')} to train on, {testRows} to test with.{' '}
        {kind === 'labels' &&
          `Yes or no is predicted; always saying the more frequent would get ${percent(baseline, 0)} of the test rows right.`}
        {kind === 'classes' &&
          `${plural(classes.length, 'class', 'classes')}; always naming the most frequent one would get ${percent(baseline, 0)} of the test rows right.`}
        {kind === 'regression' &&
          `A number is predicted; always saying the mean of the training rows has ${measureInWords(prepared, baseline)}.`}
        {targets && ` Targets: ${targets}.`}
      </p>
      {notes.length > 0 && (
        <ul className="list-disc pl-5 text-soft marker:text-rule">
          {notes.slice(0, MOST_NOTES).map((note) => (
            <li key={note} className="break-words">
              {safeText(note)}
            </li>
          ))}
          {notes.length > MOST_NOTES && <li>and {notes.length - MOST_NOTES} more notes</li>}
        </ul>
      )}
    </>
  );
}

/** For which account everything is proved, or what is missing to know it. */
function ForWhom({ wallet, connected }: { wallet: Proving['wallet']; connected: boolean }) {
  const { people } = useChainConfig();
  if (!connected) {
    return (
      <p className="border-l-4 border-warn py-1 pl-4">
        {wallet.wrongChain
          ? 'Switch your wallet to this chain first, at the top.'
          : 'Connect a wallet first, at the top: a proof counts for one sender only, so it has to be known before.'}
      </p>
    );
  }
  if (!wallet.address) return null;
  return (
    <p className="text-soft">
      Everything is proved for {people[wallet.address.toLowerCase()] ?? ''}{' '}
      <span className="hash">{short(wallet.address)}</span>.
    </p>
  );
}

/** What came out at the end, and what to keep. */
function Registered({ id, proving }: { id: string; proving: Proving }) {
  const { prepared, steps, ownFiles } = proving;
  return (
    <div className="sheet grid gap-4 border-l-4 border-l-good p-6">
      <p className="title text-2xl">
        Registered. Before: {measuredOf(prepared, steps.seed)}; after: {measuredOf(prepared, steps.train)}
      </p>
      <p className="text-soft">
        Measured in this tab on rows that are not in the shard; nothing proves it. Keep your weights and data with their
        salts: nobody else has them, and nothing can follow from this model without them. If you release these weights,
        others can compute the exact sum of its gradients, because the weights of its start are public; that can reveal
        a small shard.
      </p>
      <div className="flex flex-wrap gap-3">
        <Link href={`/model/${id}`} className="button button-main">
          Open its page
        </Link>
        <button type="button" className="button" onClick={() => void ownFiles().then(save)}>
          Save weights and data
        </button>
      </div>
    </div>
  );
}

/** A measured figure in words. */
function measureInWords({ kind, testRows }: Pick<Prepared, 'kind' | 'testRows'>, value: number): string {
  return kind === 'regression'
    ? `a mean squared error of ${value.toFixed(3)} squared standard deviations`
    : `${percent(value)} of ${plural(testRows, 'test row')} right`;
}

function measuredOf(prepared: Prepared | undefined, { proved }: StepState): string | undefined {
  return prepared && proved?.measured !== undefined ? measureInWords(prepared, proved.measured) : undefined;
}

function save({ model, shard }: OwnFiles): void {
  for (const [name, bytes] of [
    ['model.safetensors', model],
    ['shard.safetensors', shard],
  ] as const) {
    const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>]));
    const link = document.createElement('a');
    link.href = url;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }
}
