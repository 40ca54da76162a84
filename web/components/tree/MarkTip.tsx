import { bestOf } from '../../lib/foldSiblings.ts';
import { networkLabel, plural, short } from '../../lib/format.ts';
import { plainName } from '../../lib/names.ts';
import { KIND_NAMES } from '../KindSymbol.tsx';
import { marksOf, shortResult } from '../ResultMarks.tsx';
import type { DrawnItem } from './drawing.ts';

const WIDTH = 240;
const HEIGHT = 110;
const BESIDE = 14;

interface Props {
  item: DrawnItem;
  people: Record<string, string>;
  /** where the pointer is in the picture, and how large that is */
  at: { x: number; y: number };
  frame: { clientWidth: number; clientHeight: number };
}

/** What a mark stands for, beside the pointer. The keyboard says the same of a chosen model. */
export function MarkTip({ item: { node, members }, people, at, frame }: Props) {
  const left = at.x + BESIDE + WIDTH > frame.clientWidth ? at.x - BESIDE - WIDTH : at.x + BESIDE;
  const top = Math.max(0, Math.min(at.y + BESIDE, frame.clientHeight - HEIGHT));
  const shown = members ? bestOf(members) : node;
  const { score } = shown ?? {};
  return (
    <div
      aria-hidden="true"
      data-testid="tip"
      className="sheet pointer-events-none absolute z-10 px-3 py-2 text-[0.8125rem] leading-snug shadow-lg"
      style={{ left, top, width: WIDTH }}
    >
      <p className="font-semibold [overflow-wrap:anywhere]">
        {members ? `${plural(members.length, 'model')} alike` : plainName(node)}
      </p>
      <p className="text-soft">
        {KIND_NAMES[node.kind]}, {networkLabel(node)}
      </p>
      <p className="text-soft">By {people[node.trainer.toLowerCase()] ?? short(node.trainer)}</p>
      {score && (
        <p>
          {members && 'Best: '}
          {shortResult(score)} {score.right === undefined ? 'squared error' : 'right'}
          {marksOf(score).length > 0 && `, ${marksOf(score).join(', ')}`}
        </p>
      )}
      {members && <p className="text-soft">A click unfolds them.</p>}
    </div>
  );
}
