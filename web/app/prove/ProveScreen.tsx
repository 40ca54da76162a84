'use client';

import Link from 'next/link';
import { useState } from 'react';
import { WordsBox } from '../../components/Words.tsx';
import { useChainConfig } from '../../lib/chain/provider.tsx';
import { percent, plural, short } from '../../lib/format.ts';
import type { OwnFiles } from '../../lib/prover/messages.ts';
import { PlanForm } from './PlanForm.tsx';
import { StepCard } from './StepCard.tsx';
import { STEP_ORDER, type StepName, useProving } from './useProving.ts';

/** Rows of one gradient step. */
const BATCH = 8;

const TEXTS: Record<StepName, { title: string; text: string; action: string }> = {
  data: {
    title: 'Prove the data',
    text: 'Shows that the committed rows are in range and every label is one class, and registers the commitment.',
    action: 'Prove and register the data',
  },
  seed: {
    title: 'Draw a start',
    text: 'Two transactions: one asks the chain for randomness, one registers the weights that follow from it.',
    action: 'Ask for a seed, then prove the start',
  },
  train: {
    title: 'Train and prove',
    text: 'Every row once, in exact integers, then the proof that nothing else happened.',
    action: 'Train, prove and register',
  },
};

/** The way from rows to a registered child. */
export function ProveScreen() {
  const { people } = useChainConfig();
  const proving = useProving();
  const [rate, setRate] = useState(0.5);
  const { wallet, prepared, steps, progress } = proving;
  const busy =
    proving.preparing || Object.values(steps).some(({ phase }) => ['asking', 'proving', 'sending'].includes(phase));
  const connected = wallet.status === 'connected' && !wallet.wrongChain;
  const done = steps.train.phase === 'done';
  return (
    <div className="mx-auto grid max-w-7xl gap-x-14 gap-y-10 px-4 sm:px-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.35fr)]">
      <div className="grid content-start gap-5">
        <PlanForm busy={busy} rate={rate} onRate={setRate} onPrepare={(plan) => void proving.prepare(plan)} />
        {proving.problem && <WordsBox words={proving.problem} />}
        {proving.preparing && progress && <p className="text-soft">{progress.stage}…</p>}
        {prepared && (
          <p data-testid="prepared">
            A {prepared.widths.join('–')} network, {plural(prepared.rows, 'row')} to train on, {prepared.testRows} to
            test with. Always naming the most frequent class would get {percent(prepared.baseline, 0)} of them right.
          </p>
        )}
      </div>
      <div className="grid content-start gap-5">
        {!connected && (
          <p className="border-l-4 border-warn py-1 pl-4">
            {wallet.wrongChain
              ? 'Switch your wallet to this chain first, at the top.'
              : 'Connect a wallet first, at the top: a proof counts for one sender only, so it has to be known before.'}
          </p>
        )}
        {connected && wallet.address && (
          <p className="text-soft">
            Everything is proved for {people[wallet.address.toLowerCase()] ?? ''}{' '}
            <span className="hash">{short(wallet.address)}</span>.
          </p>
        )}
        <ol className="grid gap-5">
          {STEP_ORDER.map((name, k) => (
            <StepCard
              key={name}
              number={k + 1}
              {...TEXTS[name]}
              state={steps[name]}
              progress={progress}
              enabled={connected && !busy}
              onAct={() => {
                const { proved, phase } = steps[name];
                if (phase === 'proved' && proved) void proving.send(name, proved.text);
                else void proving.prove(name, { batch: BATCH, lr: Math.round((rate * 256) / BATCH) });
              }}
            />
          ))}
        </ol>
        {done && steps.train.id && (
          <div className="sheet grid gap-4 border-l-4 border-l-good p-6">
            <p className="title text-2xl">
              Registered: {percent(steps.seed.proved?.accuracy ?? 0)} right before,{' '}
              {percent(steps.train.proved?.accuracy ?? 0)} after
            </p>
            <p className="text-soft">
              Measured on rows that were not trained on; only a score edge would prove it. Keep your weights and data
              with their salts: nobody else has them, and nothing can follow from this model without them.
            </p>
            <div className="flex flex-wrap gap-3">
              <Link href={`/model/${steps.train.id}`} className="button button-main">
                Open its page
              </Link>
              <button type="button" className="button" onClick={() => void proving.ownFiles().then(save)}>
                Save weights and data
              </button>
            </div>
          </div>
        )}
      </div>
    </div>
  );
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
