import { lazy, Suspense, useState } from 'react';
import { filtersIn } from '../../../lib/treeLink.ts';
import type { FilterProps } from './FilterFields.tsx';

// Fetched when somebody opens them.
const FilterFields = lazy(async () => ({ default: (await import('./FilterFields.tsx')).FilterFields }));

/** The filters of the tree, folded away until one is used. */
export function Filters(props: FilterProps) {
  const used = filtersIn(props.link);
  const [opened, setOpened] = useState(used > 0);
  return (
    <details
      className="w-full text-[0.8125rem]"
      open={used > 0}
      onToggle={({ currentTarget }) => currentTarget.open && setOpened(true)}
    >
      <summary className="link w-fit cursor-pointer">{used > 0 ? `Filters (${used})` : 'Filters'}</summary>
      {opened && (
        <Suspense>
          <FilterFields {...props} />
        </Suspense>
      )}
    </details>
  );
}
