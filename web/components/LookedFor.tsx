'use client';

import { usePathname } from 'next/navigation';
import { safeText } from '../lib/hostile.ts';

/** What the visitor asked for, on the page that says that it is not there. */
export function LookedFor() {
  const path = usePathname();
  return (
    <p className="text-soft">
      Nothing is at <bdi className="hash break-all">{safeText(readable(path))}</bdi>.
    </p>
  );
}

function readable(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
