import type { ReactNode } from 'react';
import { readStatus } from '../../lib/chain/queries.ts';
import { Unread } from './Unread.tsx';

/** Pages that show what is registered. They wait until the chain is read; the others work without it. */
export default async function Layout({ children }: { children: ReactNode }) {
  const chain = await readStatus();
  if ('missing' in chain) return null;
  return chain.status.scanned < chain.config.block ? <Unread initial={chain.status} /> : children;
}
