import type { ReactNode } from 'react';
import { readStatus } from '../../lib/chain/queries.ts';
import { StillReading } from './StillReading.tsx';
import { Unread } from './Unread.tsx';

/** Pages that show what is registered. They wait until the chain is read; the others work without it. */
export default async function Layout({ children }: { children: ReactNode }) {
  const chain = await readStatus();
  if ('missing' in chain) return null;
  if (chain.status.scanned < chain.config.block) return <Unread initial={chain.status} />;
  return (
    <>
      <StillReading initial={chain.status} />
      {children}
    </>
  );
}
