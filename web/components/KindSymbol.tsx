import type { Kind } from '../lib/chain/types.ts';

export const KIND_NAMES: Record<Kind, string> = {
  seed: 'Seed',
  import: 'Declared import',
  train: 'Trained',
  merge: 'Merged',
  foreign: 'Foreign program',
};

export const KIND_COLORS: Record<Kind, string> = {
  seed: 'text-seed',
  import: 'text-import',
  train: 'text-train',
  merge: 'text-merge',
  foreign: 'text-foreign',
};

/** The kind's symbol: told apart by shape as well as by colour. */
export function KindSymbol({ kind, size = 14 }: { kind: Kind; size?: number }) {
  return (
    <svg viewBox="0 0 16 16" width={size} height={size} aria-hidden="true" className={`shrink-0 ${KIND_COLORS[kind]}`}>
      {SHAPES[kind]}
    </svg>
  );
}

const stroke = { fill: 'none', stroke: 'currentColor', strokeWidth: 1.8 } as const;

const SHAPES: Record<Kind, React.ReactNode> = {
  seed: (
    <>
      <circle cx="8" cy="8" r="6" {...stroke} />
      <circle cx="8" cy="8" r="2.4" fill="currentColor" />
    </>
  ),
  import: <rect x="2" y="2" width="12" height="12" strokeDasharray="3.1 2.1" {...stroke} />,
  train: <path d="M1.8 3.2h12.4L8 14Z" fill="currentColor" />,
  merge: <path d="M8 1.2 14.8 8 8 14.8 1.2 8Z" {...stroke} strokeWidth={2.4} />,
  foreign: <path d="M4.6 1.8h6.8L15 8l-3.6 6.2H4.6L1 8Z" strokeDasharray="3 1.9" {...stroke} />,
};

/** Symbol and name. */
export function KindLabel({ kind }: { kind: Kind }) {
  return (
    <span className={`inline-flex items-center gap-1.5 font-medium ${KIND_COLORS[kind]}`}>
      <KindSymbol kind={kind} />
      {KIND_NAMES[kind]}
    </span>
  );
}
