import type { Totals } from '../lib/chain/types.ts';
import { count } from '../lib/format.ts';

/** What the registry holds. */
export function Figures({ totals }: { totals: Totals }) {
  const figures: [string, number][] = [
    ['Models', totals.models],
    ['Edges', totals.edges],
    ['Trainers', totals.trainers],
    ['Proven steps', totals.steps],
    ['Rows committed', totals.rows],
  ];
  return (
    <dl className="grid grid-cols-2 border-b border-line sm:grid-cols-3 lg:grid-cols-5">
      {figures.map(([name, value]) => (
        <div
          key={name}
          className="flex flex-col-reverse gap-1 border-line px-4 py-6 not-last:border-b sm:px-6 max-sm:odd:not-last:border-r sm:border-r sm:last:border-r-0 lg:border-b-0"
        >
          <dt className="legend">{name}</dt>
          <dd className="figure text-4xl" data-testid={`total-${name.split(' ')[0].toLowerCase()}`}>
            {count(value)}
          </dd>
        </div>
      ))}
    </dl>
  );
}
