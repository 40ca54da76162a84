import { Fragment, type ReactNode } from 'react';
import { KindSymbol } from './KindSymbol.tsx';

/** The way of a model from somebody's computer to everybody's browser, as one picture. */
export function HowItWorks() {
  return (
    <figure className="grid items-stretch gap-3 py-5 md:grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)_auto_minmax(0,1fr)]">
      {STEPS.map(({ where, drawing, text }, k) => (
        <Fragment key={where}>
          {k > 0 && <Arrow />}
          <div className="sheet grid content-start gap-3 p-4">
            <p className="legend">{where}</p>
            <div aria-hidden="true" className="flex h-16 items-center justify-center gap-2 rounded-[3px] bg-sunk">
              {drawing}
            </div>
            <p>{text}</p>
          </div>
        </Fragment>
      ))}
      <figcaption className="text-[0.8125rem] text-soft md:col-span-5">
        Weights and rows stay where they are. The chain gets commitments to them, and a proof.
      </figcaption>
    </figure>
  );
}

const STEPS: { where: string; drawing: ReactNode; text: string }[] = [
  {
    where: 'On your computer',
    drawing: (
      <>
        <Hidden name="parent" />
        <span>+</span>
        <Hidden name="rows" />
        <span>=</span>
        <Hidden name="child" />
      </>
    ),
    text: 'You train or merge a model in integers, which everybody can repeat, and make a zero-knowledge proof of it.',
  },
  {
    where: 'In the contract',
    drawing: (
      <>
        <span className="rounded-[3px] border border-good px-2 py-1 text-[0.8125rem] text-good">proof ✓</span>
        <KindSymbol kind="seed" size={18} />
        <span>→</span>
        <KindSymbol kind="train" size={18} />
      </>
    ),
    text: 'The contract checks the proof. Only then it stores the edge from parent to child, under your address.',
  },
  {
    where: 'For everybody',
    drawing: (
      <>
        <KindSymbol kind="seed" size={18} />
        <span>→</span>
        <KindSymbol kind="train" size={18} />
        <span>→</span>
        <KindSymbol kind="merge" size={18} />
      </>
    ),
    text: 'Anybody reads the lineage, checks each proof again in the browser, and pays or ranks models by contracts.',
  },
];

/** Something that nobody else sees. */
function Hidden({ name }: { name: string }) {
  return (
    <span className="rounded-[3px] border border-dashed border-rule px-1.5 py-1 text-[0.75rem] text-soft">{name}</span>
  );
}

function Arrow() {
  return (
    <svg
      viewBox="0 0 20 20"
      width="20"
      height="20"
      aria-hidden="true"
      fill="none"
      stroke="var(--color-mark)"
      strokeWidth="2"
      className="self-center justify-self-center max-md:rotate-90"
    >
      <path d="M2 10h15M11 4l6 6-6 6" />
    </svg>
  );
}
