import type { Colours } from '../../lib/treeColours.ts';

/** What the colours of models say. */
export function ColourLegend({ colours: { legend, note } }: { colours: Colours }) {
  return (
    <ul className="flex flex-wrap gap-x-5 gap-y-1 sm:ml-auto" data-testid="colours">
      {legend.map(({ shade, words }) => (
        <li key={shade} className="flex items-center gap-1.5">
          <span className={`size-3 border border-rule bg-(--shade) ${shade}`} aria-hidden="true" /> {words}
        </li>
      ))}
      {note && (
        <li className="flex items-center gap-1.5">
          <span className="shade-none size-3 border border-rule bg-(--shade)" aria-hidden="true" /> {note}
        </li>
      )}
      {legend.length === 0 && !note && <li>No model is shown.</li>}
    </ul>
  );
}
