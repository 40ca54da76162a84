'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import type { Status } from '../../lib/chain/types.ts';
import { useStatus } from '../../lib/chain/useStatus.ts';

/** Says above a page that the chain is not read to its end yet: figures and lists are not all then. */
export function StillReading({ initial }: { initial: Status }) {
  const router = useRouter();
  const { whole, first, head, scanned } = useStatus(initial);
  const isNewlyWhole = whole && !initial.whole;
  useEffect(() => {
    if (isNewlyWhole) router.refresh();
  }, [isNewlyWhole, router]);
  if (whole) return null;
  const part = Math.floor((100 * (scanned - first + 1)) / Math.max(1, head - first + 1));
  return (
    <p role="status" className="border-b border-line bg-sunk px-4 py-2 text-center text-[0.8125rem]">
      Still reading: {Math.min(99, part)} % of the blocks. Figures and lists on this page are not complete yet.
    </p>
  );
}
