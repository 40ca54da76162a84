'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { useChainConfig } from '../../lib/chain/provider.tsx';
import type { Status } from '../../lib/chain/types.ts';
import { useStatus } from '../../lib/chain/useStatus.ts';

/** In place of a page while no block is read: what is registered is not known then, and nothing may look empty. */
export function Unread({ initial }: { initial: Status }) {
  const router = useRouter();
  const { block, chainName } = useChainConfig();
  const { scanned, problem } = useStatus(initial);
  const isRead = scanned >= block;
  useEffect(() => {
    if (isRead) router.refresh();
  }, [isRead, router]);
  return (
    <div className="mx-auto grid max-w-xl content-center gap-4 px-5 py-24">
      <h1 className="title text-4xl">Nothing is read from the chain yet</h1>
      <p role="status">{problem ?? `The events of the registry on ${chainName} are being read.`}</p>
      <p className="text-soft">
        What is registered is not known here until then. This page asks the node again by itself and shows what it
        reads.
      </p>
      <p>
        <Link href="/verify" prefetch={false} className="link">
          Verify
        </Link>
        ,{' '}
        <Link href="/submit" prefetch={false} className="link">
          Submit
        </Link>{' '}
        and{' '}
        <Link href="/prove" prefetch={false} className="link">
          Prove
        </Link>{' '}
        work meanwhile, as far as they need no chain.
      </p>
    </div>
  );
}
