import type { Message } from '../lib/chain/types.ts';
import { safeText } from '../lib/hostile.ts';

const LONGEST_DETAILS = 1_200;

/**
 * Something went wrong, in words, with the machine's own words folded away. A file, a wallet or a node may have written part
 * of them.
 */
export function Notice({ words, tone = 'bad' }: { words: Message; tone?: 'bad' | 'warn' }) {
  const color = tone === 'bad' ? 'border-bad' : 'border-warn';
  return (
    <div role="alert" className={`sheet border-l-4 px-4 py-3 ${color}`}>
      <p className="font-medium [overflow-wrap:anywhere]">{safeText(words.title)}</p>
      {words.hint && <p className="mt-1 text-soft [overflow-wrap:anywhere]">{safeText(words.hint)}</p>}
      {words.details && (
        <details className="mt-2 text-sm text-soft">
          <summary>Details</summary>
          <p className="hash mt-1 break-all">{safeText(words.details, LONGEST_DETAILS)}</p>
        </details>
      )}
    </div>
  );
}
