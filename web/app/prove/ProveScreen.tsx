'use client';

import Link from 'next/link';
import { useEffect, useState } from 'react';
import { NodeNote } from '../../components/NodeNote.tsx';
import { Notice } from '../../components/Notice.tsx';
import { useChainConfig } from '../../lib/chain/provider.tsx';
import { useNodeTrouble } from '../../lib/chain/useNodeTrouble.ts';
import { drawnShape } from '../../lib/drawnShape.ts';
import type { ProvingBytes } from '../../lib/files.ts';
import { networkLabel, percent, plural, short } from '../../lib/format.ts';
import { safeText } from '../../lib/hostile.ts';
import type { Settings, Work } from '../../lib/prover/keptWork.ts';
import type { Goal, Prepared, StepName } from '../../lib/prover/messages.ts';
import { wantedTargets } from '../../lib/training.ts';
import { KeptNote } from './KeptNote.tsx';
import { PlanForm } from './PlanForm.tsx';
import { StepCard } from './StepCard.tsx';
import { useLeaveGuard } from './useLeaveGuard.ts';
import { phaseOf, useProving } from './useProving.ts';

/** What was noted of a table, shown at most. */
const MOST_NOTES = 8;

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
    text: 'All rows in order, once a pass, in exact integers, then the proof that the child follows from the weights before and the committed rows in this way. Several segments are proved one by one and registered with one signature.',
    action: 'Train, prove and register',
  },
  score: {
    title: 'Prove the score',
    text: 'Runs the model on all committed rows in exact integers, proves what it gets right, and enters it in the scoreboard. Benchmarks on these rows show it.',
    action: 'Prove and register the score',
  },
};

/** Steps that are shown before anything is prepared. */
const STEPS: Record<Goal, StepName[]> = {
  new: ['data', 'seed', 'train'],
  further: ['data', 'train'],
  score: ['data', 'score'],
};

const DEFAULTS: Settings = {
  goal: 'new',
  source: 'digits',
  rows: 64,
  hidden: 32,
  rate: 0.5,
  passes: 1,
  segments: 1,
  smoothing: 0,
};

type Proving = ReturnType<typeof useProving>;

/** The way from rows to what is registered. */
export function ProveScreen({ keys }: { keys: ProvingBytes }) {
  const config = useChainConfig();
  const proving = useProving();
  const node = useNodeTrouble();
  const { wallet, kept, activity, trouble, progress } = proving;
  const { work, keeping } = kept;
  const [settings, setSettings] = useState(DEFAULTS);
  const take = (some: Partial<Settings>) => setSettings((before) => ({ ...before, ...some }));
  useEffect(() => {
    const left = kept.restored && kept.latest();
    if (left) setSettings(left.settings);
  }, [kept.restored, kept.latest]);
  const names = work?.prepared.steps ?? STEPS[settings.goal];
  const last = names[names.length - 1];
  // What is registered or on its way would be lost with its salts: the inputs stay as they are until all is given up.
  const begun =
    names.some((name) => (work?.steps[name]?.edges.length ?? 0) > 0) || (activity && activity.step !== 'prepare');
  const busy = activity !== undefined || keeping.state === 'reading' || keeping.state === 'elsewhere';
  const connected = wallet.status === 'connected' && !wallet.wrongChain;
  const done = phaseOf(work, last, activity) === 'done';
  const isLost = begun && keeping.state === 'refused' && !work?.saved;
  useLeaveGuard(
    isLost
      ? 'This browser does not keep your weights and data, and they are not saved. Leave and lose them?'
      : activity
        ? 'A proof or a transaction is on its way. Leave and lose what is not proved yet?'
        : undefined,
  );
  return (
    <>
      <NodeNote node={node}>
        Nothing can be registered now, and the chain cannot be asked for a seed. Rows can be prepared and the data
        proved all the same; the proof waits in this browser.
      </NodeNote>
      <div className="mx-auto grid max-w-7xl gap-x-14 gap-y-10 px-4 sm:px-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.35fr)]">
        <div className="grid content-start gap-5">
          <PlanForm
            keys={keys}
            scores={config.scoreboard !== undefined && keys.score !== undefined}
            settings={settings}
            onSettings={take}
            work={work}
            busy={busy}
            fixed={begun === true}
            trainingFixed={busy || work?.steps.train !== undefined}
            onTraining={(some) => {
              take(some);
              proving.setTraining(some);
            }}
            onChange={proving.clear}
            onPrepare={(plan) => void proving.prepare(plan, settings)}
          />
          {trouble?.step === 'prepare' && <Notice words={trouble.words} />}
          {activity?.step === 'prepare' && progress && <p className="text-soft">{progress.stage}…</p>}
          {work && <PreparedRows prepared={work.prepared} smoothing={settings.smoothing} />}
        </div>
        <div className="grid content-start gap-5">
          <ForWhom wallet={wallet} connected={connected} />
          <Steps proving={proving} names={names} segments={settings.segments} enabled={connected && !busy} />
          {done && work && <Registered work={work} onSave={() => void proving.save()} />}
          {begun && !done && !activity && (
            <button type="button" className="button justify-self-start" onClick={() => void proving.save()}>
              Save weights and data
            </button>
          )}
          <KeptNote kept={kept} busy={busy} begun={begun === true} onStartAgain={() => void proving.clear()} />
        </div>
      </div>
    </>
  );
}

/** All proofs with their transactions, in order. */
function Steps({
  proving,
  names,
  segments,
  enabled,
}: {
  proving: Proving;
  names: StepName[];
  segments: number;
  enabled: boolean;
}) {
  const { wallet, kept, activity, trouble, progress } = proving;
  const { work } = kept;
  return (
    <ol className="grid gap-5">
      {names.map((name, k) => (
        <StepCard
          key={name}
          number={k + 1}
          {...TEXTS[name]}
          phase={phaseOf(work, name, activity)}
          step={work?.steps[name]}
          segments={name === 'train' ? segments : 1}
          segment={activity?.step === name ? activity.segment : undefined}
          problem={trouble?.step === name ? trouble.words : undefined}
          measured={measuredOf(work, name)}
          progress={progress}
          enabled={enabled}
          account={wallet.address}
          onProve={() => void proving.prove(name)}
          onSend={() => void proving.send(name)}
          onForget={name === 'train' ? proving.forgetTraining : undefined}
        />
      ))}
    </ol>
  );
}

/** What will be learned from, and what was noted of it. */
function PreparedRows({ prepared, smoothing }: { prepared: Prepared; smoothing: number }) {
  const { goal, shape, rows, testRows, kind, classes, baseline, notes } = prepared;
  const drawn = drawnShape(shape);
  const targets = goal === 'score' ? undefined : wantedTargets(drawn, smoothing);
  return (
    <>
      <p data-testid="prepared">
        A {networkLabel(drawn)} network, {plural(rows, 'row')}{' '}
        {goal === 'score' ? 'to score on.' : testRows > 0 ? `to train on, ${testRows} to test with.` : 'to train on.'}{' '}
        {testRows > 0 &&
          kind === 'labels' &&
          `Yes or no is predicted; always saying the more frequent would get ${percent(baseline, 0)} of the test rows right.`}
        {testRows > 0 &&
          kind === 'classes' &&
          `${plural(classes.length, 'class', 'classes')}; always naming the most frequent one would get ${percent(baseline, 0)} of the test rows right.`}
        {testRows > 0 &&
          kind === 'regression' &&
          `A number is predicted; always saying the mean of the training rows has ${measureInWords(prepared, baseline, '')}.`}
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
function Registered({ work, onSave }: { work: Work; onSave(): void }) {
  const { goal, model } = work.prepared;
  const isScore = goal === 'score';
  const [before, after] = [measuredOf(work, 'seed'), measuredOf(work, isScore ? 'score' : 'train')];
  return (
    <div className="sheet grid gap-4 border-l-4 border-l-good p-6">
      <p className="title text-2xl">
        Registered{isScore ? ` and proved: ${after}` : '.'}
        {!isScore && before && ` Before: ${before};`}
        {!isScore && after && ` ${before ? 'after' : 'After'}: ${after}`}
      </p>
      {!isScore && (
        <p className="text-soft">
          {after && 'Measured in this tab on rows that are not in the shard; nothing proves it. '}
          Save your weights and data with their salts: nobody else has them, and nothing can follow from this model
          without them.
          {goal === 'new' &&
            ' If you release these weights, others can compute the exact sum of its gradients, because the weights of its start are public; that can reveal a small shard.'}
        </p>
      )}
      <div className="flex flex-wrap gap-3">
        {!isScore && (
          <button type="button" className="button button-main" onClick={onSave}>
            Save weights and data
          </button>
        )}
        <Link
          href={`/model/${isScore ? model : work.steps.train?.id}`}
          className={`button ${isScore ? 'button-main' : ''}`}
        >
          Open its page
        </Link>
      </div>
    </div>
  );
}

/** A measured figure in words. */
function measureInWords({ kind }: Pick<Prepared, 'kind'>, value: number, rows: string): string {
  return kind === 'regression'
    ? `a mean squared error of ${value.toFixed(3)} squared standard deviations`
    : `${percent(value)} of ${rows} right`;
}

function measuredOf(work: Work | undefined, name: StepName): string | undefined {
  const value = work?.steps[name]?.measured;
  if (!work || value === undefined) return undefined;
  const { rows, testRows } = work.prepared;
  return measureInWords(work.prepared, value, name === 'score' ? plural(rows, 'row') : plural(testRows, 'test row'));
}
