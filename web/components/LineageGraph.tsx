import Link from 'next/link';
import type { Ancestor, Kind, Lineage } from '../lib/chain/types.ts';
import { count, plural } from '../lib/format.ts';
import { lanesOf } from '../lib/lanes.ts';
import { ratesOf, sumOf } from '../lib/training.ts';
import { ModelName } from './Identity.tsx';
import { KIND_NAMES, KindSymbol } from './KindSymbol.tsx';

/** Rem. */
const ROW = 3.25;
const LANE = 1.125;
/** From the top of a row to the middle of its symbol. */
const MIDDLE = 0.9;

/** A model's lineage through all parents: the nearest ancestors and some origins drawn, the rest counted. */
export function LineageGraph({
  lineage: { nodes, hidden, sums, declaredOrigins },
  id,
}: {
  lineage: Lineage;
  id: string;
}) {
  const { laneOf, width, links } = lanesOf(nodes);
  const rowOf = new Map<string, number>(nodes.map((node, row) => [node.id, row]));
  const x = (lane: number) => (lane + 0.5) * LANE;
  const y = (row: number) => row * ROW + MIDDLE;
  const spot = (node: string) => [x(laneOf.get(node)!), y(rowOf.get(node)!)];
  const parents = new Set(links.map(({ from }) => from));
  const solid = links.map(({ from, to, lane }) => {
    const [[fromX, fromY], [toX, toY]] = [spot(from), spot(to)];
    const turn = toY - ROW * 0.6;
    return `M${fromX} ${fromY}L${x(lane)} ${Math.max(fromY, turn)}C${x(lane)} ${toY - ROW * 0.2} ${toX} ${toY - ROW * 0.4} ${toX} ${toY}`;
  });
  const dashed = nodes.flatMap((node) => {
    const [nodeX, nodeY] = spot(node.id);
    const up = node.hiddenParents > 0 ? [`M${nodeX} ${nodeY}L${nodeX + LANE * 0.45} ${nodeY - 0.85}`] : [];
    const down = node.id !== id && !parents.has(node.id) ? [`M${nodeX} ${nodeY}V${nodeY + ROW * 0.5}`] : [];
    return [...up, ...down];
  });
  return (
    <div className="py-4" data-testid="lineage">
      {hidden > 0 && (
        <p className="pb-3 text-soft">
          and {count(hidden)} more {hidden === 1 ? 'ancestor' : 'ancestors'}, to which dashed lines lead.{' '}
          <Link href={`/model/${id}/tree`} className="link">
            Show them in the tree
          </Link>
        </p>
      )}
      <div className="relative">
        <svg
          aria-hidden="true"
          className="absolute top-0 left-0"
          viewBox={`0 0 ${width * LANE} ${nodes.length * ROW}`}
          style={{ width: `${width * LANE}rem`, height: `${nodes.length * ROW}rem` }}
          fill="none"
        >
          <path d={solid.join('')} className="stroke-rule" strokeWidth={0.09} />
          <path d={dashed.join('')} className="stroke-rule" strokeWidth={0.09} strokeDasharray="0.2 0.16" />
        </svg>
        <ol>
          {nodes.map((node) => (
            <Station
              key={node.id}
              node={node}
              left={laneOf.get(node.id)! * LANE}
              text={width * LANE}
              isLast={node.id === id}
            />
          ))}
        </ol>
      </div>
      <p className="border-t border-line pt-3 text-soft" data-testid="lineage-sums">
        {sums.unknown > 0 && 'At least: '}
        {plural(sums.ancestors, 'ancestor')}, {plural(sums.edges, 'edge')} and {plural(sums.origins, 'origin')}
        {declaredOrigins > 0 && `, ${count(declaredOrigins)} of them declared`}. {plural(sums.steps, 'training step')}{' '}
        used {plural(sums.rowsUsed, 'row')}. With each shard counted once, these are {plural(sums.rows, 'row')} of{' '}
        {plural(sums.shards, 'shard')}.
      </p>
    </div>
  );
}

function Station({ node, left, text, isLast }: { node: Ancestor; left: number; text: number; isLast: boolean }) {
  return (
    <li className="relative overflow-hidden" style={{ height: `${ROW}rem`, paddingLeft: `${text + 0.5}rem` }}>
      <span className="absolute bg-paper" style={{ left: `${left + LANE / 2 - 0.47}rem`, top: `${MIDDLE - 0.47}rem` }}>
        <KindSymbol kind={node.kind} size={15} />
      </span>
      <span className="block truncate">
        {isLast ? (
          <strong className="font-semibold" aria-current="true">
            <ModelName model={node} />
          </strong>
        ) : (
          <Link href={`/model/${node.id}`} className="link font-medium">
            <ModelName model={node} />
          </Link>
        )}
      </span>
      <span className="block truncate text-[0.8125rem] text-soft">{whatMadeIt(node)}</span>
    </li>
  );
}

function whatMadeIt(node: Ancestor): string {
  return MADE[node.kind](node) ?? KIND_NAMES[node.kind].toLowerCase();
}

const MADE: Record<Kind, (node: Ancestor) => string | undefined> = {
  train: ({ trainings }) => {
    if (!trainings) return undefined;
    const { steps, rows } = sumOf(trainings);
    return `${plural(steps, 'step')} on ${plural(rows, 'row')} at rate ${ratesOf(trainings)}`;
  },
  merge: ({ parents, hiddenParents }) => `merged from ${plural(parents.length + hiddenParents, 'parent')}`,
  seed: () => 'random starting weights',
  import: () => 'declared import',
  foreign: ({ parents, hiddenParents }) => `foreign program, from ${plural(parents.length + hiddenParents, 'parent')}`,
};
