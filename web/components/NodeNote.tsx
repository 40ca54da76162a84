import type { ReactNode } from 'react';
import type { NodeTrouble } from '../lib/chain/types.ts';

interface Props {
  node: NodeTrouble;
  /** what cannot be read on this page now, and what can be done anyway */
  children: ReactNode;
}

/** Says that the node does not answer this browser, while it does not. */
export function NodeNote({ node: { trouble, asking, again }, children }: Props) {
  return (
    <div role="status" className="mx-auto w-full max-w-7xl px-4 sm:px-6">
      {trouble && (
        <div
          data-testid="node-note"
          className="sheet mb-8 flex flex-wrap items-center gap-x-6 gap-y-3 border-l-4 border-l-warn px-4 py-3"
        >
          <div className="min-w-0 flex-1 basis-72">
            <p className="font-medium">{trouble.title}</p>
            <p className="mt-1 text-soft">{children}</p>
          </div>
          <button type="button" className="button" disabled={asking} onClick={again}>
            Try again
          </button>
        </div>
      )}
    </div>
  );
}
