'use client';

import { Hash } from '../components/Identity.tsx';
import { useChainConfig } from '../lib/chain/provider.tsx';
import type { Status } from '../lib/chain/types.ts';
import { useStatus } from '../lib/chain/useStatus.ts';
import { count } from '../lib/format.ts';

/** Where the page reads and how far it has come. */
export function Footer({ initial }: { initial: Status }) {
  const { chainName, chainId, registry, explorer } = useChainConfig();
  const { scanned, lag } = useStatus(initial);
  return (
    <footer className="mt-16 border-t border-line">
      <div className="mx-auto flex max-w-7xl flex-wrap items-center gap-x-8 gap-y-2 px-4 py-6 text-[0.8125rem] text-soft sm:px-6">
        <p className="flex items-center gap-2" data-testid="block">
          <span className={`size-2 rounded-full ${lag.late ? 'bg-bad' : 'bg-good'}`} aria-hidden="true" />
          <span>
            Block {count(Math.max(0, scanned))} on {chainName} ({chainId}). {lag.text}.
          </span>
        </p>
        <p className="flex min-w-0 flex-wrap items-center gap-1.5">
          Registry
          <Hash
            value={registry}
            what="address of the registry"
            {...(explorer && { href: `${explorer}/address/${registry}` })}
          />
        </p>
        <p className="flex gap-4">
          <a className="link" href="/api">
            API
          </a>
          <a className="link" href="/feed.xml">
            Feed of new models
          </a>
        </p>
      </div>
    </footer>
  );
}
