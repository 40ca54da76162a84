import type { Graph } from '../../lib/chain/types.ts';
import { count, moment } from '../../lib/format.ts';
import { HEAD_NAMES } from '../../lib/heads.ts';
import { plainName } from '../../lib/names.ts';
import { ModelLink, NamedLink, Person } from '../Identity.tsx';
import { KindLabel } from '../KindSymbol.tsx';
import { ResultMarks, resultFigure } from '../ResultMarks.tsx';

/** The same as the picture, as a table, the newest first. */
export function TreeTable({ graph, people }: { graph: Graph; people: Record<string, string> }) {
  const known = new Map(graph.nodes.map((node) => [node.id, node]));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard
    <section className="absolute inset-0 overflow-auto" tabIndex={0} aria-label="Models as a table">
      <table className="w-full min-w-[44rem] text-left">
        <thead className="legend sticky top-0 z-10 bg-paper shadow-[0_1px_0_var(--color-line)]">
          <tr>
            {['Model', 'Kind', 'Head', 'Parents', 'Depth', 'Trainer', 'Rows', 'Score', 'Registered'].map((name) => (
              <th key={name} scope="col" className="px-4 py-3 font-semibold">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {graph.nodes.toReversed().map((node) => (
            <tr key={node.id} className="hover:bg-sheet">
              <td className="max-w-80 min-w-56 px-4 py-2">
                <ModelLink model={node} mark={false} />
              </td>
              <td className="px-4 py-2 whitespace-nowrap">
                <KindLabel kind={node.kind} />
              </td>
              <td className="px-4 py-2 whitespace-nowrap">{HEAD_NAMES[node.head]}</td>
              <td className="px-4 py-2">
                {node.parents.map((id, k) => (
                  <span key={id}>
                    {k > 0 && ', '}
                    <NamedLink href={`/model/${id}`} name={plainName(known.get(id) ?? { id })} />
                  </span>
                ))}
                {node.hiddenParents > 0 && ` +${node.hiddenParents}`}
              </td>
              <td className="figure px-4 py-2">{node.depth}</td>
              <td className="px-4 py-2">
                <Person address={node.trainer} people={people} />
              </td>
              <td className="figure px-4 py-2">{node.rows > 0 ? count(node.rows) : ''}</td>
              <td className="figure px-4 py-2 whitespace-nowrap">
                {node.score && (
                  <span className="grid max-w-40 justify-items-start gap-1 whitespace-normal">
                    {resultFigure(node.score)}
                    <ResultMarks result={node.score} />
                  </span>
                )}
              </td>
              <td className="px-4 py-2 text-[0.8125rem] whitespace-nowrap text-soft">
                {node.timestamp ? moment(node.timestamp) : `block ${node.block}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
