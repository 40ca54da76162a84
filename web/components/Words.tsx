import type { Words } from '../lib/chain/types.ts';

/** Something went wrong, in words, with the machine's own words folded away. */
export function WordsBox({ words, tone = 'bad' }: { words: Words; tone?: 'bad' | 'warn' }) {
  const color = tone === 'bad' ? 'border-bad' : 'border-warn';
  return (
    <div role="alert" className={`sheet border-l-4 px-4 py-3 ${color}`}>
      <p className="font-medium">{words.title}</p>
      {words.hint && <p className="mt-1 text-soft">{words.hint}</p>}
      {words.details && (
        <details className="mt-2 text-sm text-soft">
          <summary>Details</summary>
          <p className="hash mt-1 break-all">{words.details.slice(0, 1200)}</p>
        </details>
      )}
    </div>
  );
}
