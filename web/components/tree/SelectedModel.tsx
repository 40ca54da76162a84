import Link from 'next/link';
import type { GraphNode } from '../../lib/chain/types.ts';
import { networkLabel, plural, short } from '../../lib/format.ts';
import { givenName } from '../../lib/names.ts';
import { proquint } from '../../lib/proquint.ts';
import { ModelName, Person } from '../Identity.tsx';
import { KindLabel } from '../KindSymbol.tsx';
import { Mark } from '../Mark.tsx';
import { ResultMarks, resultFigure } from '../ResultMarks.tsx';

interface Props {
  node: GraphNode;
  people: Record<string, string>;
  isFocus: boolean;
  onFocus(): void;
  onClose(): void;
}

/** The chosen node, beside the picture. */
export function SelectedModel({ node, people, isFocus, onFocus, onClose }: Props) {
  return (
    <aside
      aria-label="Chosen model"
      className="sheet absolute right-3 bottom-3 left-3 z-10 grid gap-3 p-4 shadow-lg sm:top-3 sm:bottom-auto sm:left-auto sm:w-72"
    >
      <div className="flex items-start gap-3">
        <Mark id={node.id} size={44} className="text-contour" />
        <div className="min-w-0 flex-1">
          <p className="title line-clamp-2 text-xl">
            <ModelName model={node} />
          </p>
          {givenName(node) && <p className="text-soft">{proquint(node.id)}</p>}
          <p className="hash text-soft">{short(node.id, 8, 6)}</p>
        </div>
        <button
          type="button"
          aria-label="Close"
          onClick={onClose}
          className="grid size-8 place-items-center rounded-[3px] hover:bg-sunk"
        >
          <svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true" stroke="currentColor" strokeWidth="1.8">
            <path d="m2 2 12 12M14 2 2 14" />
          </svg>
        </button>
      </div>
      <p className="max-sm:hidden">
        <KindLabel kind={node.kind} />
        <br />
        <span className="text-soft">
          {networkLabel(node)}, depth {node.depth}
          {node.rows > 0 && `, ${plural(node.rows, 'row')}`}
          {node.score && `, ${resultFigure(node.score)} ${node.score.right === undefined ? 'squared error' : 'right'}`}
        </span>
        {node.score && <ResultMarks result={node.score} />}
        <br />
        <Person address={node.trainer} people={people} />
      </p>
      <div className="flex flex-wrap gap-2">
        <Link href={`/model/${node.id}`} className="button button-main">
          Open
        </Link>
        {!isFocus && (
          <button type="button" className="button" onClick={onFocus}>
            Centre here
          </button>
        )}
        <Link href={`/compare?a=${node.id}`} className="button">
          Compare
        </Link>
      </div>
    </aside>
  );
}
