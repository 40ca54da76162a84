import Link from 'next/link';
import type { Model } from '../lib/chain/types.ts';
import { proquint } from '../lib/proquint.ts';
import { RELIEF } from '../lib/relief.ts';
import { slope } from '../lib/slope.ts';
import { KIND_COLORS } from './KindSymbol.tsx';

const MOST_STATIONS = 6;

/** What this is, before one way down to the deepest model, laid over a landscape; it says where others join. */
export function Hero({ line }: { line: Model[] }) {
  const shown = line.length <= MOST_STATIONS ? line : [line[0], ...line.slice(1 - MOST_STATIONS)];
  const { path, stations } = slope(Math.max(2, shown.length));
  return (
    <section className="relative isolate overflow-hidden border-b border-line">
      <div className="relief absolute inset-0 -z-20" aria-hidden="true" />
      <div
        className="absolute inset-0 -z-20 bg-[linear-gradient(to_top,var(--color-paper)_12%,transparent_85%)] md:bg-[linear-gradient(to_top_right,var(--color-paper)_22%,transparent_62%)]"
        aria-hidden="true"
      />
      <svg
        viewBox={`0 0 ${RELIEF.width} ${RELIEF.height}`}
        preserveAspectRatio="xMidYMid slice"
        className="absolute inset-0 -z-10 size-full max-md:hidden"
        aria-hidden="true"
      >
        <path
          d={path}
          fill="none"
          stroke="var(--color-mark)"
          strokeWidth="3"
          strokeDasharray="2 7"
          strokeLinecap="round"
        />
        {shown.map((model, k) => {
          const [x, y] = stations[k];
          return (
            <g key={model.id} transform={`translate(${x} ${y})`} className={KIND_COLORS[model.kind]}>
              <circle r="9" fill="var(--color-paper)" stroke="currentColor" strokeWidth="3.5" />
              <circle r="3" fill="currentColor" />
              <text
                x={16}
                y={-10}
                className="fill-ink"
                fontSize="15"
                fontWeight="600"
                stroke="var(--color-paper)"
                strokeWidth="5"
                paintOrder="stroke"
              >
                {proquint(model.id)}
                {model.parents.length > 1 && ` (merged from ${model.parents.length})`}
              </text>
            </g>
          );
        })}
      </svg>
      <div className="mx-auto flex min-h-[27rem] max-w-7xl flex-col justify-end px-4 pt-44 pb-10 sm:px-6 md:min-h-[34rem] md:pb-14">
        <h1 className="title max-w-[13ch] text-[clamp(2.5rem,6.2vw,4.75rem)]">Every model, and what it comes from</h1>
        <p className="mt-5 max-w-[56ch] text-[1.0625rem] leading-relaxed">
          Descent is a public register of machine-learning models in which every step from parent to child is a proof:
          these weights follow from those by exactly this training on exactly these committed rows, or by exactly this
          merge. A lineage begins with a seed or a declared import, and nothing before that is proved. A contract checks
          each proof before it stores the step, and anybody can check it again here in the browser.
        </p>
        <div className="mt-7 flex flex-wrap gap-3">
          <Link href="/tree" className="button button-main px-5">
            See the tree
          </Link>
          <Link href="/prove" className="button px-5">
            Train and prove a model here
          </Link>
        </div>
      </div>
    </section>
  );
}
