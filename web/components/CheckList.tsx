import { safeText } from '../lib/hostile.ts';
import { CHECK_NAMES, type CheckLine } from '../lib/prover/checks.ts';

const TONES: Record<CheckLine['state'], string> = {
  waiting: 'text-soft',
  running: 'text-soft',
  good: 'text-good',
  bad: 'text-bad',
  open: 'text-warn',
};

const WORDS: Record<CheckLine['state'], string> = {
  waiting: 'not checked',
  running: 'checking',
  good: 'holds',
  bad: 'fails',
  open: 'open',
};

/** A merge names sixteen parents. */
const LONGEST_DETAIL = 2_000;

/** Each check as a line that turns green or red. */
export function CheckList({ checks }: { checks: CheckLine[] }) {
  return (
    <ul className="divide-y divide-line" aria-live="polite">
      {checks.map(({ id, state, detail }) => (
        <li
          key={id}
          data-check={id}
          data-state={state}
          className={`flex min-h-16 items-start gap-4 border-l-4 py-3 pl-4 ${frame(state)}`}
        >
          <span className={`mt-1 grid size-5 shrink-0 place-items-center ${TONES[state]}`}>
            <CheckIcon state={state} />
          </span>
          <span className="min-w-0">
            <span className={state === 'waiting' ? 'text-soft' : 'font-medium'}>{CHECK_NAMES[id]}</span>
            <span className="sr-only">: {WORDS[state]}</span>
            <span
              className={`block min-h-5 text-[0.8125rem] [overflow-wrap:anywhere] ${state === 'bad' ? 'text-bad' : 'text-soft'}`}
            >
              {detail && safeText(detail, LONGEST_DETAIL)}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}

function frame(state: CheckLine['state']): string {
  if (state === 'good') return 'border-l-good';
  if (state === 'bad') return 'border-l-bad bg-bad/8';
  return 'border-l-line';
}

function CheckIcon({ state }: { state: CheckLine['state'] }) {
  const line = { fill: 'none', stroke: 'currentColor', strokeWidth: 2.2 } as const;
  return (
    <svg
      viewBox="0 0 18 18"
      width="18"
      height="18"
      aria-hidden="true"
      className={state === 'running' ? 'animate-spin' : ''}
    >
      {state === 'good' && <path d="m2.5 9.500 4.500 4.500L15.500 4" {...line} />}
      {state === 'bad' && <path d="m3.500 3.500 11 11m0-11-11 11" {...line} />}
      {state === 'running' && <path d="M9 2a7 7 0 1 1-7 7" {...line} />}
      {state === 'waiting' && <circle cx="9" cy="9" r="3" fill="var(--color-line)" />}
      {state === 'open' && <path d="M9 3v8m0 2.500v2" {...line} />}
    </svg>
  );
}
