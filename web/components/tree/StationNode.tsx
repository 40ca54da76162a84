import type { NodeProps } from '@xyflow/react';
import type { GraphNode, Kind } from '../../lib/chain/types.ts';
import { short } from '../../lib/format.ts';
import { givenName } from '../../lib/names.ts';
import { proquint } from '../../lib/proquint.ts';
import { ModelName } from '../Identity.tsx';
import { KindSymbol } from '../KindSymbol.tsx';
import { shortResult } from '../ResultMarks.tsx';

const FRAMES: Record<Kind, string> = {
  seed: 'rounded-full border-seed',
  import: 'rounded-[2px] border-dashed border-import',
  train: 'rounded-[3px] border-rule',
  merge: 'rounded-[3px] border-double border-[3px] border-merge',
  foreign: 'rounded-[12px] border-dashed border-foreign',
};

interface Data {
  node: GraphNode;
  members?: GraphNode[];
  people: Record<string, string>;
  [key: string]: unknown;
}

/** One model. */
export function StationNode({ data, selected }: NodeProps) {
  const { node, people } = data as Data;
  return (
    <div
      className={`relative flex h-[60px] w-[184px] items-center gap-2.5 border bg-sheet px-3.5 text-left text-ink ${FRAMES[node.kind]} ${
        selected ? 'outline-2 outline-offset-2 outline-mark' : ''
      }`}
    >
      <KindSymbol kind={node.kind} size={16} />
      <span className="min-w-0 flex-1 leading-tight">
        <span className="block truncate font-semibold">
          <ModelName model={node} />
        </span>
        <span className="flex gap-1.5 text-[0.75rem] text-soft">
          <span className="truncate">
            {givenName(node) ? proquint(node.id) : (people[node.trainer.toLowerCase()] ?? short(node.trainer))}
          </span>
          {node.score && <span className="ml-auto whitespace-nowrap">{shortResult(node.score)}</span>}
        </span>
      </span>
      {node.hiddenParents > 0 && <More side="top" count={node.hiddenParents} />}
      {node.hiddenChildren > 0 && <More side="bottom" count={node.hiddenChildren} />}
    </div>
  );
}

/** Several models that differ in nothing that a picture shows. */
export function GroupNode({ data, selected }: NodeProps) {
  const { node, members = [], people } = data as Data;
  return (
    <div
      className={`relative h-[60px] w-[184px] cursor-pointer text-ink ${selected ? 'outline-2 outline-offset-4 outline-mark' : ''}`}
    >
      <span className="absolute inset-0 translate-x-1.5 translate-y-1.5 rounded-[3px] border border-rule bg-sheet" />
      <span className="absolute inset-0 translate-x-[3px] translate-y-[3px] rounded-[3px] border border-rule bg-sheet" />
      <span className="absolute inset-0 flex items-center gap-2.5 rounded-[3px] border border-rule bg-sheet px-3.5 leading-tight">
        <KindSymbol kind={node.kind} size={16} />
        <span className="min-w-0 flex-1">
          <span className="block font-semibold">{members.length} alike</span>
          <span className="block truncate text-[0.75rem] text-soft">
            {people[node.trainer.toLowerCase()] ?? short(node.trainer)} · unfold
          </span>
        </span>
      </span>
    </div>
  );
}

function More({ side, count }: { side: 'top' | 'bottom'; count: number }) {
  return (
    <span
      className={`absolute right-4 rounded-full border border-rule bg-paper px-1.5 text-[0.6875rem] leading-4 text-soft ${
        side === 'top' ? '-top-2.5' : '-bottom-2.5'
      }`}
    >
      +{count}
    </span>
  );
}
