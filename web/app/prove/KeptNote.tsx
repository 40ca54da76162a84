'use client';

import { short } from '../../lib/format.ts';
import { type Aside, saveFiles } from '../../lib/prover/keptWork.ts';
import { Ask } from './Ask.tsx';
import type { useKeptWork } from './useKeptWork.ts';

interface Props {
  kept: ReturnType<typeof useKeptWork>;
  busy: boolean;
  /** something was proved that an end of the page would lose if nobody kept it */
  begun: boolean;
  onStartAgain(): void;
}

/** What this browser keeps of the work, and how to be rid of it. */
export function KeptNote({ kept, busy, begun, onStartAgain }: Props) {
  const { keeping, work, restored, aside } = kept;
  return (
    <div className="grid gap-3" data-testid="kept" data-keeping={keeping.state}>
      {keeping.state === 'elsewhere' && (
        <p className="border-l-4 border-warn py-1 pl-4" role="status">
          Another tab of this browser has this work. Close that tab to go on here.
        </p>
      )}
      {keeping.state === 'refused' && (
        <p className="border-l-4 border-warn py-1 pl-4 [overflow-wrap:anywhere]" role="status">
          This browser does not keep the work ({keeping.reason}). The page works on, but save weights and data before
          you leave it.
        </p>
      )}
      {work && (
        <div className="text-soft">
          {restored && <p>Continued from your last visit, {new Date(work.at).toLocaleString()}.</p>}
          <p>
            {keeping.state === 'kept' &&
              'Data, weights and their salts lie in this browser until you delete them, and whoever uses it can read them. '}
            {begun && 'Data and network stay as they are, since something was proved of them.'}
          </p>
          <Ask
            disabled={busy}
            name="Start again"
            question="This deletes data, weights, salts and proofs from this browser."
            yes="Delete all of it"
            onYes={onStartAgain}
          />
        </div>
      )}
      {aside.map((one) => (
        <SetAside key={one.key} work={one} onDelete={() => void kept.dropAside(one)} />
      ))}
    </div>
  );
}

/** Work that cannot be continued here. Its files are what it always was. */
function SetAside({ work, onDelete }: { work: Aside; onDelete(): void }) {
  return (
    <div className="sheet grid gap-2 px-4 py-3" data-testid="aside">
      <p>
        Other work is kept here, of {new Date(work.at).toLocaleDateString()}: for chain {work.chainId}, registry{' '}
        <span className="hash">{short(work.registry)}</span>. It cannot go on with this registry or this version of the
        page.
      </p>
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-2">
        <button type="button" className="link" onClick={() => saveFiles(work.files)}>
          Save its files
        </button>
        <Ask
          name="Delete it"
          question="This deletes its data, weights, salts and proofs."
          yes="Delete all of it"
          onYes={onDelete}
        />
      </div>
    </div>
  );
}
